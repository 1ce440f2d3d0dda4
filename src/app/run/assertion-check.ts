import { DatasetError, UsageError } from '../../core/errors.ts';
import { columnNames, columnText, columnValue, type Row } from '../../core/row.ts';
import { AssertionJudges } from '../../scorers/index.ts';
import { rowAssertions, rowThreshold } from './row-assertions.ts';

/** Most different names of scores: each is a column of the result files. */
const MAX_NAMES = 100;

/** Columns of promptfoo that change what is asked or judged, and that promptgrid does not follow. */
const UNKNOWN_COLUMN = /^__(?:prefix$|suffix$|providerOutput$|config:|expected(?!\d*$)|metadata$)/;

/** Looks at the assertions of every row before anything is paid. */
export class AssertionCheck {
  readonly #file: string;
  readonly #taken: ReadonlySet<string>;
  readonly #judges = new AssertionJudges();
  readonly #names = new Set<string>();

  /** @param file the dataset's name, for errors; @param taken names of the run's other scores */
  constructor(file: string, taken: readonly string[]) {
    this.#file = file;
    this.#taken = new Set(taken);
  }

  /** A promise only where an assertion is new. @throws DatasetError for one that cannot be used */
  add(row: Row): undefined | Promise<void> {
    for (const name of columnNames(row)) this.#checkColumn(row, name);
    const assertions = rowAssertions(row);
    if (assertions.size === 0) return undefined;
    this.#checkThreshold(row);
    const pending: Promise<void>[] = [];
    for (const [name, own] of assertions) {
      this.#addName(row, name);
      for (const assertion of own) {
        const judge = this.#judges.get(assertion.text);
        if (judge instanceof Promise) pending.push(this.#await(judge, row, assertion.name));
      }
    }
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  /** Names of the scores that rows have assertions for, in order of appearance. */
  names(): readonly string[] {
    return [...this.#names];
  }

  async #await(judge: Promise<unknown>, row: Row, column: string): Promise<void> {
    await judge.catch((error: unknown) => {
      throw this.#explain(error, row, column);
    });
  }

  #checkColumn(row: Row, column: string): void {
    if (!column.startsWith('__') || !UNKNOWN_COLUMN.test(column) || columnText(columnValue(row, column)) === '') return;
    throw this.#explain(
      new UsageError('promptgrid does not follow this column of promptfoo', {
        hint: 'write what it says into the prompt or the assertion, and remove or rename the column',
      }),
      row,
      column,
    );
  }

  #checkThreshold(row: Row): void {
    try {
      rowThreshold(row);
    } catch (error) {
      throw this.#explain(error, row, '__threshold');
    }
  }

  #addName(row: Row, name: string): void {
    if (this.#names.has(name)) return;
    const fault = this.#taken.has(name)
      ? `another score is named "${name}" too`
      : /\p{Cc}/u.test(name)
        ? 'the name of a score has no control characters'
        : this.#names.size === MAX_NAMES
          ? `there are more than ${MAX_NAMES} different names of scores`
          : null;
    if (fault !== null) throw this.#explain(new UsageError(fault, { hint: 'name it otherwise' }), row, '__metric');
    this.#names.add(name);
  }

  #explain(error: unknown, row: Row, column: string): unknown {
    if (!(error instanceof UsageError)) return error;
    const place = { file: this.#file, line: row.line };
    return new DatasetError(place, `the column "${column}" of row ${row.id}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}
