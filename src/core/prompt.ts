import type { JsonObject } from './json.ts';
import type { Row } from './row.ts';

/** A chat message as the API has it: `role`, `content` and whatever else the API takes. */
export type Message = JsonObject & { readonly role: string };

/** A named template that turns a row into messages. */
export interface Prompt {
  /** Name in the result files: the file's name, `p1`, `p2`, …, or the column it comes from. */
  readonly name: string;
  /** The template's own text, or what it reads; part of a run's identity. */
  readonly template: string;
  /** Columns that it reads, as far as the text tells. */
  readonly variables: readonly string[];
  /** @throws PromptError or DatasetError where the row lacks what the template names */
  render(row: Row): readonly Message[];
}
