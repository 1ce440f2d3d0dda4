import type { JsonObject, JsonValue } from '../core/json.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { RequestBodies, STREAMING } from './request-body.ts';
import { readStreamedAnswer, type StreamedAnswer } from './streamed-answer.ts';

/**
 * The form of an API's requests and answers. Requests come with OpenAI's names for their fields, and answers leave as
 * chat completions of OpenAI's form: what an answer is worth is decided in one place, for all APIs. Everything here is
 * pure.
 */
export interface Wire {
  /**
   * Path behind the base address of a request to this model, with its own query if it has one.
   * @param basePath path of the base address, without a slash at its end
   */
  readonly path: (model: string, isStreaming: boolean, basePath: string) => string;
  /** Opens a writer of the JSON texts of requests, which may keep what requests have in common. */
  readonly openWriter: (isStreaming: boolean) => (request: CompletionRequest) => string;
  /**
   * The body of an answer as a chat completion: `choices` with message and finish reason, `usage` with the API's own
   * counts (`readBill` knows their names). A body that is no answer of this API is returned as it is.
   */
  readonly asChat: (body: JsonObject) => JsonObject;
  /** Joins the text of an event stream to the body of an answer without one; null if the API is not streamed. */
  readonly readStream: ((text: string) => StreamedAnswer) | null;
  /** Path behind the base address of embeddings in OpenAI's form; absent if the API has none. */
  readonly embeddingsPath?: ((model: string, basePath: string) => string) | undefined;
  /** Path behind the base address of the list of models, with its query; null if the API has no such list. */
  readonly modelsPath: string | null;
  /** Fields with OpenAI's names that this API has no counterpart for, each with what to do instead. */
  readonly lacks: Readonly<Record<string, string>>;
  /** What of this field's value the API has no counterpart for; null if it has. */
  readonly faultIn?: (name: string, value: JsonValue) => FieldFault | null;
}

/** A value that an API has no counterpart for, in a field that it has. */
export interface FieldFault {
  /** Follows the field's name in an error, such as `="minimal"`. */
  readonly what: string;
  /** What to do instead. */
  readonly hint: string;
}

/** OpenAI's chat completions, which most endpoints speak. */
export const CHAT_WIRE: Wire = {
  path: () => '/chat/completions',
  openWriter: (isStreaming) => {
    const bodies = new RequestBodies(isStreaming ? STREAMING : {});
    return (request) => bodies.text(request);
  },
  asChat: (body) => body,
  readStream: readStreamedAnswer,
  embeddingsPath: () => '/embeddings',
  modelsPath: '/models',
  lacks: {},
};
