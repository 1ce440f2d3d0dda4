import { UsageError } from '../../core/errors.ts';
import { columnNames, columnText, columnValue, type Row } from '../../core/row.ts';
import type { AskedRequest, AskingScorer, Score, Scorer } from '../../core/scorer.ts';
import { type NamedAssertion, ReadyAssertions, type ScorerTools, scoreAssertions } from '../../scorers/index.ts';
import { parseShare } from '../config/values.ts';

const EXPECTED = /^__expected(\d*)$/;
const METRIC = '__metric';
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
    const metric = metricOf(row, number);
    const own = found.get(metric);
    if (own === undefined) found.set(metric, [{ name, text }]);
    else own.push({ name, text });
  }
  return found;
}

/** `__metric2` names the score of `__expected2`, and `__metric` those in a row without a name of their own. */
function metricOf(row: Row, number: string): string {
  const own = columnText(columnValue(row, `${METRIC}${number}`)).trim();
  const ofRow = own === '' ? columnText(columnValue(row, METRIC)).trim() : own;
  return ofRow === '' ? DEFAULT_METRIC : ofRow;
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
