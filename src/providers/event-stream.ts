/** One event of a stream. */
interface StreamEvent {
  /** `message` if the stream does not name it. */
  readonly name: string;
  readonly data: string;
  /** Offset in the stream's text after the event. */
  readonly end: number;
  /** False for an event that is cut off by the end of the stream. */
  readonly isWhole: boolean;
}

const STREAM_START = /^(?:[ \t]*(?:\r\n?|\n))*(?:data|event|id|retry)?:/;

/** True for a text that begins like an event stream: with a field or a comment. */
export function isEventStream(text: string): boolean {
  return STREAM_START.test(text);
}

/**
 * The events of a stream as the HTML standard parses them (section 9.2.6, "Interpreting an event stream"). One
 * difference: an event at the end without an empty line after it is returned too, marked as incomplete.
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
  /** Offset after its line break. */
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

/** True if a piece of a stream's text, with the end of the line before it, contains the last event of the answer. */
export function saysDone(piece: string): boolean {
  return DONE.test(piece);
}

const FINISHED = /"(?:finish_reason|finishReason|stop_reason)" ?: ?"[^"\s]/;

/**
 * True if a piece of a stream's text may say why the answer ends; within an answer's own text the quotes are escaped.
 * Whether it does is for the reader of the stream: the reason may be a placeholder, or that of another choice.
 */
export function saysFinished(piece: string): boolean {
  return FINISHED.test(piece);
}
