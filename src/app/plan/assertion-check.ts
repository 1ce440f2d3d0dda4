import { DatasetError, UsageError } from '../../core/errors.ts';
import { columnNames, columnText, columnValue, type Row, rowPlace } from '../../core/row.ts';
import type { AskedRequest } from '../../core/scorer.ts';
import { firstPlace, type ReadyAssertion, ReadyAssertions } from '../../scorers/index.ts';
import { noEmbeddingModel } from '../config/no-embeddings.ts';
import { type AssertedScore, rowAssertions, rowThreshold, weightFault } from '../scoring/row-assertions.ts';
import type { JudgeTools } from '../scoring/scorer-tools.ts';

/** Maximum number of score names: each is a column of the result files. */
const MAX_NAMES = 100;

/** promptfoo columns that change requests or scoring, which promptgrid ignores. */
const UNKNOWN_COLUMN = /^__(?:prefix$|suffix$|providerOutput$|config:|expected(?!\d*$)|metadata$)/;

/** Position of an assertion. */
interface AssertionPlace {
  readonly row: Row;
  readonly column: string;
  /** The score that it counts for. */
  readonly name: string;
}

/** Checks the assertions of every row before anything is paid. */
export class AssertionCheck {
  readonly #file: string;
  readonly #taken: ReadonlySet<string>;
  readonly #tools: JudgeTools;
  readonly #ready: ReadyAssertions;
  /** The kinds of requests to models that a score needs, by its name; each once. */
  readonly #scores = new Map<string, Map<string, AskedRequest>>();
  /** One line per column with something that looks like a template. */
  readonly #notices = new Map<string, string>();

  /** @param file dataset name, for errors; @param taken names of the run's other scores */
  constructor(file: string, taken: readonly string[], tools: JudgeTools) {
    this.#file = file;
    this.#taken = new Set(taken);
    this.#tools = tools;
    this.#ready = new ReadyAssertions(tools);
  }

  /** A promise only for a new assertion. @throws DatasetError for an assertion that cannot be used */
  add(row: Row): undefined | Promise<void> {
    for (const name of columnNames(row)) this.#checkColumn(row, name);
    const assertions = rowAssertions(row);
    if (assertions.size === 0) return undefined;
    this.#checkThreshold(row);
    this.#checkWeights(row);
    const pending: Promise<void>[] = [];
    for (const [name, own] of assertions) {
      this.#addName(row, name);
      for (const assertion of own) {
        const ready = this.#ready.get(assertion.text, assertion.part);
        const place = { row, column: assertion.name, name };
        this.#notePlace(assertion.text, place);
        if (ready instanceof Promise) pending.push(this.#await(ready, place));
        else this.#noteReady(ready, place);
      }
    }
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  /** The scores of row assertions, in order of first appearance. */
  scores(): readonly AssertedScore[] {
    return [...this.#scores].map(([name, requests]) => ({ name, requests: [...requests.values()] }));
  }

  /** Warnings about unusual but allowed content, one line each. */
  notices(): readonly string[] {
    return [...this.#notices.values()];
  }

  #notePlace(text: string, { row, column }: AssertionPlace): void {
    const found = this.#notices.has(column) ? null : firstPlace(text);
    if (found === null) return;
    const where = `${row.file === undefined ? '' : `${row.file}, `}line ${row.line}, the column "${column}"`;
    this.#notices.set(column, `${where}: ${found} is taken as it stands, since assertions are no templates`);
  }

  async #await(making: Promise<ReadyAssertion>, place: AssertionPlace): Promise<void> {
    const ready = await making.catch((error: unknown) => {
      throw this.#explain(error, place.row, place.column);
    });
    this.#noteReady(ready, place);
  }

  #noteReady({ requests }: ReadyAssertion, { row, column, name }: AssertionPlace): void {
    for (const request of requests) {
      const fault = this.#faultOf(request);
      if (fault !== null) throw this.#explain(fault, row, column);
      this.#scores.get(name)?.set(JSON.stringify(request), request);
    }
  }

  /** Null if the model that it needs is named. */
  #faultOf({ task }: AskedRequest): UsageError | null {
    const { hasJudgeModel, hasEmbeddingModel } = this.#tools;
    if (task === undefined ? hasJudgeModel : hasEmbeddingModel) return null;
    if (task !== undefined) return noEmbeddingModel();
    const hint = 'name it with --judge-model, such as --judge-model gpt-4o; its calls are paid as well';
    return new UsageError('a model is to judge the answer, and none is named', { hint });
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

  #checkWeights(row: Row): void {
    const found = weightFault(row);
    if (found !== null) throw this.#explain(found.fault, row, found.column);
  }

  #addName(row: Row, name: string): void {
    if (this.#scores.has(name)) return;
    const fault = this.#taken.has(name)
      ? `another score is named "${name}" too`
      : /\p{Cc}/u.test(name)
        ? 'the name of a score has no control characters'
        : this.#scores.size === MAX_NAMES
          ? `there are more than ${MAX_NAMES} different names of scores`
          : null;
    if (fault !== null) throw this.#explain(new UsageError(fault, { hint: 'name it otherwise' }), row, '__metric');
    this.#scores.set(name, new Map());
  }

  #explain(error: unknown, row: Row, column: string): unknown {
    if (!(error instanceof UsageError)) return error;
    const place = rowPlace(row, this.#file);
    return new DatasetError(place, `the column "${column}" of row ${row.id}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}
