import type { PageAsked } from '../../core/page-data.ts';
import type { Message, Prompt } from '../../core/prompt.ts';
import { columnText, type Row } from '../../core/row.ts';
import { storedAsking, storedPrompt } from '../../prompts/stored-prompt.ts';
import type { StoredPrompt } from '../../store/run-file.ts';

/** The messages of a row for each prompt; empty where they cannot be made again. */
export type MessagesOf = (row: Row) => readonly (readonly Message[])[];

/** Renders the prompts of a run again, from its run.json. */
export function messagesOf(prompts: readonly StoredPrompt[]): MessagesOf {
  const built = prompts.map(({ name, template }) => storedPrompt(name, columnText(template)));
  return (row) => built.map((prompt) => (prompt === null ? [] : rendered(prompt, row)));
}

function rendered(prompt: Prompt, row: Row): readonly Message[] {
  try {
    return prompt.render(row);
  } catch {
    // A row that was edited since may lack what the template reads.
    return [];
  }
}

/** What the prompts of a run ask. @param columns of its dataset */
export function askedOf(prompts: readonly StoredPrompt[], columns: readonly string[]): PageAsked {
  const asking = prompts.map(({ name, template }) => storedAsking(name, columnText(template)));
  const placesOf = (names: readonly string[]): readonly number[] =>
    [...new Set(names)].map((name) => columns.indexOf(name)).filter((place) => place >= 0);
  return {
    columns: placesOf(asking.flatMap((one) => one.columns)),
    conversations: placesOf(asking.flatMap(({ conversation }) => (conversation === null ? [] : [conversation]))),
  };
}
