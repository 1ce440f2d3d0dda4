import { groupByVariant } from '../../core/analysis/repeat-table.ts';
import type { Row } from '../../core/row.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import { renderRunAnnotations } from '../../reporters/index.ts';
import { type BadRow, MOST_ANNOTATIONS } from '../../reporters/run-annotations.ts';
import { expectedOf } from '../scoring/score-answer.ts';
import { pathInCheckout, type Surroundings } from './checkout.ts';
import { datasetRows } from './dataset-rows.ts';
import { type ReportSource, reportedRows } from './reported-rows.ts';
import { failedAnswer, runCase } from './run-cases.ts';

/** A run's annotations for GitHub: commands for its runner, a line each. */
export async function runAnnotations(source: ReportSource, surroundings: Surroundings): Promise<readonly string[]> {
  const { dataset } = source.run;
  const { rows, total } = await worstRows(source);
  const ids = new Set(rows.map(({ rowId }) => rowId));
  const found = await datasetRows(ids, { datasetSha256: dataset.sha256, datasetRecord: dataset.record });
  const file = dataset.path === null ? null : pathInCheckout(dataset.path, surroundings);
  return renderRunAnnotations(rows, total, { file, lines: linesOf(found) });
}

interface Ranked extends BadRow {
  /** Mean share of repeats that passed; 0 for an error. */
  readonly passedShare: number;
}

/** Rows that failed or errored with any variant; only the worst are kept. */
async function worstRows(source: ReportSource): Promise<{ readonly rows: readonly BadRow[]; readonly total: number }> {
  const { variants, settings } = source.run;
  const names = variantNames(variants.map(runVariantName));
  const expectedColumn = settings.expectedColumn ?? 'expected';
  let [worst, total]: [Ranked[], number] = [[], 0];
  for await (const { row, trials } of reportedRows(source)) {
    const ran = [...groupByVariant(trials, ({ analysed }) => analysed.variant)].map(([index, own]) => {
      return { variant: names[index] ?? '', answer: failedAnswer(own), ...runCase(row, own, expectedColumn) };
    });
    const judged = ran.filter(({ outcome }) => outcome !== 'skipped');
    const bad = judged.filter(({ outcome }) => outcome !== 'passed');
    if (bad.length === 0) continue;
    total += 1;
    const sum = judged.reduce((shares, { passedShare }) => shares + (passedShare ?? 0), 0);
    const expected = expectedOf(row, expectedColumn).text;
    worst.push({ rowId: row.id, bad, variants: judged.length, expected, passedShare: sum / judged.length });
    if (worst.length >= 2 * MOST_ANNOTATIONS) worst = firstOf(worst);
  }
  return { rows: firstOf(worst), total };
}

/** The rows that passed least, in their order. */
function firstOf(rows: readonly Ranked[]): Ranked[] {
  return rows.toSorted((a, b) => a.passedShare - b.passedShare).slice(0, MOST_ANNOTATIONS);
}

function linesOf(rows: ReadonlyMap<string, Row> | null): ReadonlyMap<string, number> | null {
  return rows === null ? null : new Map([...rows].map(([id, { line }]) => [id, line]));
}
