import { DatasetError, PromptError } from '../core/errors.ts';
import { isJsonArray, type JsonValue, MAX_LEVELS, parseOutsideJson, TOO_DEEP } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import { columnText, type Row, rowPlace } from '../core/row.ts';
import { jsonInText, valueAt } from '../core/row-path.ts';
import { withWritten } from '../core/written-json.ts';
import { filesIn, type PromptFiles, textsJoined } from './attach.ts';
import { readMessages } from './messages.ts';
import { parseTemplate, parseValueTemplate } from './template.ts';

/** Before the name of a column in the template of a prompt that the dataset holds. */
export const COLUMN_SOURCE = 'column:';
/** Behind it if the last answer of a conversation is not sent. */
export const LAST_ANSWER_CUT = ' without its last answer';

/** A prompt's content before a system message is added. */
export interface MessageSource {
  /** Its text, or the column it reads; part of a run's identity. */
  readonly template: string;
  readonly variables: readonly string[];
  /** Columns or paths whose cells name files that go with the messages; absent without any. */
  readonly files?: readonly string[] | undefined;
  /** True if files go with the messages. */
  readonly attaches?: boolean | undefined;
  render(row: Row): readonly Message[];
}

/** A template whose text is the only user message. */
export function textSource(name: string, text: string): MessageSource {
  const { variables, render } = parseTemplate(name, text);
  return { template: text, variables, render: (row) => [{ role: 'user', content: render(row) }] };
}

/** A JSON array of messages; the texts in their contents are templates. @param files where those are that it names */
export function messagesSource(name: string, text: string, files: PromptFiles): MessageSource {
  const messages = parseMessages(text);
  if (typeof messages === 'string') {
    throw new PromptError(`the file of prompt "${name}": ${messages}`, {
      hint: 'a .json prompt is an array like [{"role": "user", "content": "{{ question }}"}]',
    });
  }
  const parts = messages.map((message) => {
    const { content } = message;
    return { message, template: content === undefined ? null : contentTemplate(name, content, files) };
  });
  return {
    template: text,
    attaches: parts.some(({ template }) => template?.attaches === true),
    variables: parts.flatMap(({ template }) => template?.variables ?? []),
    render: (row) =>
      parts.map(({ message, template }) =>
        template === null ? message : { ...message, content: template.render(row) },
      ),
  };
}

function contentTemplate(name: string, content: JsonValue, given: PromptFiles): ContentTemplate {
  const files = filesIn(content, name, given);
  if (files.size === 0 || !isJsonArray(content)) return { ...parseValueTemplate(name, content), attaches: false };
  const parts = content.map((part, place): ContentTemplate => {
    const file = files.get(place);
    return file === undefined ? parseValueTemplate(name, part) : { variables: [], render: () => file };
  });
  return {
    variables: parts.flatMap(({ variables }) => variables),
    attaches: true,
    render: (row) => textsJoined(parts.map((part) => part.render(row))),
  };
}

interface ContentTemplate extends ReturnType<typeof parseValueTemplate> {
  readonly attaches?: boolean | undefined;
}

/** The messages in a JSON text, or a description of the fault. */
function parseMessages(text: string): readonly Message[] | string {
  const value = parseOutsideJson(text);
  if (value === TOO_DEEP) return `it is nested more than ${MAX_LEVELS} levels deep`;
  return readMessages(value === undefined ? value : withWritten(value, text));
}

/** The dataset's `prompt` column, verbatim: a row's text is never run as a template. */
export function promptColumnSource(column: string, file: string): MessageSource {
  return {
    template: `${COLUMN_SOURCE}${column}`,
    variables: [column],
    render(row) {
      const content = columnText(row.vars[column]);
      if (content !== '') return [{ role: 'user', content }];
      throw new DatasetError(rowPlace(row, file), `the column "${column}" is empty in row ${row.id}`, {
        hint: 'fill it, or give --prompt with a template',
      });
    },
  };
}

/** Where a dataset's conversations are. */
export interface ConversationColumn {
  /** A column, or a path into the JSON of one. */
  readonly path: string;
  /** True if a text that is no JSON is a user message. */
  readonly mayBeText: boolean;
  /** True if the last message, where it is an answer, is expected and not sent. */
  readonly endsWithAnswer: boolean;
}

/** The dataset's conversations: an array in JSONL, the JSON text of one in CSV. */
export function conversationSource(conversations: ConversationColumn, file: string): MessageSource {
  const { path, endsWithAnswer } = conversations;
  return {
    template: `${COLUMN_SOURCE}${path}${endsWithAnswer ? LAST_ANSWER_CUT : ''}`,
    variables: [],
    render(row) {
      const messages = conversationAt(row, conversations);
      if (typeof messages !== 'string') return messages;
      throw new DatasetError(rowPlace(row, file), `the column "${path}" of row ${row.id}: ${messages}`, {
        hint: 'it holds a JSON array like [{"role": "user", "content": "…"}]',
      });
    },
  };
}

/** A row's conversation, or a description of the fault. */
function conversationAt(
  row: Row,
  { path, mayBeText, endsWithAnswer }: ConversationColumn,
): readonly Message[] | string {
  const cell = valueAt(row, path);
  if (mayBeText && typeof cell === 'string' && cell.trim() !== '' && jsonInText(cell) === undefined) {
    return [{ role: 'user', content: cell }];
  }
  const messages = typeof cell === 'string' ? parseMessages(cell) : readMessages(cell);
  if (typeof messages === 'string' || !endsWithAnswer || messages.at(-1)?.role !== 'assistant') return messages;
  return messages.length === 1 ? 'it has an answer and nothing before it' : messages.slice(0, -1);
}
