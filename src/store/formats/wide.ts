import type { Cell } from '../../core/columns.ts';
import { columnText } from '../../core/row.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { csvFormat } from './csv.ts';
import { headerNames } from './csv-head.ts';
import type { ResultFormat, ResultGrid, ResultOptions, ResultWriter, StoredRecord, SummaryTable } from './format.ts';
import { isWide, JOINT, wideRefusal } from './wide-table.ts';
import { xlsxFormat } from './xlsx.ts';

/**
 * Tables with a line for each row of the dataset and columns for each variant, for people. They lack costs and times, so
 * they are not read back.
 */
export const wideFormats: readonly ResultFormat[] = [
  { ...wide(csvFormat, 'wide-csv', 'results-wide.csv'), claims: (head) => isWide(headerNames(head)) },
  { ...wide(xlsxFormat, 'wide-xlsx', 'results-wide.xlsx'), claims: () => false },
];

function wide(base: ResultFormat, name: string, fileName: string): Omit<ResultFormat, 'claims'> {
  return {
    name,
    fileName,
    layout: 'wide',
    isText: base.isText,
    isDefault: false,
    isExact: false,
    write: async (path, options) => {
      const layout = new WideLayout(options);
      return new WideWriter(await base.write(path, { ...options, columns: layout.columns, sparse: [] }), layout);
    },
    read: refusing,
    pick: (path) => Promise.reject(wideRefusal(path)),
    ...(base.dialectOf === undefined ? {} : { dialectOf: base.dialectOf.bind(base) }),
    ...(base.mostColumns === undefined ? {} : { mostColumns: base.mostColumns }),
  };
}

/** Where the cells of a result stand in the line of its row. */
class WideLayout {
  readonly columns: readonly string[];
  /** Places of the row's own columns among those of a result. */
  readonly rowPlaces: readonly number[];
  readonly repeatPlace: number;
  /** Places of what is shown of a result. */
  readonly shownPlaces: readonly number[];
  readonly #grid: ResultGrid;

  constructor({ columns, grid = { variants: [], repeats: 1 } }: ResultOptions) {
    this.#grid = grid;
    const shown = columns.filter((name) => name === 'output' || name.startsWith('score.') || name === 'passed');
    // An errored trial would otherwise look like an empty answer.
    const names = [...shown, 'error_code'];
    const rowNames = columns.filter((name) => name === 'row_id' || name.startsWith('row.'));
    this.shownPlaces = names.map((name) => columns.indexOf(name));
    this.rowPlaces = rowNames.map((name) => columns.indexOf(name));
    this.repeatPlace = columns.indexOf('repeat');
    this.columns = [...rowNames, ...trialLabels(grid).flatMap((label) => names.map((name) => name + JOINT + label))];
  }

  /** Place of a trial's first cell in its line; null for one outside the grid. */
  placeOf(variant: number, repeat: number): number | null {
    const { variants, repeats } = this.#grid;
    if (variant >= variants.length || repeat > repeats) return null;
    return this.rowPlaces.length + (variant * repeats + repeat - 1) * this.shownPlaces.length;
  }
}

function trialLabels({ variants, repeats }: ResultGrid): readonly string[] {
  if (repeats === 1) return variants;
  const numbers = Array.from({ length: repeats }, (_, index) => index + 1);
  return variants.flatMap((variant) => numbers.map((number) => `${variant}${JOINT}#${number}`));
}

/** A reader that gives no records. */
async function* refusing(path: string): AsyncGenerator<StoredRecord> {
  yield await Promise.reject(wideRefusal(path));
}

/** Number of columns of a wide table. @param columns of the results */
export function wideColumns(columns: readonly string[], grid: ResultGrid): number {
  return new WideLayout({ columns, sparse: [], delimiter: ',', bom: false, grid }).columns.length;
}

/** Collects the results of a row, which follow one another, into one line. */
class WideWriter implements ResultWriter {
  readonly #writer: ResultWriter;
  readonly #layout: WideLayout;
  #line: Cell[] | null = null;

  constructor(writer: ResultWriter, layout: WideLayout) {
    this.#writer = writer;
    this.#layout = layout;
  }

  write(cells: readonly Cell[], variant = 0): void | Promise<void> {
    const { rowPlaces, repeatPlace, shownPlaces } = this.#layout;
    const own = rowPlaces.map((place) => cells[place] ?? null);
    const isSame = this.#line !== null && columnText(this.#line[0]) === columnText(own[0]);
    const written = isSame ? undefined : this.#end();
    this.#line ??= own;
    const repeat = cells[repeatPlace];
    const start = this.#layout.placeOf(variant, typeof repeat === 'number' ? repeat : 1);
    if (start !== null) {
      for (const [index, place] of shownPlaces.entries()) this.#line[start + index] = cells[place] ?? null;
    }
    return written;
  }

  async commit(summary?: SummaryTable): Promise<FileDigest> {
    await this.#end();
    return this.#writer.commit(summary);
  }

  notes(): readonly string[] {
    return this.#writer.notes?.() ?? [];
  }

  discard(): Promise<void> {
    return this.#writer.discard();
  }

  #end(): void | Promise<void> {
    const line = this.#line;
    this.#line = null;
    if (line !== null) return this.#writer.write(Array.from(line, (cell) => cell ?? null));
  }
}
