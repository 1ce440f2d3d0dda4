import type { CallErrorKind } from '../core/call-error.ts';
import type { ErrorFacts } from './error-facts.ts';

/** What is known about an error response. */
interface RefusedAnswer {
  readonly httpStatus: number;
  readonly facts: ErrorFacts;
  /** How long the server asks to wait, in milliseconds; undefined if it does not say. */
  readonly waitMs: number | undefined;
  /** True if the body is JSON. */
  readonly isJson: boolean;
  /** `x-should-retry`, which the SDKs of Anthropic and OpenAI obey; undefined if absent. */
  readonly mayRetry: boolean | undefined;
}

/** Names that identify the fault whatever the status is. Those about money and keys end a run. */
const KIND_BY_NAME: ReadonlyMap<string, CallErrorKind> = new Map([
  ...names('model_not_found', ['model_not_found', 'deploymentnotfound']),
  ...names('insufficient_balance', [
    'insufficient_balance_error',
    'insufficient_balance',
    'insufficient_quota',
    'insufficient_user_quota',
    'credit_balance_exhausted',
    'organization_usage_limit_exceeded',
    'billing_error',
    'linked_organization_billing_unavailable',
    'billing_not_active',
    'billing_hard_limit_reached',
    'exceeded_current_quota_error',
    'arrearage',
    'openrouter_credits',
    'openrouter_key_limit',
  ]),
  ...names('quota_exhausted', ['openrouter_free_tier_daily']),
  ...names('unauthorized', [
    'unauthorized_request_error',
    'authentication_error',
    'invalid_api_key',
    'invalidapikey',
    'api_key_invalid',
    'invalid_authentication_error',
    'unauthenticated',
    // The account, or the place it is used from, is refused, so every other call will be refused too.
    'unsupported_country_region_territory',
    'account_deactivated',
    'organization_restricted',
    'organization_on_hold',
    'organization_type_not_supported',
  ]),
]);

/** OpenAI's and Anthropic's codes for a spending limit: `project_spend_limit_exceeded`, … */
const SPEND_LIMIT_NAME = /^(?:\w+_)?spend_limit_(?:exceeded|reached)$/;

/** Names that identify a call that failed under HTTP 200, where there is no status to use. */
const KIND_WITHIN_200: ReadonlyMap<string, CallErrorKind> = new Map([
  ...names('rate_limited', ['rate_limit_exceeded', 'rate_limit_error', 'resource_exhausted']),
  ...names('overloaded', ['overloaded', 'overloaded_error', 'unavailable']),
  ...names('server_error', ['server_error', 'api_error', 'internal_server_error', 'timeout_error']),
  ...names('invalid_request', ['invalid_request_error', 'invalid_argument', 'failed_precondition']),
]);

function names(kind: CallErrorKind, list: readonly string[]): readonly (readonly [string, CallErrorKind])[] {
  return list.map((name) => [name, kind]);
}

/** OpenRouter reports an error during an answer as a status in `error.code`, under HTTP 200. */
const STATUS_WITHIN = /^(40[01238]|413|429|5\d\d)$/;

/** How OpenAI, vLLM, Ollama, Anthropic and OpenRouter report an unknown model. */
const NO_MODEL = /model|no endpoints found/i;

/** Codes in a text that a proxy has wrapped around the error, as JSON or as Python output. */
const MONEY_CODE =
  /\b(?:insufficient_quota|credit_balance_exhausted|\w+_spend_limit_(?:exceeded|reached)|organization_usage_limit_exceeded)\b/i;
/** How providers without error codes report that there is no money. */
const NO_MONEY =
  /\b(?:insufficient (?:account )?(?:balance|credits?|funds)|credit balance is too low|used all available credits|prepa(?:id|yment) credits? (?:are|is|have been) (?:depleted|exhausted|used up)|monthly (?:spend(?:ing)?|usage) (?:limit|cap)|reached your specified (?:\w+ )?api usage limits)\b/i;

/** How Google reports that it takes no call with this key, or from this place. */
const NO_ACCESS = /\b(?:user location is not supported|api key was reported as leaked)\b/i;

/** How xAI reports it, with the status 400 and no code. */
const BAD_KEY = /\b(?:incorrect|invalid) api key\b/i;

/** Daily or monthly caps, in Google's ids and in words. */
const LONG_QUOTA_ID = /per(?:day|week|month)/i;
const LONG_CAP = /\b(?:per[- ](?:day|month)|daily|monthly|RPD|TPD)\b/i;
/** `limit: 0`: the plan does not include it, so waiting does not help. */
const NO_QUOTA = /\blimit:? 0\b(?!\.?\d)/i;
/** A daily cap that ends sooner than this, in milliseconds, is a rolling one and is waited for. */
const LONG_WAIT_MS = 3_600_000;

/** The meaning of an error response: from known names, else from its words and status. */
export function kindOf(answer: RefusedAnswer): CallErrorKind {
  const { facts, httpStatus } = answer;
  const named = namedKind(facts);
  if (named !== null) return named;
  const status = effectiveStatus(answer);
  if (status < 300 || status === 400 || status === 403 || status === 429) {
    const message = facts.message ?? '';
    if (MONEY_CODE.test(message) || NO_MONEY.test(message)) return 'insufficient_balance';
    if (NO_ACCESS.test(message)) return 'unauthorized';
    if (status !== 429 && BAD_KEY.test(message)) return 'unauthorized';
  }
  if (isRateLimit(status, facts)) return isExhausted(answer) ? 'quota_exhausted' : 'rate_limited';
  if (httpStatus < 300 && status === httpStatus) return kindWithin200(facts);
  return kindByStatus(status, answer);
}

/**
 * When an exhausted quota resets, in milliseconds; undefined if not reported. For a daily quota, Google reports the
 * wait of a per-minute limit.
 */
export function quotaResetMs(waitMs: number | undefined): number | undefined {
  return waitMs !== undefined && waitMs > LONG_WAIT_MS ? waitMs : undefined;
}

function namedKind({ names: found }: ErrorFacts): CallErrorKind | null {
  for (const name of found) {
    const kind = SPEND_LIMIT_NAME.test(name) ? 'insufficient_balance' : KIND_BY_NAME.get(name);
    if (kind !== undefined) return kind;
  }
  return null;
}

function effectiveStatus({ httpStatus, facts }: RefusedAnswer): number {
  if (httpStatus >= 300) return httpStatus;
  const within = facts.names.find((name) => STATUS_WITHIN.test(name));
  return within === undefined ? httpStatus : Number(within);
}

/** Google may report an exhausted quota under 503. */
function isRateLimit(status: number, { names: found }: ErrorFacts): boolean {
  return status === 429 || (status === 503 && found.includes('resource_exhausted'));
}

/** True if a short wait does not help: a cap per day or of the plan. */
function isExhausted({ facts, waitMs, mayRetry }: RefusedAnswer): boolean {
  const message = facts.message ?? '';
  if (facts.quotaIds.some((id) => LONG_QUOTA_ID.test(id)) || NO_QUOTA.test(message)) return true;
  if (waitMs === undefined) return mayRetry === false || LONG_CAP.test(message);
  return waitMs > LONG_WAIT_MS && LONG_CAP.test(message);
}

function kindWithin200({ names: found }: ErrorFacts): CallErrorKind {
  for (const name of found) {
    const kind = ROW_NAMES.has(name) ? 'invalid_request' : KIND_WITHIN_200.get(name);
    if (kind !== undefined) return kind;
  }
  return 'invalid_response';
}

function kindByStatus(status: number, { facts, isJson }: RefusedAnswer): CallErrorKind {
  if (status < 400) return 'endpoint_not_found';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402:
      return 'insufficient_balance';
    case 404:
      // A page may contain any words.
      return isJson && NO_MODEL.test(facts.message ?? '') ? 'model_not_found' : 'endpoint_not_found';
    case 405:
      return 'endpoint_not_found';
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

/** Names of errors about a row's content or length. */
const ROW_NAMES: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'cyber_policy',
  'moderation',
  'content_filtered',
  'data_inspection_failed',
  'safety_check',
  'invalid_prompt',
  'sensitive_words_detected',
  'context_length_exceeded',
  'context_window_exceeded',
  'exceed_context_size_error',
  'prompt_too_long',
  'string_above_max_length',
  'request_too_large',
  'tokens_limit_reached',
  'max_tokens_exceeded',
  'model_max_prompt_tokens_exceeded',
  'invalid_image',
  'invalid_image_url',
  'invalid_image_format',
  'image_parse_error',
  'invalid_base64',
  'image_too_large',
  'image_dimensions_too_large',
]);

const ROW_WORDS = new RegExp(
  [
    // Too long.
    /prompt is too long|prompt too long|input (?:is )?too long|string too long|too many (?:input |prompt )?tokens/,
    /(?:context|prompt|input|sequence|token)[ -](?:length|window|size|limit|tokens?)\b.{0,80}\b(?:exceed|limit|maxim|larger)/,
    /\bexceed.{0,60}\b(?:context|input|prompt|token (?:limit|count)|sequence|model length)/,
    /maximum (?:context|prompt|input|sequence|model) (?:length|size|tokens)/,
    // Forbidden content.
    /content (?:filter|policy|management policy|violation)|usage polic(?:y|ies)|safety (?:check|system|filter|reasons)/,
    /\b(?:was|were|been|is|are|content) flagged|moderation|inappropriate|harmful|prohibited content|sensitive (?:content|words)/,
    // Unreadable content.
    /(?:could not|cannot|can't|unable to|failed to) (?:process|decode|download|load|read|fetch|parse)(?: the| an| your)? (?:image|audio|file|pdf|document|video)/,
    /(?:invalid|unsupported|corrupt(?:ed)?) (?:image|audio|base64|pdf|video)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);
/** Words about a setting or an account, so that every other row meets the same error. */
const NOT_ROW_WORDS =
  /max_(?:completion_|output_)?tokens\b.{0,30}\btoo large|\b(?:account|organization|project|team|key) (?:was|has been|is) flagged/i;
/** A reason states it in its first sentences. */
const LONGEST_REASON = 2000;

/** True if a row's own content or length was refused: other rows may be answered. */
export function isAboutRow({ facts, httpStatus }: RefusedAnswer): boolean {
  if (httpStatus === 413 || facts.names.includes('413')) return true;
  if (facts.names.some((name) => ROW_NAMES.has(name))) return true;
  const reason = (facts.message ?? '').slice(0, LONGEST_REASON);
  return ROW_WORDS.test(reason) && !NOT_ROW_WORDS.test(reason);
}
