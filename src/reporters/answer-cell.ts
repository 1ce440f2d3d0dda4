import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../core/duration-text.ts';
import { formatMoney } from '../core/money-text.ts';
import { cutShort, oneLine, plainLines, tidyLine } from '../core/plain-text.ts';
import type { ShownAnswer } from '../core/shown-row.ts';
import { formatCount } from './format.ts';
import { wrapped } from './wrap.ts';

/** How texts of rows are shown. */
export interface TextStyle {
  readonly colors: Colors;
  /** True shows texts whole. */
  readonly isFull: boolean;
  /** True shows thoughts, and not only how long they are. */
  readonly showsThoughts: boolean;
}

/** An answer in a column: what it is called, and its parts from top to bottom, each a list of lines. */
export interface AnswerCell {
  readonly head: readonly string[];
  readonly thoughts: readonly string[];
  readonly answer: readonly string[];
  readonly verdict: readonly string[];
  readonly figures: readonly string[];
}

/** Lines of a text that are shown without `--full`. */
const MOST_LINES = 12;
const TAB = '  ';

/** A text of a dataset or a model as lines; a long one is cut, and a last line says by how much. */
export function textLines(text: string, width: number, isFull: boolean): readonly string[] {
  const plain = plainLines(text).replaceAll('\t', TAB);
  const lines: string[] = [];
  let next = 0;
  for (const line of wrapped(plain, width)) {
    if (!isFull && lines.length === MOST_LINES) return [...lines, ...restLines(plain.slice(next), width)];
    lines.push(oneLine(line.text));
    next = line.next;
  }
  return lines;
}

function restLines(rest: string, width: number): readonly string[] {
  let count = 0;
  for (const _character of rest) count += 1;
  return [...wrapped(`… ${formatCount(count)} more characters: --full`, width)].map(({ text }) => text);
}

/** @param label the variant's name. @param width columns of the cell */
export function answerCell(answer: ShownAnswer, label: string, width: number, style: TextStyle): AnswerCell {
  const { colors } = style;
  const sentence = (text: string): readonly string[] => textLines(text, width, style.isFull);
  const answered = answer.output === '' ? ['(empty)'] : answer.output === null ? [] : sentence(answer.output);
  return {
    head: sentence(label).map(colors.bold),
    thoughts: thoughtLines(answer, width, style).map(colors.dim),
    answer: answered,
    verdict: [
      ...sentence(verdictOf(answer)).map(verdictColor(answer, colors)),
      ...scoreTexts(answer).flatMap(sentence),
    ],
    figures: sentence(figuresOf(answer)).map(colors.dim),
  };
}

function thoughtLines({ thoughts }: ShownAnswer, width: number, style: TextStyle): readonly string[] {
  if (thoughts === null || thoughts === '') return [];
  if (style.showsThoughts) return ['thoughts:', ...textLines(thoughts, width, style.isFull), ''];
  const lead = `${formatCount(thoughts.length)} characters of thoughts: `;
  const start = `${lead}${tidyLine(cutShort(thoughts, width * 2))}`;
  const [line] = wrapped(start, Math.max(2, width - 1));
  return [line === undefined || line.text === start ? start : `${line.text.trimEnd()}…`];
}

/** Whether it passed, or why there is no answer; empty for an answer without a score. */
function verdictOf({ status, passed, error, finishReason }: ShownAnswer): string {
  if (error !== null) {
    const what = error.code === status ? status : `${status}: ${error.code}`;
    return error.message === '' ? what : `${what}: ${error.message}`;
  }
  const cut = finishReason === 'length' ? ['cut off at the token limit'] : [];
  return [...(passed === null ? [] : [passed ? 'passed' : 'failed']), ...cut].join(', ');
}

function verdictColor({ status, passed }: ShownAnswer, colors: Colors): (text: string) => string {
  if (status === 'skipped') return colors.dim;
  if (status === 'errored' || passed === false) return colors.red;
  return passed === true ? colors.green : colors.yellow;
}

/** Scores in one text; each that says why has one of its own. */
function scoreTexts({ scores }: ShownAnswer): readonly string[] {
  const plain = scores
    .filter(({ explanation }) => explanation === null)
    .map(({ name, value }) => scoreText(name, value));
  const explained = scores.flatMap(({ name, value, explanation }) =>
    explanation === null ? [] : [`${scoreText(name, value)}: ${explanation}`],
  );
  return [...(plain.length === 0 ? [] : [plain.join(' · ')]), ...explained];
}

const DIGITS = 1000;

function scoreText(name: string, value: number | null): string {
  return `${name} ${value === null ? '–' : Math.round(value * DIGITS) / DIGITS}`;
}

/** `12 → 3 tokens · 0.0123 ₽ · 340 ms`; `unknown` for a cost that is not known. */
function figuresOf({ status, tokens, cost, latencyMs, cached }: ShownAnswer): string {
  if (status === 'skipped') return '';
  if (status === 'errored') return formatDuration(latencyMs);
  const counts = [tokens.prompt, tokens.completion].map((count) => (count === null ? '?' : formatCount(count)));
  const paid = cost === null ? 'cost unknown' : formatMoney(cost);
  return [`${counts.join(' → ')} tokens`, paid, cached ? 'cached' : formatDuration(latencyMs)].join(' · ');
}
