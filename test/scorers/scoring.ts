import { expect, it } from 'vitest';
import { scorerTools } from '../../src/app/scoring/scorer-tools.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { NOBODY_TO_ASK } from '../../src/core/judge-question.ts';
import type { Score, Scorer, ScorerInput } from '../../src/core/scorer.ts';
import { createScorers } from '../../src/scorers/index.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { completed, row } from '../core/parts.ts';

/** What a scorer is shown: an answer with what surrounds it. */
export function input(output: string, expected: string | null = null, fields: Partial<ScorerInput> = {}): ScorerInput {
  const place = completed({ output });
  const { completion, latencyMs, attempts, cached } = place;
  const answer = { row: row({}), output, expected, completion, latencyMs, attempts, cached, saved: null };
  return { ...answer, place, peers: [], ask: NOBODY_TO_ASK, ...fields };
}

/** What scorers are made with in a run that names no judge. */
export const TOOLS = scorerTools({
  scorers: [],
  expectedColumn: 'expected',
  judge: { model: null, named: {}, embeddingModel: null, against: null },
  keepThoughts: false,
  clusterColumn: null,
  goodEnoughPoints: 10,
});

/** The scorers of a run that names no judge. */
export function makeScorers(specs: readonly GivenScorer[]): Promise<readonly Scorer[]> {
  return createScorers(specs, TOOLS);
}

/** The scorer of a spec. */
export async function scorerOf(spec: GivenScorer): Promise<Scorer> {
  const [scorer] = await makeScorers([spec]);
  if (scorer === undefined) throw new Error('no scorer was made');
  return scorer;
}

/** What a spec makes of one answer. */
export async function scoreOf(spec: GivenScorer, output: string, expected: string | null = null): Promise<Score> {
  return (await scorerOf(spec)).score(input(output, expected));
}

/** Why, the answer, what is expected, and the value. */
export type Case = readonly [why: string, output: string, expected: string | null, value: number | null];

/** A test for each case, named by why its value is what it is. */
export function itScores(spec: GivenScorer, cases: readonly Case[]): void {
  const label = typeof spec === 'string' ? spec : JSON.stringify(spec);
  it.each(cases)(`${label}: %s`, async (_why, output, expected, value) => {
    const score = await scoreOf(spec, output, expected);
    if (value === null || Number.isInteger(value)) expect(score.value).toBe(value);
    else expect(score.value).toBeCloseTo(value, 12);
    if (value === null) expect(score.explanation).not.toBe(null);
  });
}

/**
 * Texts that something might choke on, by what they are: long enough for what grows with their square to show. Where a
 * scorer reads only shorter ones of a kind, they are longer, as their tenth would be no measure.
 */
export const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ['200 kB of one letter', 'a'.repeat(200_000)],
  ['200 kB of white space', ' '.repeat(200_000)],
  ['200 kB of opened brackets', '[{'.repeat(100_000)],
  ['200 kB of nested arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['200 kB of nested arrays with a value at each depth', `${'[1,'.repeat(50_000)}1${']'.repeat(50_000)}`],
  ['200 kB of quotes and backslashes', '{"\\'.repeat(50_000)],
  ['200 kB of code fences', '\n```json\n'.repeat(22_000)],
  ['an open code fence before 200 kB of spaces', `\n\`\`\`json\n${' '.repeat(200_000)}`],
  ['200 kB of short words', 'да no '.repeat(33_200)],
  ['200 kB of digits with separators', '1,234 '.repeat(33_200)],
  ['a number of 200,000 digits', '9'.repeat(200_000)],
  ['a number of 200,000 digits in groups', ' 999'.repeat(66_000)],
  ['200 kB of letters and digits', 'a1'.repeat(100_000)],
  ['signs that grow when they are normalised', '\ufdfa'.repeat(40_000)],
  ['200 kB of brackets of prose', '{,} [x] '.repeat(25_000)],
  ['200 kB of brackets like those of JSON', '[[A]] '.repeat(33_200)],
  ['500 kB of an array', `[${'1,'.repeat(250_000)}1]`],
  ['200 kB of spaces within brackets', `[${' '.repeat(200_000)}x`],
  ['200 kB of line ends before a letter', `x${'\n'.repeat(200_000)}x`],
  ['200 kB of marks of an answer', 'answer: #### \\boxed{'.repeat(9_600)],
  ['200 kB of formulas', '$\\frac{1}{2}$'.repeat(15_600)],
  ['200 kB of spaces within a fraction', `\\frac{${' '.repeat(200_000)}`],
  ['500,000 fractions in one sign', '½'.repeat(500_000)],
  ['500,000 digits of another script', '٣'.repeat(500_000)],
  ['NUL', 'a\0b\0{"a":1}\0 1'],
  ['lone surrogates', '\ud800{"a":"\udc00"} 1 \ud800'],
  ['nothing', ''],
];

/** JSON text of a value, as `expected` holds it. */
export function json(value: JsonValue): string {
  return JSON.stringify(value);
}
