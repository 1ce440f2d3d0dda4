import { UsageError } from '../../core/errors.ts';
import { type JsonValue, MAX_LEVELS, parseOutsideJson, TOO_DEEP } from '../../core/json.ts';
import { describeJsonFault } from '../../datasets/json-fault.ts';
import { describeTextFault, readTextFile } from '../../io/text-file.ts';

/** A file that a setting names. */
export interface NamedFile {
  readonly path: string;
  /** The flag, for errors. */
  readonly flag: string;
}

/** The JSON value in a file. @throws UsageError if it cannot be read, or does not hold JSON: with line and column */
export async function readJsonFile({ path, flag }: NamedFile): Promise<JsonValue> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    const fault = describeTextFault(cause, path);
    if (fault !== null) throw new UsageError(`${flag}: ${fault.message}`, { hint: fault.hint, cause });
    throw new UsageError(`${flag}: ${path} cannot be read`, { hint: 'name a JSON file', cause });
  });
  return parseJsonFile(text, { path, flag });
}

/** The JSON value in the text of a file. @throws UsageError with line and column of the first fault */
export function parseJsonFile(text: string, { path, flag }: NamedFile): JsonValue {
  const value = parseOutsideJson(text);
  if (value === TOO_DEEP) {
    throw new UsageError(`${flag}: ${path} is nested more than ${MAX_LEVELS} levels deep`, {
      hint: 'give the deeper part as a text',
    });
  }
  if (value !== undefined) return value;
  const fault = describeJsonFault(text, 'file');
  const place = fault === null ? path : `${path}:${positionOf(text, fault.offset)}`;
  throw new UsageError(`${flag}: ${place}: ${fault?.what ?? 'not JSON'}`, {
    hint: 'correct the file: it holds one JSON value',
  });
}

/** `line:column`, both from 1. */
function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
