import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decodeWhole, InvalidTextError } from './decode.ts';

/**
 * The text of a file that people write: strict UTF-8, or UTF-16 with a byte order mark; without that mark, and with
 * `\n` for every `\r\n`, so that it does not depend on the editor.
 * @throws InvalidTextError if the bytes are not valid text; the file system's error if it cannot be read
 */
export async function readTextFile(path: string): Promise<string> {
  return toText(await readFile(path));
}

/** The same, at once. @throws InvalidTextError, or the file system's error */
export function readTextFileSync(path: string): string {
  return toText(readFileSync(path));
}

function toText(bytes: Uint8Array): string {
  const text = decodeWhole(bytes);
  return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
}

/** A fault of a text in words. */
interface TextFault {
  /** `prompt.txt:3 is not UTF-8; it looks like windows-1251` */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** What is wrong with the text of a file, and what to do; null for an error of another kind. */
export function describeTextFault(error: unknown, path: string): TextFault | null {
  if (!(error instanceof InvalidTextError)) return null;
  const { line, encoding, likely } = error;
  const guess = likely === null ? '' : `; it looks like ${likely}`;
  return { message: `${path}:${line} is not ${encoding.toUpperCase()}${guess}`, hint: 'save the file as UTF-8' };
}
