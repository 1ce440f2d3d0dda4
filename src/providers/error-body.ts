import { CallError, type CallErrorKind } from '../core/call-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { readText } from './read.ts';

/** What the body of an error says, in whichever of the shapes that are met in the field. */
interface ErrorFacts {
  readonly message: string | null;
  readonly type: string | null;
  readonly code: string | null;
}

/** `{error: {message, type, param, code}}`, `{error: "text"}` and `{code, message}`. */
function readErrorFacts(body: unknown): ErrorFacts {
  if (!isJsonObject(body)) return { message: null, type: null, code: null };
  const { error } = body;
  if (typeof error === 'string') return { message: error, type: null, code: null };
  const facts: JsonObject = isJsonObject(error) ? error : body;
  const code = facts['code'];
  return {
    message: readText(facts['message']) ?? readText(facts['detail']),
    type: readText(facts['type']),
    code: typeof code === 'number' ? String(code) : readText(code),
  };
}

const KIND_BY_NAME: ReadonlyMap<string | null, CallErrorKind> = new Map([
  ['model_not_found', 'model_not_found'],
  ['insufficient_balance_error', 'insufficient_balance'],
  ['insufficient_balance', 'insufficient_balance'],
  ['insufficient_quota', 'insufficient_balance'],
  ['unauthorized_request_error', 'unauthorized'],
  ['authentication_error', 'unauthorized'],
  ['invalid_api_key', 'unauthorized'],
]);

/** OpenRouter tells what went wrong during an answer as a status in `error.code`, under HTTP 200. */
const STATUS_WITHIN = /^(40[01238]|429|5\d\d)$/;

/** What OpenAI, vLLM and Ollama say of an unknown model, and what OpenRouter says. */
const NO_MODEL = /model|no endpoints found/i;

function kindOf(httpStatus: number, facts: ErrorFacts): CallErrorKind {
  const named = KIND_BY_NAME.get(facts.code) ?? KIND_BY_NAME.get(facts.type);
  if (named !== undefined) return named;
  const status = httpStatus < 300 && STATUS_WITHIN.test(facts.code ?? '') ? Number(facts.code) : httpStatus;
  if (status < 300) return 'invalid_response';
  if (status < 400) return 'endpoint_not_found';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402:
      return 'insufficient_balance';
    case 404:
      return NO_MODEL.test(facts.message ?? '') ? 'model_not_found' : 'endpoint_not_found';
    case 405:
      return 'endpoint_not_found';
    case 429:
      return 'rate_limited';
    case 408:
    case 409:
    case 425:
      return 'server_error';
    case 503:
    case 529:
      return 'overloaded';
    default:
      return status >= 500 ? 'server_error' : 'invalid_request';
  }
}

/**
 * The error that an answer stands for: by its code or type where they are known, else by its HTTP status. The message
 * may be of any length and is not to be shown as it is.
 */
export function classifyErrorBody(body: unknown, httpStatus: number, retryAfterMs?: number): CallError {
  const facts = readErrorFacts(body);
  const kind = kindOf(httpStatus, facts);
  const label = [facts.code, facts.type].filter((part) => part !== null).join(', ');
  const said = facts.message ?? (httpStatus < 300 ? 'the answer has no choices' : 'no reason given');
  const message = `HTTP ${httpStatus}: ${said}${label === '' ? '' : ` (${label})`}`;
  return new CallError(kind, message, {
    httpStatus,
    retryAfterMs,
    isApiError: isApiError(body),
    figures: usageOf(body),
  });
}

/** True for a JSON object in one of the shapes that APIs give errors. */
function isApiError(body: unknown): boolean {
  return isJsonObject(body) && ['error', 'message', 'code', 'detail'].some((key) => key in body);
}

/** What a body says of tokens and cost, as it stands. */
function usageOf(body: unknown): JsonObject | undefined {
  return isJsonObject(body) && isJsonObject(body['usage']) ? body['usage'] : undefined;
}
