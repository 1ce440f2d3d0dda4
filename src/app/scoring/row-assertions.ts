import { UsageError } from '../../core/errors.ts';
import { columnNames, columnText, columnValue, type Row } from '../../core/row.ts';
import type { AskedRequest, AskingScorer, Score, Scorer } from '../../core/scorer.ts';
import { type NamedAssertion, ReadyAssertions, type ScorerTools, scoreAssertions } from '../../scorers/index.ts';
import { parseNumber, parseShare } from '../config/values.ts';

const EXPECTED = /^__expected(\d*)$/;
const METRIC = '__metric';
const EXTRACT = '__extract';
const WEIGHT = '__weight';
const WEIGHTS = /^__weight\d*$/;
const THRESHOLD = '__threshold';

/** Default name of the score if a row sets none. */
const DEFAULT_METRIC = 'assert';

/** The assertions of a row in column order, by score; empty cells are skipped. */
export function rowAssertions(row: Row): ReadonlyMap<string, readonly NamedAssertion[]> {
  const found = new Map<string, NamedAssertion[]>();
  for (const name of columnNames(row)) {
    const [matched, number = ''] = name.startsWith('__') ? (EXPECTED.exec(name) ?? []) : [];
    const text = matched === undefined ? '' : columnText(columnValue(row, name));
    if (text.trim() === '') continue;
    const metric = besideOf(row, METRIC, number) ?? DEFAULT_METRIC;
    const assertion = { name, text, part: besideOf(row, EXTRACT, number), weight: weightOf(row, number) };
    const own = found.get(metric);
    if (own === undefined) found.set(metric, [assertion]);
    else own.push(assertion);
  }
  return found;
}

/** `__metric2` belongs to `__expected2`, and `__metric` to those in a row without one of their own; null if empty. */
function besideOf(row: Row, column: string, number: string): string | null {
  const own = columnText(columnValue(row, `${column}${number}`)).trim();
  const text = own === '' ? columnText(columnValue(row, column)).trim() : own;
  return text === '' ? null : text;
}

/** Null if it is not a number above 0. */
function parseWeight(text: string): number | null {
  const weight = parseNumber(text);
  return weight !== null && weight > 0 ? weight : null;
}

/** The run refused rows with another weight; one that was edited since counts as 1. */
function weightOf(row: Row, number: string): number {
  return parseWeight(besideOf(row, WEIGHT, number) ?? '1') ?? 1;
}

/**
 * The first column of a row's weights, and what is wrong with it.
 * @returns null if nothing is
 */
export function weightFault(row: Row): { readonly column: string; readonly fault: UsageError } | null {
  for (const column of columnNames(row)) {
    const text = WEIGHTS.test(column) ? columnText(columnValue(row, column)).trim() : '';
    if (text === '' || parseWeight(text) !== null) continue;
    const fault = new UsageError(`"${text}" is not a weight`, { hint: 'give a number above 0, such as 2' });
    return { column, fault };
  }
  return null;
}

/**
 * The share of a row's assertions that must hold; null if the row does not set it, and all must.
 * @throws UsageError if it is not a number from 0 to 1
 */
export function rowThreshold(row: Row): number | null {
  const text = columnText(columnValue(row, THRESHOLD)).trim();
  if (text === '') return null;
  const threshold = parseShare(text);
  if (threshold !== null && threshold >= 0 && threshold <= 1) return threshold;
  throw new UsageError(`"${text}" is not a share of assertions`, { hint: 'give a number from 0 to 1, such as 0.5' });
}

/** A score of row assertions. */
export interface AssertedScore {
  readonly name: string;
  /** The kinds of requests that they send to models. */
  readonly requests: readonly AskedRequest[];
}

const ASKING: Omit<AskingScorer, 'requests'> = {
  compares: false,
  variables: [],
  skips: () => false,
  checkVariants: () => undefined,
};

/** One scorer per score name of row assertions; each applies to the rows with assertions for it. */
export function assertionScorers(asserted: readonly AssertedScore[], tools: ScorerTools): readonly Scorer[] {
  const ready = new ReadyAssertions(tools);
  return asserted.map(({ name, requests }) => ({
    name,
    needsExpected: false,
    expects: 'any',
    faultOf: () => null,
    weight: null,
    conditionColumn: null,
    explains: true,
    asks: requests.length === 0 ? null : { ...ASKING, requests },
    appliesTo: (row) => rowAssertions(row).has(name),
    async score(input): Promise<Score> {
      const score = await scoreAssertions(ready, rowAssertions(input.row).get(name) ?? [], input);
      const threshold = rowThreshold(input.row);
      return { name, ...score, ...(threshold === null ? {} : { threshold }) };
    },
  }));
}
