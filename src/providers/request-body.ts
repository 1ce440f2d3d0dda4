import type { JsonObject } from '../core/json.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { jsonText } from '../core/written-json.ts';

/** Requests an answer as an event stream, with the usage in the last event. */
export const STREAMING = { stream: true, stream_options: { include_usage: true } } as const;

/** What the requests of a variant have in common. */
interface Frame {
  readonly model: string;
  readonly temperature: number | null;
  /** The JSON text before the messages and behind them. */
  readonly head: string;
  readonly tail: string;
}

/**
 * Writes the JSON texts of requests: fields under the API's own names, `temperature` only if one is set. What requests
 * have in common is written once: most of them differ in their messages alone, whose text the plan has made.
 */
export class RequestBodies {
  readonly #streaming: JsonObject;
  /** By the parameters, which all requests of a variant share. */
  readonly #frames = new WeakMap<JsonObject, Frame[]>();

  /** @param streaming the fields that request answers as event streams; empty for none */
  constructor(streaming: JsonObject) {
    this.#streaming = streaming;
  }

  text(request: CompletionRequest): string {
    const { messages, messagesJson = jsonText(messages) } = request;
    const { head, tail } = this.#frameOf(request);
    return head + messagesJson + tail;
  }

  #frameOf({ model, temperature, params }: CompletionRequest): Frame {
    const known = this.#frames.get(params);
    const found = known?.find((frame) => frame.model === model && frame.temperature === temperature);
    if (found !== undefined) return found;
    const frame = makeFrame({ model, temperature }, { ...this.#streaming, ...params });
    if (known === undefined) this.#frames.set(params, [frame]);
    else known.push(frame);
    return frame;
  }
}

function makeFrame({ model, temperature }: Pick<Frame, 'model' | 'temperature'>, params: JsonObject): Frame {
  const members = jsonText({ ...(temperature === null ? {} : { temperature }), ...params }).slice(1, -1);
  return {
    model,
    temperature,
    head: `{"model":${JSON.stringify(model)},"messages":`,
    tail: members === '' ? '}' : `,${members}}`,
  };
}
