import { readFileSync } from 'node:fs';
import { UsageError } from '../../core/errors.ts';
import { type JsonValue, MAX_LEVELS, parseOutsideJson, TOO_DEEP } from '../../core/json.ts';
import { describeJsonFault } from '../../datasets/json-fault.ts';
import { decodeWhole, InvalidTextError } from '../../io/decode.ts';

/** A request field as a command line or an environment variable gives it. */
interface GivenParam {
  /** The flag or variable, for errors. */
  readonly where: string;
  readonly name: string;
  /** What stands behind `=`. */
  readonly text: string;
}

/**
 * How JSON begins, and numbers and words that people take for JSON: `.5`, `+1`, `True`. `none` and `auto`, which request
 * fields do have, are no such words.
 */
const LIKE_JSON = /^\s*(?:[{["]|[-+]?\.?\d|(?:true|false|null)\s*$)/i;

/**
 * The value of a request field: JSON; the JSON of a file where the text is `@` and its path; else the text itself, for
 * `user=anna` needs no quotes.
 * @throws UsageError where a file cannot be read or holds no JSON, or a text begins like JSON and is none
 */
export function readParamValue(given: GivenParam): JsonValue {
  const { where, name, text } = given;
  if (text.startsWith('@')) return readParamFile(given, text.slice(1));
  const value = parseOutsideJson(text);
  if (value === TOO_DEEP) throw tooDeep(where);
  if (value !== undefined) return value;
  if (!LIKE_JSON.test(text)) return text;
  const fault = describeJsonFault(text, 'value');
  const place = fault === null ? 'is not JSON' : `character ${fault.offset + 1}: ${fault.what}`;
  throw new UsageError(`${where} ${name}=${brief(text)}: ${place}`, {
    hint: `correct the JSON, or put a text into double quotes: ${where} '${name}="text"'`,
  });
}

function readParamFile({ where, name }: GivenParam, path: string): JsonValue {
  const text = readText(`${where} ${name}=@${path}`, path, `${where} '${name}="@text"'`);
  const value = parseOutsideJson(text);
  if (value === TOO_DEEP) throw tooDeep(where);
  if (value !== undefined) return value;
  const fault = describeJsonFault(text, 'file');
  const place = fault === null ? path : `${path}:${positionOf(text, fault.offset)}`;
  throw new UsageError(`${where} ${name}: ${place}: ${fault?.what ?? 'not JSON'}`, {
    hint: 'correct the file: it holds one JSON value',
  });
}

function tooDeep(where: string): UsageError {
  return new UsageError(`the value of ${where} is nested more than ${MAX_LEVELS} levels deep`, {
    hint: 'give the deeper part as a text',
  });
}

function readText(given: string, path: string, quoted: string): string {
  try {
    return decodeWhole(readFileSync(path));
  } catch (cause) {
    if (cause instanceof InvalidTextError) {
      const hint = 'save the file as UTF-8';
      throw new UsageError(`${given}: line ${cause.line} is not ${cause.encoding}`, { hint, cause });
    }
    throw new UsageError(`${given}: the file cannot be read`, {
      hint: `check the path; a text that begins with @ is written ${quoted}`,
      cause,
    });
  }
}

/** `line:column`, both from 1. */
function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

const LONGEST_SHOWN = 60;

function brief(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
