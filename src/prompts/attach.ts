import { attachedFile, attachedPart, attachedText, sizeText } from '../core/attached.ts';
import { DatasetError, PromptError } from '../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import { type Row, rowPlace } from '../core/row.ts';
import { jsonInText, valueAt } from '../core/row-path.ts';
import { AttachFault, lookAtFile, MOST_REQUEST_BYTES } from './attached-file.ts';

/** Makes the part of a message that stands for a file. @throws AttachFault if it cannot go with a message */
export type PartOf = (folder: string, name: string) => JsonObject;

/** The part of a file that is to be sent. */
export const filePart: PartOf = (folder, name) => attachedPart(lookAtFile(folder, name));

/** A text in place of a file, which is not looked at: for showing what a run asked. */
export const shownPart: PartOf = (_folder, name) => ({
  type: 'text',
  text: attachedText({ kind: /\.pdf$/i.test(name) ? 'pdf' : 'image', name }, null),
});

/** The columns whose cells name files. */
export interface FileColumns {
  /** Names or paths into JSON; not empty. */
  readonly columns: readonly string[];
  readonly folderOf: (row: Row) => string;
  readonly partOf: PartOf;
  /** The dataset's name, for errors. */
  readonly file: string;
}

/** What makes the messages of a row. */
interface Rendering {
  render(row: Row): readonly Message[];
}

/** The same messages with the files of a row behind the text of the user's last one. */
export function withFiles<Source extends Rendering>(source: Source, given: FileColumns) {
  return {
    ...source,
    files: given.columns,
    attaches: true,
    render: (row: Row): readonly Message[] => {
      const messages = source.render(row);
      const parts = given.columns.flatMap((column) => partsOf(row, column, given));
      return parts.length === 0
        ? messages
        : withParts(messages, parts, (what, hint) => rowFault(row, what, hint, given));
    },
  };
}

type Fault = (what: string, hint: string) => Error;

function rowFault(row: Row, what: string, hint: string, { file }: FileColumns): DatasetError {
  return new DatasetError(rowPlace(row, file), `row ${row.id}: ${what}`, { hint });
}

function partsOf(row: Row, column: string, given: FileColumns): readonly JsonObject[] {
  const fault: Fault = (what, hint) => rowFault(row, `the column "${column}": ${what}`, hint, given);
  return namesIn(valueAt(row, column), fault).map((name) => partAt(given.partOf, given.folderOf(row), name, fault));
}

/** @throws what `fault` makes of it */
function partAt(partOf: PartOf, folder: string, name: string, fault: Fault): JsonObject {
  try {
    return partOf(folder, name);
  } catch (error) {
    throw error instanceof AttachFault ? fault(`${JSON.stringify(name)} ${error.message}`, error.hint) : error;
  }
}

/** The paths in a cell: one, or a list of them in JSON; an empty cell has none. */
function namesIn(cell: JsonValue | undefined, fault: Fault): readonly string[] {
  if (cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '')) return [];
  const inner = typeof cell === 'string' ? jsonInText(cell) : cell;
  const names = isJsonArray(inner) ? inner : [cell];
  return names.map((name) => {
    if (typeof name === 'string' && name.trim() !== '') return name;
    throw fault(
      `${JSON.stringify(name)} is not the path of a file`,
      'give a path, or a list of them: ["a.png", "b.png"]',
    );
  });
}

function withParts(messages: readonly Message[], parts: readonly JsonObject[], fault: Fault): readonly Message[] {
  const place = messages.findLastIndex(({ role }) => role === 'user');
  const message = messages[place];
  if (message === undefined) {
    throw fault('there is no message of the user that files could go with', 'add one to the prompt');
  }
  const full = { ...message, content: joined(message['content'] ?? '', parts) };
  checkSize(full['content'], fault);
  return messages.with(place, full);
}

function joined(content: JsonValue, parts: readonly JsonObject[]): JsonValue {
  const own = isJsonArray(content) ? content : content === '' ? [] : [{ type: 'text', text: content }];
  return textsJoined([...own, ...parts]);
}

/** Content that is only text as one text, which is easy to read; other content as it is. */
export function textsJoined(parts: readonly JsonValue[]): JsonValue {
  const texts = parts.map((part) => (isJsonObject(part) && part['type'] === 'text' ? part['text'] : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : parts;
}

function checkSize(content: JsonValue, fault: Fault): void {
  const sizes = isJsonArray(content) ? content.map((part) => attachedFile(part)?.bytes ?? 0) : [];
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= MOST_REQUEST_BYTES) return;
  const size = `${sizeText(bytes)}, and at most ${sizeText(MOST_REQUEST_BYTES)} are sent with one request`;
  throw fault(`its files are too large together: ${size}`, 'make them smaller, or give fewer');
}

const FILE_TYPES: ReadonlySet<JsonValue | undefined> = new Set(['image', 'pdf', 'file']);

/** Where the files of a prompt are. */
export interface PromptFiles {
  readonly folder: string;
  readonly partOf: PartOf;
}

/**
 * The parts for `{"type": "image", "path": "…"}` in the content of a message in a prompt file, by their places.
 * @throws PromptError for a file that cannot go with it
 */
export function filesIn(
  content: JsonValue | undefined,
  prompt: string,
  { folder, partOf }: PromptFiles,
): ReadonlyMap<number, JsonObject> {
  const fault: Fault = (what, hint) => new PromptError(`the file of prompt "${prompt}": ${what}`, { hint });
  const parts = isJsonArray(content) ? [...content.entries()] : [];
  const found = parts.flatMap(([place, part]): readonly [number, JsonObject][] =>
    isFilePart(part) ? [[place, partAt(partOf, folder, pathOf(part, fault), fault)]] : [],
  );
  checkSize(
    found.map(([, part]) => part),
    fault,
  );
  return new Map(found);
}

function isFilePart(part: JsonValue): part is JsonObject {
  return isJsonObject(part) && FILE_TYPES.has(part['type']) && part['path'] !== undefined;
}

function pathOf({ path }: JsonObject, fault: Fault): string {
  if (typeof path === 'string' && path.includes('{{')) {
    throw fault(`the path ${JSON.stringify(path)} is not a template`, 'name the column of paths with --image-column');
  }
  if (typeof path === 'string' && path.trim() !== '') return path;
  throw fault(`${JSON.stringify(path ?? null)} is not the path of a file`, 'give a path relative to the prompt file');
}
