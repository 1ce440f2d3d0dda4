import { countText } from '../core/compare/words.ts';
import type { Flip } from '../core/comparison.ts';
import { questionText } from '../core/question.ts';
import { columnText } from '../core/row.ts';
import type { ShownAnswer, ShownRow, ShownRows } from '../core/shown-row.ts';
import { variantLabel } from '../core/variant-name.ts';
import { type AnswerCell, answerCell, type TextStyle, textLines } from './answer-cell.ts';
import { widthOf } from './fold.ts';
import { formatCount } from './format.ts';

/** How rows are laid out. */
export interface RowStyle extends TextStyle {
  /** Columns of the terminal; Infinity for no limit. */
  readonly width: number;
}

/** Of a column of an answer. */
const NARROWEST = 28;
const WIDEST = 100;
const MARGIN = 1;
const GAP = 2;
/** Before a text below its title. */
const INDENT = '  ';

/**
 * Rows for people: what was asked and expected, and the answers of all variants side by side where they fit, else one
 * below the other. No line is wider than the terminal.
 */
export function renderShownRows(rows: ShownRows, style: RowStyle): string {
  const { shown } = rows;
  const blocks = shown.map((row, place) => rowLines(row, { rows, place, style }).join('\n'));
  const ends = [headLine(rows), ...moreLines(rows)].map((line) => textLines(line, style.width, true).join('\n'));
  const [head = '', ...more] = ends;
  return [head, ...blocks, ...more].join('\n\n');
}

function headLine({ run, choice, rows, matching, shown }: ShownRows): string {
  const all = countText(rows, 'row');
  const of = matching === null ? '' : `${formatCount(matching)} of `;
  const first = shown.length === 0 ? '' : '; the first';
  switch (choice) {
    case 'named':
      return run;
    case 'failed':
      return `${run}: ${of}${all} have a trial that failed or errored`;
    case 'flipped':
      return `${run}: ${matching === null ? 'some of ' : of}${all} flipped, those that got worse first`;
    case 'worth a look':
      if (matching === 0) return `${run}: of ${all} none failed and none has variants that disagree${first}`;
      return `${run}: ${of}${all} failed, or variants disagree`;
  }
}

function moreLines({ choice, matching, shown }: ShownRows): readonly string[] {
  if (choice === 'named' || matching === 0) return [];
  if (matching === null) return ['more rows flipped: --limit shows them'];
  const left = matching - shown.length;
  return left <= 0 ? [] : [`${formatCount(left)} more: --limit ${matching} shows all`];
}

interface RowContext {
  readonly rows: ShownRows;
  readonly place: number;
  readonly style: RowStyle;
}

function rowLines(row: ShownRow, { rows, place, style }: RowContext): readonly string[] {
  const { shown } = rows;
  const { colors } = style;
  const width = Math.min(style.width, WIDEST);
  const [lead, ...others] = textLines(row.rowId, width - 4, false);
  const number = shown.length === 1 ? '' : ` ${place + 1}/${shown.length}`;
  const left = Math.max(0, width - widthOf(`── ${lead ?? ''} ${number}`));
  return [
    `── ${colors.bold(lead ?? '')} ${'─'.repeat(left)}${number}`,
    ...others,
    ...askedLines(row, style),
    '',
    ...answerLines(row, rows, style),
  ];
}

function askedLines({ questions, vars, expected }: ShownRow, style: RowStyle): readonly string[] {
  const asked = questions.flatMap(({ prompts, messages }) => {
    const title = questions.length === 1 ? 'question' : `question of ${prompts.join(', ')}`;
    return titled(title, questionText(messages), style);
  });
  const columns = Object.entries(vars).map(([name, value]) => `${name}: ${columnText(value)}`);
  return [
    ...(questions.length === 0 ? titled('row', columns.join('\n'), style) : asked),
    ...(expected === null ? [] : titled('expected', expected, style)),
  ];
}

function titled(title: string, text: string, { colors, width, isFull }: RowStyle): readonly string[] {
  const room = width - INDENT.length;
  return [
    ...textLines(title, width, false).map(colors.dim),
    ...textLines(text, room, isFull).map((line) => `${INDENT}${line}`),
  ];
}

/** An answer and what it is called. */
interface NamedAnswer {
  readonly label: string;
  readonly answer: ShownAnswer;
}

function answerLines(row: ShownRow, rows: ShownRows, style: RowStyle): readonly string[] {
  const named = [
    ...baseAnswers(row.flips),
    ...row.answers.map((answer) => ({ label: labelOf(answer, row, rows), answer })),
  ];
  const fitting = Math.floor((style.width - MARGIN + GAP) / (NARROWEST + GAP));
  if (named.length < 2 || fitting < 2) {
    return named.flatMap((one, place) => [...(place === 0 ? [] : ['']), ...stackedLines(one, style)]);
  }
  const bands = Math.ceil(named.length / fitting);
  const each = style.width === Infinity ? named.length : Math.ceil(named.length / bands);
  const lines: string[] = [];
  for (let from = 0; from < named.length; from += each) {
    lines.push(...bandLines(named.slice(from, from + each), each, style), '');
  }
  return lines.slice(0, -1);
}

function labelOf(answer: ShownAnswer, { answers }: ShownRow, { variants }: ShownRows): string {
  const { prompt, provider, model, label, temperature, repeat } = answer;
  const found = variants.find(
    (one) =>
      one.prompt === prompt &&
      one.provider === provider &&
      one.model === model &&
      one.label === label &&
      one.temperature === temperature,
  );
  const name = found?.name ?? variantLabel(answer);
  return answers.some((other) => other.repeat > 1) ? `${name} · repeat ${repeat}` : name;
}

/** The base's answers of a row that flipped, one for each of its variants. */
function baseAnswers(flips: readonly Flip[]): readonly NamedAnswer[] {
  const byLabel = new Map<string, Flip[]>();
  for (const flip of flips) {
    const label = `base: ${variantLabel(flip.base)}`;
    byLabel.set(label, [...(byLabel.get(label) ?? []), flip]);
  }
  return [...byLabel].map(([label, own]) => ({ label, answer: baseAnswer(own) }));
}

function baseAnswer(flips: readonly Flip[]): ShownAnswer {
  const [first] = flips;
  return {
    prompt: first?.base.prompt ?? '',
    model: first?.base.model ?? '',
    label: first?.base.label,
    temperature: first?.base.temperature ?? null,
    provider: '',
    repeat: 1,
    status: 'completed',
    output: first?.baseOutput ?? null,
    thoughts: null,
    finishReason: null,
    passed: null,
    scores: flips.map(({ scorer, baseScore }) => ({ name: scorer, value: baseScore, explanation: null })),
    tokens: { prompt: null, completion: null },
    cost: null,
    latencyMs: null,
    attempts: null,
    cached: false,
    error: null,
  };
}

function cellOf({ label, answer }: NamedAnswer, width: number, style: RowStyle): AnswerCell {
  const cell = answerCell(answer, label, width, style);
  if (!label.startsWith('base: ') || answer.provider !== '') return cell;
  return { ...cell, answer: answer.output === null ? ['(not kept)'] : cell.answer, figures: [] };
}

function stackedLines(named: NamedAnswer, style: RowStyle): readonly string[] {
  const { head, thoughts, answer, verdict, figures } = cellOf(named, style.width - INDENT.length, style);
  const below = [...thoughts, ...answer, ...verdict, ...figures];
  return [...head, ...below.map((line) => (line === '' ? '' : `${INDENT}${line}`))];
}

/** Answers side by side. @param most columns of the widest band, so that all bands have equal columns */
function bandLines(named: readonly NamedAnswer[], most: number, style: RowStyle): readonly string[] {
  const room = style.width - MARGIN - GAP * (most - 1);
  const width = Math.min(WIDEST, Math.floor(room / most));
  const cells = named.map((one) => cellOf(one, width, style));
  const rule = named.map(() => ['─'.repeat(width)]);
  const parts = [
    cells.map(({ head }) => head),
    rule,
    cells.map(({ thoughts }) => thoughts),
    cells.map(({ answer }) => answer),
    cells.map(({ verdict }) => verdict),
    cells.map(({ figures }) => figures),
  ];
  return parts.flatMap((columns) => besideLines(columns, width));
}

/** Columns of lines, side by side. */
function besideLines(columns: readonly (readonly string[])[], width: number): readonly string[] {
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const cells = columns.map((lines) => lines[line] ?? '');
    const padded = cells.map((cell) => cell + ' '.repeat(Math.max(0, width - widthOf(cell))));
    return `${' '.repeat(MARGIN)}${padded.join(' '.repeat(GAP))}`.trimEnd();
  });
}
