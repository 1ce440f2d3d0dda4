import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, objectOf, parseJson } from '../../core/json.ts';
import { withVariables } from './provider-config.ts';

/** An HTTP endpoint that takes OpenAI's chat completions. */
interface ChatEndpoint {
  readonly kind: 'chat';
  readonly model: string;
  /** A config as another provider has it. */
  readonly config: JsonObject;
}

/** Any other HTTP endpoint, as data of a module that asks it. */
interface ModuleEndpoint {
  readonly kind: 'module';
  readonly request: JsonObject;
  /** Keys of the answer's text in the response; empty for all of it. */
  readonly path: readonly (string | number)[];
  /** Code that takes the answer from the response; null if the path says it. */
  readonly code: string | null;
}

type Endpoint = ChatEndpoint | ModuleEndpoint | { readonly kind: 'none'; readonly why: string };

const KNOWN = ['url', 'method', 'headers', 'body', 'transformResponse', 'responseParser', 'queryParams', 'maxRetries'];
const CHAT_URL = /^(.*)\/chat\/completions$/;
const PROMPT = /^"?\{\{-?\s*prompt\s*(?:\|\s*(?:dump|safe)\s*)*-?\}\}"?$/;
const PATH = /^(?:return\s+)?json((?:\??\.[A-Za-z_$][\w$]*|\??\.?\[\d+\]|\["[^"]+"\]|\['[^']+'\])*);?$/;

/**
 * Reads a provider that posts a body to an address.
 * @param id of the provider: the address, or a word such as `https` with the address in `config.url`
 * @param constants variables that have one value in all tests
 */
export function readHttpProvider(id: string, config: JsonObject, constants: JsonObject): Endpoint {
  const unknown = Object.keys(config).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return { kind: 'none', why: `"${unknown}" of an HTTP provider` };
  const url = typeof config['url'] === 'string' ? config['url'] : id;
  const given = config['body'];
  const body = typeof given === 'string' ? (parseJson(given) ?? given) : (given ?? null);
  const response = config['transformResponse'] ?? config['responseParser'];
  const path = typeof response === 'string' ? pathOf(response) : [];
  return (
    chatEndpoint(url, body, path, config) ??
    moduleEndpoint({ ...config, url, ...(body === null ? {} : { body }) }, constants, {
      path,
      code: path === null && typeof response === 'string' ? response : null,
    })
  );
}

function pathOf(text: string): readonly (string | number)[] | null {
  if (text.trim() === 'text') return [];
  const [, path] = PATH.exec(text.trim()) ?? [];
  if (path === undefined) return null;
  return [...path.matchAll(/[A-Za-z_$][\w$]*|\d+|"([^"]+)"|'([^']+)'/g)].map(([plain, one, other]) => {
    return one ?? other ?? (/^\d+$/.test(plain) ? Number(plain) : plain);
  });
}

function chatEndpoint(
  url: string,
  body: JsonValue,
  path: readonly (string | number)[] | null,
  { headers, method }: JsonObject,
): ChatEndpoint | null {
  const [, baseUrl] = CHAT_URL.exec(url) ?? [];
  if (baseUrl === undefined || !isJsonObject(body) || (method ?? 'POST') !== 'POST') return null;
  const { messages, model, ...rest } = body;
  const isOfChat = path === null ? false : path.length === 0 || path.join('.') === 'choices.0.message.content';
  const hasTags = JSON.stringify([model ?? null, rest]).includes('{{');
  if (!isOfChat || hasTags || typeof model !== 'string' || !isPromptAlone(messages)) return null;
  const own = Object.entries(objectOf(headers)).filter(([name]) => name.toLowerCase() !== 'content-type');
  const [, key] = own.find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  const [, bearer] = typeof key === 'string' ? (/^Bearer\s+(\{\{\s*env\.\w+\s*\}\})$/.exec(key) ?? []) : [];
  const others = own.filter(([name]) => bearer === undefined || name.toLowerCase() !== 'authorization');
  return {
    kind: 'chat',
    model,
    config: {
      apiBaseUrl: baseUrl,
      ...(bearer === undefined ? {} : { apiKey: bearer }),
      ...(others.length === 0 ? {} : { headers: Object.fromEntries(others) }),
      ...rest,
    },
  };
}

/** `'{{prompt}}'`, or one message of the user with it. */
function isPromptAlone(messages: JsonValue | undefined): boolean {
  if (typeof messages === 'string') return PROMPT.test(messages.trim());
  const [first, ...others] = isJsonArray(messages) ? messages : [];
  if (!isJsonObject(first) || others.length > 0 || first['role'] !== 'user') return false;
  const { content } = first;
  return typeof content === 'string' && PROMPT.test(content.trim());
}

function moduleEndpoint(
  request: JsonObject,
  constants: JsonObject,
  { path, code }: { readonly path: readonly (string | number)[] | null; readonly code: string | null },
): Endpoint {
  if (path === null && (code === null || code.startsWith('file://'))) {
    return { kind: 'none', why: 'an HTTP provider whose response is read by a file of code' };
  }
  const { url, method = 'POST', headers = {}, body = null, queryParams = {} } = request;
  let foreign: string | null = null;
  const filled = mapTexts({ url: url ?? '', method, headers, body, query: queryParams }, (text) =>
    withVariables(text).replace(/\{\{-?\s*([^{}]*?)\s*-?\}\}|\{%[^]*?%\}/g, (tag, name?: string) => {
      if (/^prompt(?:\s*\|\s*(?:dump|safe))*$/.test(name ?? '')) return '{{prompt}}';
      const value = name !== undefined && Object.hasOwn(constants, name) ? constants[name] : undefined;
      if (typeof value === 'string' || typeof value === 'number') return String(value);
      foreign ??= tag;
      return tag;
    }),
  );
  if (foreign !== null || !isJsonObject(filled)) {
    return { kind: 'none', why: 'an HTTP provider whose body has variables of the tests besides the prompt' };
  }
  return { kind: 'module', request: filled, path: path ?? [], code };
}

function mapTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (isJsonArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
