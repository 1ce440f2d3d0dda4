import type { Message, Prompt } from '../../core/prompt.ts';
import { columnNames, columnText, columnValue, type Row } from '../../core/row.ts';
import { storedPrompt } from '../../prompts/stored-prompt.ts';
import type { StoredPrompt } from '../../store/run-file.ts';
import { expectedOf } from '../scoring/score-answer.ts';

/** What the prompts of a finished run asked: made again from templates and rows, since results do not repeat it. */
export class StoredQuestions {
  readonly #templates: ReadonlyMap<string, string>;
  readonly #prompts = new Map<string, Prompt | null>();

  /** @param prompts of the run, with their templates */
  constructor(prompts: readonly StoredPrompt[]) {
    this.#templates = new Map(prompts.map(({ name, template }) => [name, columnText(template)]));
  }

  /** The messages of a row with a prompt; null if they cannot be made again. @param name of the prompt */
  messages(name: string, row: Row): readonly Message[] | null {
    const prompt = this.#promptOf(name);
    if (prompt === null) return null;
    try {
      return prompt.render(row);
    } catch {
      // The run had these messages; a result file that was edited since may lack a column of them.
      return null;
    }
  }

  #promptOf(name: string): Prompt | null {
    const known = this.#prompts.get(name);
    if (known !== undefined) return known;
    const template = this.#templates.get(name);
    const prompt = template === undefined ? null : storedPrompt(name, template);
    this.#prompts.set(name, prompt);
    return prompt;
  }
}

const ASSERTION = /^__expected\d*$/;

/**
 * What a row expects, in words: its expected answer, else its assertions; null if it has neither.
 * @param column that holds expected answers, or a path into its JSON; null for `expected`
 */
export function expectedText(row: Row, column: string | null): string | null {
  const { text } = expectedOf(row, column ?? 'expected');
  if (text !== null) return text;
  const assertions = columnNames(row)
    .filter((name) => ASSERTION.test(name))
    .map((name) => columnText(columnValue(row, name)))
    .filter((cell) => cell.trim() !== '');
  return assertions.length === 0 ? null : assertions.join('\n');
}
