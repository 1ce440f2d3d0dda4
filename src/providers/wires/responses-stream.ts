import { isJsonArray, isJsonObject, type JsonObject, listOf, parseOutsideJson } from '../../core/json.ts';
import { errorIn, saysAnything } from '../error-in.ts';
import { readEvents } from '../event-stream.ts';
import { readText } from '../read.ts';
import type { StreamedAnswer } from '../streamed-answer.ts';

/** The events that end a stream, each with the whole response. */
const LAST_EVENTS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Reads the whole text of an event stream of a response; its last event has all of it. */
export function readResponseStream(text: string): StreamedAnswer {
  const items: JsonObject[] = [];
  let firstPieceEnd: number | null = null;
  for (const { name, data, end, isWhole } of readEvents(text)) {
    if (data.trim() === '[DONE]') break;
    const event = parseOutsideJson(data);
    if (!isJsonObject(event)) {
      if (data === '' || !isWhole) continue;
      return { body: {}, fault: `an event of the stream is not a JSON object: ${data}`, firstPieceEnd };
    }
    const { response, item } = event;
    const type = readText(event['type']) ?? name;
    if (type === 'error' || errorIn(event) !== null) {
      return { body: failed(event, firstPieceEnd), fault: null, firstPieceEnd };
    }
    if (type.endsWith('.delta')) firstPieceEnd ??= end;
    if (type === 'response.output_item.done' && isJsonObject(item)) items.push(item);
    if (LAST_EVENTS.has(type) && isJsonObject(response)) {
      const body = withItems(response, items);
      const isLost = firstPieceEnd !== null && type === 'response.completed' && listOf(body['output']).length === 0;
      return { body, fault: isLost ? 'the stream has pieces of an answer, and its end has none' : null, firstPieceEnd };
    }
  }
  return { body: {}, fault: 'the stream of events ends before the answer does', firstPieceEnd };
}

/** Some proxies leave the items out of the last event. */
function withItems(response: JsonObject, items: readonly JsonObject[]): JsonObject {
  const { output } = response;
  return output !== undefined && isJsonArray(output) && output.length > 0 ? response : { ...response, output: items };
}

function failed(event: JsonObject, firstPieceEnd: number | null): JsonObject {
  const { type: _name, sequence_number: _number, error = null, ...own } = event;
  const reason = saysAnything(error) ? error : own;
  return firstPieceEnd === null ? { error: reason } : { choices: [{ index: 0, error: reason }] };
}
