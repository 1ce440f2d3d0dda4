import { UsageError } from '../../core/errors.ts';
import { type JsonValue, MAX_LEVELS, parseOutsideJson, TOO_DEEP } from '../../core/json.ts';
import { describeJsonFault } from '../../datasets/json-fault.ts';
import { describeTextFault, readTextFileSync } from '../../io/text-file.ts';
import { parseJsonFile } from './json-file.ts';

/** A request field as given on a command line or in an environment variable. */
interface GivenParam {
  /** The flag or variable, for errors. */
  readonly where: string;
  readonly name: string;
  /** The text after `=`. */
  readonly text: string;
}

/**
 * The beginnings of JSON, and numbers and words that people mistake for JSON: `.5`, `+1`, `True`. `none` and `auto` are
 * not among them, since request fields use them.
 */
const LIKE_JSON = /^\s*(?:[{["]|[-+]?\.?\d|(?:true|false|null)\s*$)/i;

/**
 * The value of a request field: JSON; the JSON of a file where the text is `@` and its path; else the text itself, so
 * that `user=anna` needs no quotes.
 * @throws UsageError if a file cannot be read or does not hold JSON, or a text begins like JSON but is not valid JSON
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
  return parseJsonFile(text, { path, flag: `${where} ${name}` });
}

function tooDeep(where: string): UsageError {
  return new UsageError(`the value of ${where} is nested more than ${MAX_LEVELS} levels deep`, {
    hint: 'give the deeper part as a text',
  });
}

function readText(given: string, path: string, quoted: string): string {
  try {
    return readTextFileSync(path);
  } catch (cause) {
    const fault = describeTextFault(cause, path);
    if (fault !== null) throw new UsageError(`${given}: ${fault.message}`, { hint: fault.hint, cause });
    throw new UsageError(`${given}: the file cannot be read`, {
      hint: `check the path; a text that begins with @ is written ${quoted}`,
      cause,
    });
  }
}

const LONGEST_SHOWN = 60;

function brief(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
