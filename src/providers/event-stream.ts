/** One event of a stream. */
interface StreamEvent {
  /** `message` where the stream does not name it. */
  readonly name: string;
  readonly data: string;
  /** Offset in the stream's text behind the event. */
  readonly end: number;
  /** False for an event that the stream breaks off before its end. */
  readonly isWhole: boolean;
}

const STREAM_START = /^(?:[ \t]*(?:\r\n?|\n))*(?:data|event|id|retry)?:/;

/** True for a text that begins as a stream of events does: with a field or a comment. */
export function isEventStream(text: string): boolean {
  return STREAM_START.test(text);
}

/**
 * The events of a stream as the HTML standard reads them (section 9.2.6, "Interpreting an event stream"), but for one
 * thing: an event that stands at the end without an empty line behind it is given too, marked as not whole.
 */
export function* readEvents(text: string): Generator<StreamEvent, void, undefined> {
  let name = '';
  let data: string[] = [];
  for (const { line, end } of linesOf(text)) {
    if (line === '') {
      if (data.length > 0) yield { name: name === '' ? 'message' : name, data: data.join('\n'), end, isWhole: true };
      name = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
  const end = text.length;
  if (data.length > 0) yield { name: name === '' ? 'message' : name, data: data.join('\n'), end, isWhole: false };
}

interface Line {
  readonly line: string;
  /** Offset behind its line break. */
  readonly end: number;
}

const LINE_BREAK = /\r\n?|\n/g;

function* linesOf(text: string): Generator<Line, void, undefined> {
  let start = 0;
  for (const found of text.matchAll(LINE_BREAK)) {
    const end = found.index + found[0].length;
    yield { line: text.slice(start, found.index), end };
    start = end;
  }
  if (start < text.length) yield { line: text.slice(start), end: text.length };
}

const DONE = /[\r\n]data: ?\[DONE\]/;

/** True where a piece of a stream's text, with the end of the line before it, has the event after which nothing comes that belongs to the answer. */
export function saysDone(piece: string): boolean {
  return DONE.test(piece);
}

const FINISHED = /"finish_reason" ?: ?"/;

/** True where a piece of a stream's text says why the answer ends; within an answer's own text the quotes are escaped. */
export function saysFinished(piece: string): boolean {
  return FINISHED.test(piece);
}
