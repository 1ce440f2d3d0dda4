import { ChunkMaker } from '../../src/app/page/chunk-maker.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { RowView } from '../../src/page/data/row-view.ts';
import { rowViews } from './page.ts';

/** A trial of a row in a test: its answer, whether it passed, and other cells of its line. */
export interface TestTrial {
  readonly output?: string;
  readonly passed?: boolean | null;
  readonly cells?: JsonObject;
}

/** A row in a test, with the trials of each variant. */
export interface TestRow {
  readonly id?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly variants: readonly (readonly TestTrial[])[];
}

/** Rows of a page with columns q and lang and one scorer. */
export function pageRows(rows: readonly TestRow[]): readonly RowView[] {
  const maker = new ChunkMaker(['q', 'lang'], ['exact']);
  for (const [place, { id = `r${place + 1}`, vars = {}, variants }] of rows.entries()) {
    const trials = variants.flatMap((own, variant) =>
      own.map(({ output = '', passed = null, cells = {} }, repeat) => ({
        id: `${id}-${variant}-${repeat}`,
        variant,
        cells: { status: 'completed', output, finish_reason: 'stop', repeat: repeat + 1, ...cells },
        scores: [{ value: passed === null ? null : Number(passed), passed }],
      })),
    );
    maker.add({ row: { id, hasOwnId: true, vars, line: place + 2 }, messages: [], trials });
  }
  return rowViews([maker.take()]);
}
