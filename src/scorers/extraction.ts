import type { RE2JS } from 're2js';
import { UsageError } from '../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue, TOO_DEEP } from '../core/json.ts';
import { columnText } from '../core/row.ts';
import type { UnnamedScore } from '../core/scorer.ts';
import { type ScoreAnswer, verdict } from './definition.ts';
import { findJson } from './find-json.ts';
import { lastBoxed } from './number-text.ts';
import { compilePattern } from './re2.ts';

/** Extracts parts of an answer: the match, or the text of each group of a pattern. Empty if there is none. */
type Extraction = (output: string) => readonly string[];

const NAMED: ReadonlyMap<string, (output: string) => string | null> = new Map([
  ['boxed', (output: string) => lastBoxed(output)],
  ['hash', (output: string) => firstLine(output, output.lastIndexOf('####'), 4)],
  ['answer', behindAnswer],
  ['last-line', (output: string) => withoutMarkdown(output.trimEnd().split('\n').at(-1) ?? '')],
]);

const JSON_PATH = 'json:';

/** Names of the parts, for docs and errors. */
export const EXTRACTIONS =
  'boxed (LaTeX), hash (behind ####), answer (behind the last "answer:"), last-line, json:<path>, or a pattern (RE2), of which the groups are taken';

/**
 * Parses the specification of a part of answers.
 * @param label its name in errors
 * @throws UsageError for a pattern that cannot be used
 */
export async function readExtraction(text: string, label: string): Promise<Extraction> {
  const named = NAMED.get(text);
  if (named !== undefined) return (output) => asList(named(output));
  if (text.startsWith(JSON_PATH)) return atPath(text.slice(JSON_PATH.length), label);
  const pattern = await compilePattern(text, label);
  return (output) => lastGroups(pattern, output);
}

/**
 * Scores a part of each answer; an answer without it is wrong.
 * @param label its name in errors
 * @throws UsageError for a pattern that cannot be used
 */
export async function ofPart(scoreAnswer: ScoreAnswer, part: string, label: string): Promise<ScoreAnswer> {
  const take = await readExtraction(part, label);
  return (input) => {
    const [found] = take(input.output);
    return found === undefined ? NO_PART : scoreAnswer({ ...input, output: found });
  };
}

const NO_PART: UnnamedScore = { ...verdict(false, 'the answer has no such part to extract'), isVoid: true };

/** Maximum number of matches in an answer; if there are more, none is used. */
const MAX_MATCHES = 1_000_000;

/** The groups of the last match, or all of it without groups: models correct themselves. */
function lastGroups(pattern: RE2JS, output: string): readonly string[] {
  const matcher = pattern.matcher(output);
  let last = -1;
  // Reading the groups of each match would search it again.
  for (let count = 0; matcher.find(); count++) {
    if (count === MAX_MATCHES) return [];
    last = matcher.start();
  }
  if (last === -1 || !matcher.find(last)) return [];
  const groups = matcher.groupCount() === 0 ? [0] : Array.from({ length: matcher.groupCount() }, (_, at) => at + 1);
  return groups.flatMap((group) => asList(matcher.group(group)));
}

function asList(part: string | null | undefined): readonly string[] {
  return part === null || part === undefined ? [] : [part];
}

function behindAnswer(output: string): string | null {
  let [start, length] = [-1, 0];
  for (const { index, 0: mark } of output.matchAll(/(?:answer|ответ)\s*[:：]/giu))
    [start, length] = [index, mark.length];
  return firstLine(output, start, length);
}

/** The first non-empty line after a mark; null without a mark. */
function firstLine(output: string, mark: number, length: number): string | null {
  if (mark === -1) return null;
  const rest = output.slice(mark + length).trimStart();
  const end = rest.indexOf('\n');
  return withoutMarkdown((end === -1 ? rest : rest.slice(0, end)).trim());
}

const EMPHASIS = '*`';

/** A line without the bold, code and formula signs around it: `**B**`, the end of `**Answer: B**`, `$B$`. */
function withoutMarkdown(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && EMPHASIS.includes(line.charAt(start))) start += 1;
  while (end > start && EMPHASIS.includes(line.charAt(end - 1))) end -= 1;
  const inside = line.slice(start, end).trim();
  const isFormula = inside.length > 2 && inside.startsWith('$') && inside.indexOf('$', 1) === inside.length - 1;
  return isFormula ? inside.slice(1, -1).trim() : inside;
}

/** `a.b.0`: keys and indices, separated by dots. */
function atPath(path: string, label: string): Extraction {
  const keys = path.split('.').filter((key) => key !== '');
  if (keys.length === 0)
    throw new UsageError(`${label}: json: has no path`, { hint: 'write it like json:answer.city' });
  return (output) => {
    const found = findJson(output);
    let value: JsonValue | undefined = found === TOO_DEEP ? undefined : found;
    for (const key of keys) {
      if (isJsonArray(value)) value = value[Number(key)];
      else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value === undefined ? [] : [columnText(value)];
  };
}
