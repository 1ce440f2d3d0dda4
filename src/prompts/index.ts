import { UsageError } from '../core/errors.ts';
import type { Message, Prompt } from '../core/prompt.ts';
import { columnText, type Row } from '../core/row.ts';
import { isPathInto } from '../core/row-path.ts';
import { type FileColumns, type PartOf, shownPart, withFiles } from './attach.ts';
import { columnTag } from './column-tags.ts';
import { beginsWithSystem } from './messages.ts';
import {
  COLUMN_SOURCE,
  type ConversationColumn,
  conversationSource,
  type MessageSource,
  messagesSource,
  promptColumnSource,
  textSource,
} from './sources.ts';
import { describeColumns, parseTemplate, type TextTemplate } from './template.ts';

export type { ConversationColumn } from './sources.ts';

/** A prompt from the configuration: a template's text, or the text of a .json file of messages. */
export interface PromptSpec {
  readonly name: string;
  readonly kind: 'text' | 'messages';
  readonly text: string;
  /** Folder of a .json file, whose files may go with its messages; absent if there is none. */
  readonly folder?: string | undefined;
}

/** Inputs for building prompts. */
interface PromptSources {
  /** Empty if the dataset itself holds the prompts. */
  readonly specs: readonly PromptSpec[];
  /** Template of the system message; null uses each row's `system` column if there is one. */
  readonly system: string | null;
  /** Columns of the dataset's first row. */
  readonly columns: readonly string[];
  /** The dataset's name, for errors. */
  readonly file: string;
  /** Where the conversations are if not in the dataset's own columns; null if nothing says so. */
  readonly conversations?: ConversationColumn | null | undefined;
  /** The columns whose cells name files; absent if none do. */
  readonly files?: Omit<FileColumns, 'file' | 'partOf'> | undefined;
  /** What stands for a file in messages; default a text, so that no file is looked at. */
  readonly partOf?: PartOf | undefined;
}

const COLUMNS = { messages: 'messages', prompt: 'prompt', system: 'system' } as const;

/**
 * The prompts of a run: the given templates, else the dataset's `messages` column, else its `prompt` column.
 * @throws PromptError for a broken template, UsageError if there is no prompt
 */
export function buildPrompts(sources: PromptSources): readonly Prompt[] {
  const { specs, columns, file, files, partOf = shownPart } = sources;
  const withSystem = systemAdder(sources);
  const make = (name: string, source: MessageSource): Prompt =>
    withSystem(name, files === undefined ? source : withFiles(source, { ...files, file, partOf }));
  if (specs.length > 0) {
    return specs.map(({ name, kind, text, folder = '' }) =>
      make(name, kind === 'text' ? textSource(name, text) : messagesSource(name, text, { folder, partOf })),
    );
  }
  const conversations = conversationsOf(sources);
  if (conversations !== null) return [make(COLUMNS.messages, conversationSource(conversations, file))];
  if (columns.includes(COLUMNS.prompt)) return [make(COLUMNS.prompt, promptColumnSource(COLUMNS.prompt, file))];
  const example = columns.find((name) => name !== 'id') ?? 'column';
  throw new UsageError(`${file}: there is no prompt, and no column named "prompt" or "messages"`, {
    hint: `give one with --prompt ${quoted(`… ${columnTag(example)}`)}; columns: ${columns.join(', ')}`,
  });
}

/** @throws UsageError if a column is named that the dataset lacks */
function conversationsOf({ conversations, columns, file }: PromptSources): ConversationColumn | null {
  if (conversations === undefined || conversations === null) {
    const isThere = columns.includes(COLUMNS.messages);
    return isThere ? { path: COLUMNS.messages, mayBeText: false, endsWithAnswer: false } : null;
  }
  if (isPathInto(conversations.path, columns)) return conversations;
  throw new UsageError(`--messages-column names "${conversations.path}", which ${file} lacks`, {
    hint: describeColumns(conversations.path, columns),
  });
}

/** In the quotes that the text itself lacks. */
function quoted(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

type AddSystem = (name: string, source: MessageSource) => Prompt;

/** An explicit system template replaces a prompt's own; the column is used only if there is none. */
function systemAdder({ system }: PromptSources): AddSystem {
  if (system !== null) {
    const template = parseTemplate('system', system);
    return (name, source) => fromTemplate(name, source, template);
  }
  return fromColumn;
}

function fromTemplate(name: string, source: MessageSource, system: TextTemplate): Prompt {
  return {
    name,
    template: JSON.stringify({ system: system.text, prompt: source.template, files: source.files }),
    attaches: source.attaches,
    variables: [...system.variables, ...source.variables],
    render(row) {
      const messages = source.render(row);
      const own = beginsWithSystem(messages) ? messages.slice(1) : messages;
      return [systemMessage(system.render(row)), ...own];
    },
  };
}

function fromColumn(name: string, source: MessageSource): Prompt {
  return {
    ...source,
    name,
    template: JSON.stringify({
      system: `${COLUMN_SOURCE}${COLUMNS.system}`,
      prompt: source.template,
      files: source.files,
    }),
    render: (row) => fillSystem(source.render(row), row),
  };
}

function fillSystem(messages: readonly Message[], row: Row): readonly Message[] {
  const text = columnText(row.vars[COLUMNS.system]);
  return text === '' || beginsWithSystem(messages) ? messages : [systemMessage(text), ...messages];
}

function systemMessage(content: string): Message {
  return { role: 'system', content };
}
