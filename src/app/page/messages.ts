import { isJsonArray, objectOf, parseJson, textOf } from '../../core/json.ts';
import type { Message, Prompt } from '../../core/prompt.ts';
import type { Row } from '../../core/row.ts';
import { buildPrompts } from '../../prompts/index.ts';
import { storedFiles } from '../../prompts/stored-prompt.ts';
import type { StoredPrompt } from '../../store/run-file.ts';

/** The messages of a row for each prompt; empty where they cannot be made again. */
export type MessagesOf = (row: Row) => readonly (readonly Message[])[];

/** Renders the prompts of a run again, from its run.json. @param columns of its dataset */
export function messagesOf(prompts: readonly StoredPrompt[], columns: readonly string[]): MessagesOf {
  const built = prompts.map((prompt) => promptOf(prompt, columns));
  return (row) => built.map((prompt) => (prompt === null ? [] : rendered(prompt, row)));
}

const COLUMN = 'column:';

function promptOf({ name, template }: StoredPrompt, columns: readonly string[]): Prompt | null {
  const parts = objectOf(typeof template === 'string' ? parseJson(template) : template);
  const [system, text] = [textOf(parts['system']), textOf(parts['prompt'])];
  if (text === null) return null;
  const isColumn = text.startsWith(COLUMN) && columns.includes(text.slice(COLUMN.length));
  // A path into a column, or one without its last answer: only the run knew how to read it.
  if (text.startsWith(COLUMN) && !isColumn) return null;
  const isMessages = isJsonArray(parseJson(text));
  const specs = isColumn ? [] : [{ name, kind: isMessages ? ('messages' as const) : ('text' as const), text }];
  // Of the columns that hold prompts, the one that the run read.
  const own = isColumn ? columns.filter((one) => one === 'system' || one === text.slice(COLUMN.length)) : columns;
  try {
    const [prompt] = buildPrompts({
      specs,
      system: system === null || system.startsWith(COLUMN) ? null : system,
      columns: own,
      file: '',
      files: storedFiles(parts),
    });
    return prompt ?? null;
  } catch {
    // The page shows the columns instead.
    return null;
  }
}

function rendered(prompt: Prompt, row: Row): readonly Message[] {
  try {
    return prompt.render(row);
  } catch {
    // A row that was edited since may lack what the template reads.
    return [];
  }
}
