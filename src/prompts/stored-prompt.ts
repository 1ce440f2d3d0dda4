import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  objectOf,
  parseJson,
  textOf,
  textsOf,
} from '../core/json.ts';
import type { Prompt } from '../core/prompt.ts';
import { buildPrompts, type ConversationColumn, type PromptSpec } from './index.ts';
import { readMessages } from './messages.ts';
import { COLUMN_SOURCE, LAST_ANSWER_CUT } from './sources.ts';
import { insertedColumns } from './template.ts';

/** Names of prompts that `--prompt` gives, which are never arrays of messages. */
const GIVEN_AS_TEXT = /^p\d+(?:-\d+)*$/;

/**
 * A prompt of an earlier run, made again from its record.
 * @param template of the prompt, as `Prompt` has it
 * @returns null if the record does not say how messages were made
 */
export function storedPrompt(name: string, template: string): Prompt | null {
  const record = objectOf(parseJson(template));
  const [system, text] = [textOf(record['system']), textOf(record['prompt'])];
  if (system === null || text === null) return null;
  const column = text.startsWith(COLUMN_SOURCE) ? text.slice(COLUMN_SOURCE.length) : null;
  const ofDataset = column !== null && (name === 'prompt' || name === 'messages');
  const conversations = ofDataset && name === 'messages' ? conversationOf(column) : null;
  try {
    const [prompt] = buildPrompts({
      specs: ofDataset ? [] : [{ name, kind: kindOf(name, text), text }],
      system: system.startsWith(COLUMN_SOURCE) ? null : system,
      columns: ofDataset ? [conversations?.path ?? column] : [],
      file: 'the dataset',
      conversations,
      files: storedFiles(record),
    });
    return prompt ?? null;
  } catch {
    // A later version may write templates that this one cannot parse: what is asked for is only shown.
    return null;
  }
}

/** What the rows of a stored prompt differ in. */
export interface StoredAsking {
  /** Columns that its user messages insert whole. */
  readonly columns: readonly string[];
  /** The column or path that holds whole conversations; null for none. */
  readonly conversation: string | null;
}

/** The parts of a dataset that a prompt of an earlier run asks. @param template of the prompt, as `Prompt` has it */
export function storedAsking(name: string, template: string): StoredAsking {
  const text = textOf(objectOf(parseJson(template))['prompt']);
  if (text === null) return { columns: [], conversation: null };
  if (name === 'messages' && text.startsWith(COLUMN_SOURCE)) {
    return { columns: [], conversation: conversationOf(text.slice(COLUMN_SOURCE.length)).path };
  }
  if (name === 'prompt' && text.startsWith(COLUMN_SOURCE)) {
    return { columns: [text.slice(COLUMN_SOURCE.length)], conversation: null };
  }
  const texts = kindOf(name, text) === 'text' ? [text] : userTexts(parseJson(text));
  return { columns: [...new Set(texts.flatMap(insertedColumns))], conversation: null };
}

function userTexts(messages: JsonValue | undefined): readonly string[] {
  return listOf(messages).flatMap((message) => {
    const { role, content } = objectOf(message);
    return role === 'user' ? textsIn(content) : [];
  });
}

function textsIn(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isJsonArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** The columns of files in the record of a prompt; no file is looked at again. */
export function storedFiles(record: JsonObject): Parameters<typeof buildPrompts>[0]['files'] {
  const columns = textsOf(record['files']);
  return columns.length === 0 ? undefined : { columns, folderOf: () => '' };
}

function conversationOf(source: string): ConversationColumn {
  const endsWithAnswer = source.endsWith(LAST_ANSWER_CUT);
  const path = endsWithAnswer ? source.slice(0, -LAST_ANSWER_CUT.length) : source;
  return { path, mayBeText: true, endsWithAnswer };
}

/** The record does not say whether a text is a template or a file of messages. */
function kindOf(name: string, text: string): PromptSpec['kind'] {
  if (GIVEN_AS_TEXT.test(name) || !text.trimStart().startsWith('[')) return 'text';
  return typeof readMessages(parseJson(text)) === 'string' ? 'text' : 'messages';
}
