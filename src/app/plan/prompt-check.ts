import type { Prompt } from '../../core/prompt.ts';
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

  /** Warnings about unusual but allowed prompts, one line each. @param columns of the dataset */
  finish(prompts: readonly Prompt[], columns: readonly string[]): readonly string[] {
    return [...this.#sameRequests(prompts, columns), ...this.#singleBraces(columns)];
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
