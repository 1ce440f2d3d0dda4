import type { JsonObject } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { RequestBodies, STREAMING } from './request-body.ts';
import { CHAT_WIRE, type Wire } from './wire.ts';

/** How requests of an API that has OpenAI's chat completions differ from those. */
interface ChatDialect {
  /** Request fields besides model, messages and temperature, from OpenAI's names to the API's. */
  readonly params: (params: JsonObject) => JsonObject;
  /** One message; default as OpenAI takes it. */
  readonly message?: (message: Message) => Message;
  /** The fields that request an event stream; default OpenAI's. */
  readonly streaming?: JsonObject;
}

/** A wire with the requests of a dialect. @param parts what else differs from OpenAI's */
export function chatWire({ params, message, streaming = STREAMING }: ChatDialect, parts: Partial<Wire>): Wire {
  const openWriter: Wire['openWriter'] = (isStreaming) => {
    const bodies = new RequestBodies(isStreaming ? streaming : {});
    // By the parameters, which all requests of a variant share.
    const translated = new WeakMap<JsonObject, JsonObject>();
    return (request: CompletionRequest) => {
      const own = translated.get(request.params) ?? params(request.params);
      translated.set(request.params, own);
      if (message === undefined) return bodies.text({ ...request, params: own });
      return bodies.text({ ...request, params: own, messages: request.messages.map(message), messagesJson: undefined });
    };
  };
  return { ...CHAT_WIRE, openWriter, ...parts };
}

/** The same fields, some of them under another name; a field that is given under its own name stays. */
export function renamed(params: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  const given = Object.entries(params);
  if (!given.some(([name]) => Object.hasOwn(names, name))) return params;
  const moved = given.map(
    ([name, value]) => [Object.hasOwn(names, name) ? (names[name] ?? name) : name, value] as const,
  );
  return { ...Object.fromEntries(moved), ...Object.fromEntries(given.filter(([name]) => !Object.hasOwn(names, name))) };
}

/** `max_tokens` under its newer name, for APIs that only know the older one. */
export const OLDER_BOUND = { max_completion_tokens: 'max_tokens' } as const;
