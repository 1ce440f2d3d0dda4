import { formatPlace } from '../../core/errors.ts';
import type { Prompt } from '../../core/prompt.ts';
import { columnText, columnValue, type Row, rowPlace } from '../../core/row.ts';
import { columnTag, readsRow, singleBraced } from '../../prompts/column-tags.ts';
import type { PromptConfig, RowsConfig } from '../config/run-config.ts';

/** Columns that a hint does not use as an example: prompts seldom need them. */
const NO_EXAMPLES = ['id', 'expected', 'system', 'messages'];

/** Finds, before anything is paid, templates that ignore the content of rows. */
export class PromptCheck {
  readonly #config: PromptConfig & Pick<RowsConfig, 'dataset'>;
  /** The first row's request, for each prompt; null once another row's differs. */
  readonly #first: (string | null)[] = [];
  #rows = 0;
  /** Columns that the prompts read, once a row has been seen. */
  #read: readonly string[] | null = null;
  #empty = 0;
  #firstEmpty = '';

  constructor(config: PromptConfig & Pick<RowsConfig, 'dataset'>) {
    this.#config = config;
  }

  /** Records a row's request. @param place of the prompt; @param request its messages as text */
  add(place: number, request: string): void {
    if (place === 0) this.#rows += 1;
    const first = this.#first[place];
    if (first === undefined) this.#first[place] = request;
    else if (first !== null && first !== request) this.#first[place] = null;
  }

  /** Records a row that takes part. */
  addRow(row: Row, prompts: readonly Prompt[]): void {
    this.#read ??= this.#readColumns(prompts);
    if (this.#read.length === 0 || this.#read.some((name) => isFilled(row, name))) return;
    this.#empty += 1;
    if (this.#empty === 1) this.#firstEmpty = formatPlace(rowPlace(row, this.#config.dataset.name));
  }

  /** Warnings about unusual but allowed prompts, one line each. @param columns of the dataset */
  finish(prompts: readonly Prompt[], columns: readonly string[]): readonly string[] {
    return [...this.#sameRequests(prompts, columns), ...this.#singleBraces(columns), ...this.#emptyRows()];
  }

  /** None where a prompt comes from the dataset, or may read more than its text shows. */
  #readColumns(prompts: readonly Prompt[]): readonly string[] {
    const { prompts: specs, system } = this.#config;
    const readsMore = prompts.some(({ template, attaches = false }) => attaches || readsRow(template));
    if (specs.length === 0 || readsMore || readsRow(system ?? '')) return [];
    return prompts.flatMap(({ variables }) => variables);
  }

  /** Such as a note or a total below a table. */
  #emptyRows(): readonly string[] {
    if (this.#empty === 0) return [];
    const columns = [...new Set(this.#read)].join(', ');
    const rows = this.#empty === 1 ? '1 row has' : `${this.#empty} rows have`;
    const first = this.#empty === 1 ? this.#firstEmpty : `first ${this.#firstEmpty}`;
    return [`${rows} nothing in what prompts read, ${columns} (${first}): sent all the same`];
  }

  /** Equal prompts in the dataset may be intended, and a single row has nothing to differ from. */
  #sameRequests(prompts: readonly Prompt[], columns: readonly string[]): readonly string[] {
    const { prompts: specs, dataset } = this.#config;
    if (specs.length === 0 || this.#rows < 2) return [];
    const same = prompts.filter(
      ({ variables, template }, place) =>
        typeof this.#first[place] === 'string' && variables.length === 0 && !readsRow(template),
    );
    const example = columns.find((column) => !NO_EXAMPLES.includes(column));
    const isMeant = this.#singleBraces(columns).length > 0 || example === undefined;
    const hint = isMeant ? '' : `; a template reads a column as ${columnTag(example)}`;
    if (same.length === prompts.length) {
      return [`every row sends the same request: no prompt uses a column of ${dataset.name}${hint}`];
    }
    return same.map(
      ({ name }) =>
        `prompt "${name}" sends the same request for every row: it uses no column of ${dataset.name}${hint}`,
    );
  }

  #singleBraces(columns: readonly string[]): readonly string[] {
    const { prompts, system } = this.#config;
    const templates = [
      ...prompts.map(({ name, text }) => ({ name: `prompt "${name}"`, text })),
      ...(system === null ? [] : [{ name: 'the system template', text: system }]),
    ];
    return templates.flatMap(({ name, text }) => {
      const found = singleBraced(text, columns);
      if (found.length === 0) return [];
      const written = found.map((column) => `{${column}}`).join(', ');
      return [`${name} has ${written}, which is sent as it stands; did you mean ${found.map(columnTag).join(', ')}?`];
    });
  }
}

/** False if a row has neither the column nor a text in it. */
function isFilled(row: Row, name: string): boolean {
  return columnText(columnValue(row, name)).trim() !== '';
}
