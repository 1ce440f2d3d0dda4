/** A text that starts with thoughts, split: the four parts concatenated are the text. */
interface SplitText {
  /** The opening tag and the white space around it. */
  readonly before: string;
  readonly thoughts: string;
  /** The closing tag and the white space around it. */
  readonly after: string;
  readonly answer: string;
}

interface Tag {
  readonly open: string;
  readonly close: string;
}

/**
 * Tags that models put around their thoughts, if the server does not remove them: `<think>` DeepSeek, Qwen and most
 * others; `<thinking>` Amazon Nova; `<thought>` Gemini; `<seed:think>` Seed-OSS; `[THINK]` Magistral; `◁think▷` Kimi.
 * Other tags such as `<reasoning>` are usually requested by the prompt and so are part of the answer.
 */
const TAGS: readonly Tag[] = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<thought>', close: '</thought>' },
  { open: '<seed:think>', close: '</seed:think>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '◁think▷', close: '◁/think▷' },
];

const FIRST_CHARACTERS = '<[◁';

/** Chat templates of some models end the prompt with the opening tag, so that the answer only has the closing one. */
const OPENED_IN_PROMPT = TAGS.filter(({ open }) => open === '<think>' || open === '<seed:think>');

const QUOTES = '`"\'«»“”‘’';

/**
 * Splits the thoughts off the start of an answer's text. If the answer was cut off before the closing tag, all of it is
 * thought. If it ended by itself without a closing tag, it is left unsplit, because the answer may be inside.
 * @param isCutOff true if the answer reached a token limit
 * @returns null if the text does not start with thoughts
 */
export function splitThoughts(text: string, isCutOff: boolean): SplitText | null {
  const opened = tagAt(text, skipBlanks(text, 0));
  if (opened !== null) return splitOpened(text, opened, isCutOff);
  // One cheap scan rules out most answers.
  if (!text.includes('think>')) return null;
  for (const tag of OPENED_IN_PROMPT) {
    const end = text.indexOf(tag.close);
    if (end !== -1 && endsThoughts(text, tag, end)) {
      return splitAt(text, 0, { end, answerFrom: end + tag.close.length });
    }
  }
  return null;
}

interface PlacedTag extends Tag {
  /** Offset after the opening tag. */
  readonly from: number;
}

function tagAt(text: string, at: number): PlacedTag | null {
  if (!FIRST_CHARACTERS.includes(text.charAt(at))) return null;
  const tag = TAGS.find(({ open }) => text.startsWith(open, at));
  return tag === undefined ? null : { ...tag, from: at + tag.open.length };
}

/** Offset of the first character from `from` on that is not white space. */
function skipBlanks(text: string, from: number): number {
  return text.length - text.slice(from).trimStart().length;
}

interface ClosingPlace {
  /** Offset at which the thoughts end. */
  readonly end: number;
  /** Offset after the closing tag. */
  readonly answerFrom: number;
}

/** Several blocks in a row count as one thought. */
function splitOpened(text: string, first: PlacedTag, isCutOff: boolean): SplitText | null {
  let last: ClosingPlace | null = null;
  for (let tag: PlacedTag | null = first; tag !== null; ) {
    const end = text.indexOf(tag.close, tag.from);
    if (end === -1) {
      if (isCutOff) last = { end: text.length, answerFrom: text.length };
      break;
    }
    last = { end, answerFrom: end + tag.close.length };
    tag = tagAt(text, skipBlanks(text, last.answerFrom));
  }
  return last === null ? null : splitAt(text, first.from, last);
}

/** White space between tags, thoughts and answer goes with the tags. */
function splitAt(text: string, from: number, { end, answerFrom }: ClosingPlace): SplitText {
  const thoughts = text.slice(from, end).trim();
  const begin = thoughts === '' ? end : skipBlanks(text, from);
  const answer = skipBlanks(text, answerFrom);
  return {
    before: text.slice(0, begin),
    thoughts,
    after: text.slice(begin + thoughts.length, answer),
    answer: text.slice(answer),
  };
}

/** False if a closing tag without an opening one is only mentioned: in quotes or in a code block. */
function endsThoughts(text: string, { open, close }: Tag, at: number): boolean {
  const head = text.slice(0, at);
  if (head.includes(open)) return false;
  if (isQuote(text.charAt(at - 1)) && isQuote(text.charAt(at + close.length))) return false;
  return head.split('```').length % 2 === 1;
}

function isQuote(character: string): boolean {
  return character !== '' && QUOTES.includes(character);
}
