import { PairScanner } from '../../../src/core/paired/pair-scan.ts';
import { type PairedFigures, type PairedOptions, pairedFigures } from '../../../src/core/paired/paired-test.ts';
import { RowScores } from '../../../src/core/paired/row-scores.ts';

/** A row's scores of both, one a repeat, and what it belongs to. */
export interface PairRow {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly cluster?: number;
}

/** What a comparison makes of rows. */
export function figuresOf(rows: readonly PairRow[], options: PairedOptions = { hasMargin: true }): PairedFigures {
  const [first, second] = [new RowScores(), new RowScores()];
  for (const [row, scores] of rows.entries()) {
    for (const score of scores.first) first.add(row, score, score === 1);
    for (const score of scores.second) second.add(row, score, score === 1);
  }
  const isClustered = rows.some(({ cluster }) => cluster !== undefined);
  const clusters = isClustered ? Uint32Array.from(rows, ({ cluster = 0 }) => cluster) : null;
  const scanner = new PairScanner(rows.length, isClustered ? rows.length : 0);
  return pairedFigures(scanner.scan(first, second, { count: rows.length, places: null, clusters }), options);
}

/** So many rows with one answer each. */
export function rowsOf(count: number, first: number, second: number): readonly PairRow[] {
  return Array.from({ length: count }, () => ({ first: [first], second: [second] }));
}
