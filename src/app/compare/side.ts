import type { VariantName } from '../../core/comparison.ts';
import { shortDigest } from '../../core/digest.ts';
import { ResultsError } from '../../core/errors.ts';
import { growingFloats, growingUints } from '../../core/growing-numbers.ts';
import type { JsonObject } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import { variantKey } from '../../core/variant-name.ts';
import { COMPARED_COLUMNS, readComparedTrial } from '../../store/compared-trial.ts';
import type { StoredRecord } from '../../store/formats/index.ts';
import { readRecords } from '../../store/records.ts';
import type { Source } from '../../store/source.ts';
import { CriticalCheck } from '../plan/critical-check.ts';
import { type PassMarks, thresholdColumns } from './pass-marks.ts';
import { clusterKey, criticalCell, isCriticalRow, rowColumns, rowContent } from './row-content.ts';
import type { RowFinder, RowIndex } from './row-index.ts';
import { VariantTrials } from './variant-trials.ts';

/** How a side is read. */
interface SideOptions {
  readonly rows: RowFinder;
  /** Columns that identify rows; null if the sides share none. */
  readonly contentColumns: readonly string[] | null;
  /** Compared scorers. */
  readonly scorers: readonly string[];
  /** Which of their scores pass. */
  readonly marks: PassMarks;
  /** The column that groups rows, with a number for each value; null if rows are independent. */
  readonly clusters: { readonly column: string; readonly index: RowIndex } | null;
}

const TWICE_HINT =
  'give rows ids of their own; models of one id at several providers need a label each: {id: a/model, label: a}';

/** An id as a spreadsheet leaves it behind. */
const NUMBER = /^-?\d+(\.\d+)?$/;

const SPREADSHEET_HINT = 'if a spreadsheet saved it, ids such as 007 and 7 became one number: compare results.jsonl';

/** Digits kept of a row's digest: 52 bits, which a double can hold. */
const KEPT_HEX_DIGITS = 13;

/** One side of a comparison, stored as a few numbers per row and variant. */
export class Side {
  readonly source: Source;
  readonly #options: SideOptions;
  readonly #variants = new Map<string, VariantTrials>();
  readonly #scoreColumns: readonly string[];
  /** One more than the locator of a row's first trial; 0 if the row is missing. */
  readonly #locators = growingFloats();
  readonly #contents = growingFloats();
  readonly #critical = growingFloats();
  readonly #marks = new CriticalCheck();
  /** One more than the number of a row's cluster; 0 if it has none. */
  readonly #clusters = growingUints();
  #rows = 0;

  private constructor(source: Source, options: SideOptions) {
    this.source = source;
    this.#options = options;
    this.#scoreColumns = options.scorers.map((name) => `score.${name}`);
  }

  /** Reads a side's results. @throws ResultsError for a file that cannot be compared */
  static async read(source: Source, options: SideOptions): Promise<Side> {
    const side = new Side(source, options);
    for await (const record of readRecords(source, side.#columns())) side.#add(record);
    return side;
  }

  #columns(): ReadonlySet<string> {
    const { contentColumns, clusters } = this.#options;
    const ofRows = [...(contentColumns ?? []), ...(clusters === null ? [] : [clusters.column])];
    const ofThresholds = thresholdColumns(this.source.columns);
    return new Set([...COMPARED_COLUMNS, ...this.#scoreColumns, ...ofThresholds, ...rowColumns(ofRows)]);
  }

  /** Rows that have a trial. */
  get rows(): number {
    return this.#rows;
  }

  /** Trials read. */
  get trials(): number {
    return this.variants.reduce((sum, { trials }) => sum + trials, 0);
  }

  /** In order of appearance. */
  get variants(): readonly VariantTrials[] {
    return [...this.#variants.values()];
  }

  has(row: number): boolean {
    return this.#locators.at(row) !== 0;
  }

  /** Locator of a row's first trial; null if the row is missing. */
  locator(row: number): number | null {
    const locator = this.#locators.at(row);
    return locator === 0 ? null : locator - 1;
  }

  /** Warnings about what its rows say, one line each. */
  get warnings(): readonly string[] {
    return this.#marks.warnings();
  }

  isCritical(row: number): boolean {
    return this.#critical.at(row) === 1;
  }

  /** The number of the row's cluster; null if it has no value. */
  clusterOf(row: number): number | null {
    const cluster = this.#clusters.at(row);
    return cluster === 0 ? null : cluster - 1;
  }

  /** True if both sides have the row with the same request; also true if that cannot be determined. */
  asksSame(other: Side, row: number): boolean {
    return this.#contents.at(row) === other.#contents.at(row);
  }

  #add({ value, locator, line }: StoredRecord): void {
    const { file, facts } = this.source;
    const { contentColumns, rows, marks } = this.#options;
    const trial = readComparedTrial(value, this.#scoreColumns, { file, line, currency: facts.currency });
    const rowId = columnText(value['row_id']);
    const row = rows.find(rowId, () =>
      contentColumns === null ? shortDigest(`${file}:${rowId}`) : rowContent(value, contentColumns),
    );
    if (!this.has(row)) {
      this.#rows += 1;
      this.#locators.set(row, locator + 1);
      this.#critical.set(row, isCriticalRow(value) ? 1 : 0);
      this.#marks.add(criticalCell(value), { file, line });
      const content = contentColumns === null ? '0' : rowContent(value, contentColumns);
      this.#contents.set(row, Number.parseInt(content.slice(0, KEPT_HEX_DIGITS), 16));
      this.#noteCluster(row, value);
    }
    const passes = marks.passes(trial, value);
    if (this.#variant(trial.variant).add(row, { trial, passes, locator })) return;
    throw new ResultsError({ file, line }, `row "${rowId}" is there twice, with one prompt, model and repeat`, {
      hint: NUMBER.test(rowId) ? `${SPREADSHEET_HINT}; or ${TWICE_HINT}` : TWICE_HINT,
    });
  }

  #noteCluster(row: number, value: JsonObject): void {
    const { clusters } = this.#options;
    const { kind, facts } = this.source;
    // A baseline has digests of only one column's values.
    if (clusters === null || (kind === 'baseline' && facts.clusterColumn !== clusters.column)) return;
    const key = clusterKey(value, clusters.column);
    if (key !== null) this.#clusters.set(row, clusters.index.number(key) + 1);
  }

  #variant(name: VariantName): VariantTrials {
    const key = variantKey(name);
    const known = this.#variants.get(key);
    if (known !== undefined) return known;
    const variant = new VariantTrials(name, this.#options.scorers.length);
    this.#variants.set(key, variant);
    return variant;
  }
}
