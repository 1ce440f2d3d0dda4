import { UsageError } from '../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../core/json.ts';
import { columnText } from '../core/row.ts';
import { findJson } from './find-json.ts';
import { lastBoxed } from './number-text.ts';
import { compilePattern } from './re2.ts';

/** Takes a part out of an answer: what was found, or what each group of a pattern found. Empty where there is none. */
export type Extraction = (output: string) => readonly string[];

const NAMED: ReadonlyMap<string, (output: string) => string | null> = new Map([
  ['boxed', (output: string) => lastBoxed(output)],
  ['hash', (output: string) => behindLast(output, /#{4}/g)],
  ['answer', (output: string) => behindLast(output, /(?:answer|ответ)\s*[:：]/giu)],
  ['last-line', (output: string) => output.trimEnd().split('\n').at(-1) ?? null],
]);

const JSON_PATH = 'json:';

/** How the parts are named, for docs and errors. */
export const EXTRACTIONS =
  'boxed (LaTeX), hash (behind ####), answer (behind the last "answer:"), last-line, json:<path>, or a pattern (RE2), of which the groups are taken';

/**
 * Reads how a part is taken out of answers.
 * @param label how errors name what it is for
 * @throws UsageError for a pattern that cannot be used
 */
export async function readExtraction(text: string, label: string): Promise<Extraction> {
  const named = NAMED.get(text);
  if (named !== undefined) return (output) => asList(named(output));
  if (text.startsWith(JSON_PATH)) return atPath(text.slice(JSON_PATH.length), label);
  const pattern = await compilePattern(text, label);
  return (output) => {
    const matcher = pattern.matcher(output);
    let taken: readonly string[] = [];
    // The last match counts: models correct themselves.
    while (matcher.find()) {
      const groups = matcher.groupCount() === 0 ? [0] : Array.from({ length: matcher.groupCount() }, (_, at) => at + 1);
      taken = groups.flatMap((group) => asList(matcher.group(group)));
    }
    return taken;
  };
}

function asList(part: string | null | undefined): readonly string[] {
  return part === null || part === undefined ? [] : [part];
}

function behindLast(output: string, mark: RegExp): string | null {
  const last = [...output.matchAll(mark)].at(-1);
  if (last === undefined) return null;
  return (
    output
      .slice(last.index + last[0].length)
      .trimStart()
      .split('\n', 1)[0]
      ?.trim() ?? null
  );
}

/** `a.b.0`: keys and places, separated by points. */
function atPath(path: string, label: string): Extraction {
  const keys = path.split('.').filter((key) => key !== '');
  if (keys.length === 0)
    throw new UsageError(`${label}: json: has no path`, { hint: 'write it like json:answer.city' });
  return (output) => {
    let value: JsonValue | undefined = findJson(output);
    for (const key of keys) {
      if (isJsonArray(value)) value = value[Number(key)];
      else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value === undefined ? [] : [columnText(value)];
  };
}
