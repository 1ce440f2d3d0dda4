import { reachesThreshold } from '../../core/columns.ts';
import { countText } from '../../core/compare/words.ts';
import { textOr } from '../../core/json.ts';
import { cutShort } from '../../core/plain-text.ts';
import type { Row } from '../../core/row.ts';
import type { RunCase } from '../../core/run-case.ts';
import { expectedOf } from '../scoring/score-answer.ts';
import type { ReportedTrial } from './reported-rows.ts';

/** Characters of an answer. */
const LONGEST_ANSWER = 2000;

/**
 * What became of a row with one variant. With repeats it failed if it passed in fewer than half of those that could be
 * scored.
 * @param trials its repeats with this variant
 * @param expectedColumn column or path of the expected answer
 */
export function runCase(row: Row, trials: readonly ReportedTrial[], expectedColumn: string): RunCase {
  const rowId = row.id;
  const run = trials.filter(({ analysed }) => analysed.status !== 'skipped');
  const answered = run.filter(({ analysed }) => analysed.status === 'completed');
  const judged = answered.filter(({ cells }) => typeof cells['passed'] === 'boolean');
  const [first] = run;
  const nothing = { rowId, details: '', passedShare: null };
  if (first === undefined) return { ...nothing, outcome: 'skipped', message: 'not run' };
  if (answered.length === 0) return { ...nothing, outcome: 'errored', message: errorText(first) };
  if (judged.length === 0) return { ...nothing, outcome: 'skipped', message: 'no scorer could score it' };
  const failed = judged.filter(({ cells }) => cells['passed'] === false);
  const passed = judged.length - failed.length;
  const passedShare = passed / judged.length;
  const counts = run.length === 1 ? '' : repeatsText(passed, judged.length, run.length);
  const [worst] = failed;
  if (worst === undefined || passed * 2 >= judged.length) {
    return { ...nothing, outcome: 'passed', message: passed === run.length ? '' : counts, passedShare };
  }
  const message = [scoresText(worst), ...(counts === '' ? [] : [counts])].join('; ');
  return { rowId, outcome: 'failed', message, details: details(row, worst, expectedColumn), passedShare };
}

/** The first answer that did not pass; null if there is none. */
export function failedAnswer(trials: readonly ReportedTrial[]): string | null {
  const failed = trials.find(({ cells }) => cells['passed'] === false);
  return failed === undefined ? null : textOr(failed.cells['output'], '');
}

function errorText({ cells }: ReportedTrial): string {
  return `${textOr(cells['error_code'], 'unknown')}: ${textOr(cells['error_message'], '')}`;
}

function repeatsText(passed: number, judged: number, run: number): string {
  const unscored = run - judged;
  const without = unscored === 0 ? '' : `, ${unscored} without a score`;
  return `passed in ${passed} of ${countText(judged, 'repeat')}${without}`;
}

/** `exact 0, contains 0.4`: the scores that did not pass, or all if none says why. */
function scoresText({ analysed: { scores } }: ReportedTrial): string {
  const failed = scores.filter((score) => score.value !== null && !reachesThreshold(score));
  const shown = failed.length === 0 ? scores : failed;
  return shown
    .map(({ name, value }) => `${name} ${value === null ? 'unscored' : Math.round(value * 1000) / 1000}`)
    .join(', ');
}

function details(row: Row, { cells }: ReportedTrial, expectedColumn: string): string {
  const { text: expected } = expectedOf(row, expectedColumn);
  const reasons = Object.entries(cells).flatMap(([name, reason]) =>
    name.startsWith('reason.') && typeof reason === 'string' && reason !== ''
      ? [`${name.slice('reason.'.length)}: ${cutShort(reason, LONGEST_ANSWER)}`]
      : [],
  );
  return [
    ...(expected === null ? [] : [`expected: ${cutShort(expected, LONGEST_ANSWER)}`]),
    `got: ${cutShort(textOr(cells['output'], ''), LONGEST_ANSWER)}`,
    ...reasons,
  ].join('\n');
}
