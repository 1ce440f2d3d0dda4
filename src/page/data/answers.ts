import { type DiffPart, textDiff } from '../../core/text-diff.ts';
import { wordDiff } from '../../core/word-diff.ts';
import type { PageText, RowView, TrialView } from './row-view.ts';

/** Trials with the same answer, or the same error. */
export interface AnswerGroup {
  readonly output: PageText;
  readonly isErrored: boolean;
  readonly isAnswered: boolean;
  readonly trials: readonly TrialView[];
}

/** The distinct answers of a row, the most frequent first. */
export function answerGroups(row: RowView): readonly AnswerGroup[] {
  const groups = new Map<string, TrialView[]>();
  for (const trial of row.trials) {
    const text = trial.isAnswered ? trial.output.text : `${trial.errorCode} ${trial.error}`;
    const key = `${trial.isAnswered} ${trial.output.length ?? ''} ${text}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [trial]);
    else known.push(trial);
  }
  const all = [...groups.values()].flatMap((trials): AnswerGroup[] => {
    const [first] = trials;
    if (first === undefined) return [];
    const { isAnswered, isErrored } = first;
    return [{ output: isAnswered ? first.output : { text: first.error, length: null }, isAnswered, isErrored, trials }];
  });
  return all.toSorted(
    (one, other) => Number(other.isAnswered) - Number(one.isAnswered) || other.trials.length - one.trials.length,
  );
}

/** Answers up to this length are lines; longer ones are columns. */
const LINE_UNITS = 80;

/** True if every answer of a row fits a line. */
export function areLines(groups: readonly AnswerGroup[]): boolean {
  return groups.every(
    ({ output, isAnswered }) => !isAnswered || (output.text.length <= LINE_UNITS && !output.text.includes('\n')),
  );
}

/** With fewer common words, marks say nothing. */
const LEAST_COMMON = 0.4;

/** Parts of a text that differ from another one; null if too little is common. */
export function differences(from: string, to: string): readonly DiffPart[] | null {
  const isShort = from.length <= LINE_UNITS && to.length <= LINE_UNITS;
  const parts = isShort ? textDiff(pieces(from), pieces(to)) : wordDiff(from, to);
  const same = parts.reduce((sum, { kind, text }) => sum + (kind === 'same' ? wordsIn(text) : 0), 0);
  const most = Math.max(wordsIn(from), wordsIn(to), 1);
  return isShort ? (same === 0 ? null : parts) : same / most < LEAST_COMMON ? null : parts;
}

/** Words, spaces and signs each for themselves. */
function pieces(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

function wordsIn(text: string): number {
  return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
}
