import { isCutOff } from '../core/finish-reason.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import type { Ask, JudgeQuestion, Reply } from '../core/judge-question.ts';
import type { Message } from '../core/prompt.ts';
import { hundredthOf } from '../core/rounding.ts';
import { columnText } from '../core/row.ts';
import { plainJson } from '../core/written-json.ts';
import { escapeBackslashes } from './backslashes.ts';
import { type JsonPiece, jsonPieces } from './json-pieces.ts';
import { mendJson } from './mend-json.ts';

/** A parsed judge response, or why it is not a verdict. */
export type Read<Verdict> = { readonly verdict: Verdict } | { readonly fault: string };

/** A score from 0 to 1 with the judge's reason; null if it gave none. */
interface ScoreVerdict {
  readonly value: number;
  readonly reason: string | null;
}

/** Which of two answers is better; 'tie' if neither is. */
export interface PreferenceVerdict {
  readonly better: 'first' | 'second' | 'tie';
  readonly reason: string | null;
}

/** Longest text that is searched for a verdict: a judge has some hundred tokens, and no reason to write more. */
const MAX_VERDICT = 100_000;
/** Longest stored reason, in UTF-16 code units. */
const MAX_REASON = 1000;

/**
 * The scores that a judge may give: the minimum and maximum of a numeric range, which become 0 and 1, or grades by
 * name, each with its value from 0 to 1.
 */
export type Scale = readonly [number, number] | Readonly<Record<string, number>>;

/** Whether a scale is a numeric range. */
export function isRange(scale: Scale): scale is readonly [number, number] {
  return Array.isArray(scale);
}

/** Parses `{"reason": …, "score": …}`; on a scale of grades also a last line such as `GRADE: C` or `[[C]]`. */
export function readScore(output: string, scale: Scale): Read<ScoreVerdict> {
  return readVerdict(output, {
    keys: ['score', 'pass'],
    read: (verdict, reason) => {
      const score = memberOf(verdict, 'score');
      const read = isRange(scale) ? onRange(score, scale) : onGrades(score, scale);
      if (typeof read === 'number') return { verdict: { value: read, reason } };
      const hasPassed = truthOf(memberOf(verdict, 'pass'));
      return hasPassed === null ? { fault: read } : { verdict: { value: hasPassed ? 1 : 0, reason } };
    },
    readText: (text) => {
      const grade = isRange(scale) ? null : onGrades(lastGrade(text), scale);
      return typeof grade === 'number' ? { verdict: { value: grade, reason: null } } : null;
    },
  });
}

/** A score as its share of the range, or what is wrong with it. */
function onRange(score: JsonValue | undefined, [least, most]: readonly [number, number]): number | string {
  const truth = typeof score === 'boolean' ? score : null;
  if (truth !== null) return truth ? 1 : 0;
  const value = numberOf(score, [least, most]);
  if (value === null) return 'its "score" is not a number';
  if (value < least || value > most) return `its "score" is not from ${least} to ${most}`;
  return (value - least) / (most - least);
}

function onGrades(score: JsonValue | undefined, grades: Readonly<Record<string, number>>): number | string {
  const given = typeof score === 'string' || typeof score === 'number' ? String(score).trim().toLowerCase() : null;
  const found = Object.entries(grades).find(([name]) => name.toLowerCase() === given);
  return found?.[1] ?? `its "score" is not one of ${Object.keys(grades).join(', ')}`;
}

const GRADE_LINE = /^(?:\*\*)?(?:(?:final )?(?:grade|score|rating|verdict|answer)\s*[:=]\s*)(.{1,60}?)(?:\*\*)?[.]?$/i;
const GRADE_BRACKETS = /^(?:\*\*)?\[\[(.{1,60}?)\]\](?:\*\*)?$/;

/** The grade of a last line that is only a grade: an earlier one may be part of what the judge quotes. */
function lastGrade(text: string): string | undefined {
  const line = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return (GRADE_BRACKETS.exec(line) ?? GRADE_LINE.exec(line))?.[1]?.trim();
}

const PREFERENCES: ReadonlyMap<number, PreferenceVerdict['better']> = new Map([
  [1, 'first'],
  [2, 'second'],
  [0, 'tie'],
]);

/** Parses `{"steps": […]}`, a list of texts that is not empty. */
export function readSteps(output: string): Read<readonly string[]> {
  return readVerdict(output, {
    keys: ['steps'],
    read: (verdict) => {
      const steps = memberOf(verdict, 'steps');
      const texts = isJsonArray(steps) ? steps.filter((step) => typeof step === 'string' && step.trim() !== '') : [];
      return texts.length === 0 ? { fault: 'its "steps" is not a list of texts' } : { verdict: texts.map(columnText) };
    },
    readText: () => null,
  });
}

/** Parses `{"reason": …, "better": …}`, with 1 for the first answer, 2 for the second and 0 for neither. */
export function readPreference(output: string): Read<PreferenceVerdict> {
  return readVerdict(output, {
    keys: ['better'],
    read: (verdict, reason) => {
      const better = PREFERENCES.get(numberOf(memberOf(verdict, 'better'), null) ?? -1);
      return better === undefined ? { fault: 'its "better" is not 1, 2 or 0' } : { verdict: { better, reason } };
    },
    readText: () => null,
  });
}

interface VerdictForm<Verdict> {
  /** An object with one of these keys is a verdict. */
  readonly keys: readonly string[];
  readonly read: (verdict: JsonObject, reason: string | null) => Read<Verdict>;
  /** Parses a verdict that is not JSON; null if there is none. */
  readonly readText: (text: string) => Read<Verdict> | null;
}

function readVerdict<Verdict>(output: string, { keys, read, readText }: VerdictForm<Verdict>): Read<Verdict> {
  if (output.length > MAX_VERDICT) return { fault: 'it is too long' };
  const found = lastVerdict(output, keys);
  if (found === null) return readText(output) ?? { fault: 'it has no JSON object' };
  return read(found, reasonOf(memberOf(found, 'reason')));
}

/**
 * The last outermost object in a judge's response; if any objects have one of the keys, the last of those. Text that a
 * judge quotes from the answer is inside its verdict, in a string, or before it, and so never counts as the verdict. If
 * something truncated or broken that may be the verdict follows the last complete object, there is none.
 */
function lastVerdict(output: string, keys: readonly string[]): JsonObject | null {
  let object: JsonObject | null = null;
  let last: JsonObject | null = null;
  let verdict: JsonObject | null = null;
  const isObject = ({ start, end }: JsonPiece): boolean => {
    object = readObject(output.slice(start, end), keys);
    return object !== null;
  };
  /** The text between and after complete objects, from the verdict on. */
  let others: string[] = [];
  let at = 0;
  for (const { start, end } of jsonPieces(output, isObject)) {
    others.push(output.slice(at, start));
    at = end;
    last = object;
    if (object === null || !keys.some((key) => memberOf(object ?? {}, key) !== undefined)) continue;
    verdict = object;
    others = [];
  }
  others.push(output.slice(at));
  if (verdict !== null && others.some((text) => mayHoldVerdict(text, keys))) return null;
  return verdict ?? last;
}

/** A brace that begins a JSON object, as far as the text goes. */
const OBJECT_BEGUN = /\{\s*(?:["']|$)/;

/** Whether a text without complete objects contains the beginning of one, or a brace followed by one of the keys. */
function mayHoldVerdict(text: string, keys: readonly string[]): boolean {
  const brace = text.indexOf('{');
  if (brace === -1) return false;
  const rest = text.slice(brace);
  return OBJECT_BEGUN.test(rest) || keys.some((key) => timesNamed(rest, key) > 0);
}

/** How often a text has a key before a colon, in quotes or not. */
function timesNamed(text: string, key: string): number {
  return text.split(new RegExp(`\\b${key}\\b["']?\\s*:`, 'i')).length - 1;
}

/** The object of a text, repaired if it is almost JSON; also the only object of a list. */
function readObject(written: string, keys: readonly string[]): JsonObject | null {
  const text = escapeBackslashes(written);
  const value = parseJson(text) ?? mended(text, keys);
  const single = isJsonArray(value) && value.length === 1 ? value[0] : value;
  return isJsonObject(single) && !keys.some((key) => isGivenTwice(text, key)) ? single : null;
}

/** Maximum number of members with one name that are checked. */
const MAX_MEMBERS = 20;

/**
 * Whether a JSON object has a key twice: a quotation that ended the judge's own text may have added the other. One
 * member after another is renamed; if the object then has both names, the key was there twice.
 */
function isGivenTwice(text: string, key: string): boolean {
  const members = [...text.matchAll(new RegExp(`"${key}"(?=\\s*:)`, 'gi'))];
  if (members.length < 2) return false;
  if (members.length > MAX_MEMBERS) return true;
  const other = '"\\u0000"';
  return members.some(({ index, 0: name }) => {
    const value = parseJson(text.slice(0, index) + other + text.slice(index + name.length));
    const single = isJsonArray(value) ? value[0] : value;
    return isJsonObject(single) && Object.hasOwn(single, '\0') && memberOf(single, key) !== undefined;
  });
}

/**
 * The value of a text that is almost JSON: with raw line breaks, an extra comma, comments, keys without quotes or in
 * single ones. Undefined if it has one of the keys twice: a quoted verdict may then have broken the real one.
 */
function mended(text: string, keys: readonly string[]): JsonValue | undefined {
  const value = keys.some((key) => timesNamed(text, key) > 1) ? undefined : mendJson(text);
  return value === undefined ? undefined : plainJson(value);
}

/** A member by its name, ignoring case. */
function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const found = Object.entries(object).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function reasonOf(reason: JsonValue | undefined): string | null {
  const text = reason === undefined || reason === null ? '' : columnText(reason).trim();
  return text === '' ? null : text.slice(0, MAX_REASON);
}

function truthOf(value: JsonValue | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : null;
}

const NUMBER = /^-?(?:\d{1,9}(?:[.,]\d{0,18})?|[.,]\d{1,18})(?:e[+-]?\d{1,3})?$/i;

/**
 * A number as models write it: `0.5`, `"0.5"`, `.5`, `0,5`, `1e-7`; on a range also `4/5` if 5 is its maximum or its
 * minimum is 0, and `80%` on a range from 0.
 */
function numberOf(value: JsonValue | undefined, range: readonly [number, number] | null): number | null {
  const text = (typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '').trim();
  const plain = plainNumber(text);
  if (plain !== null || range === null) return plain;
  const [least, most] = range;
  const [, part = '', whole = ''] = /^([^/]{1,20})\/([^/]{1,20})$/.exec(text) ?? [];
  const [above, below] = [plainNumber(part.trim()), plainNumber(whole.trim())];
  if (above !== null && below !== null && below > 0) {
    if (below === most) return above;
    return least === 0 ? (above / below) * most : null;
  }
  const percent = text.endsWith('%') ? plainNumber(text.slice(0, -1).trim()) : null;
  return percent === null || least !== 0 ? null : hundredthOf(percent) * most;
}

function plainNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text.replace(',', '.')) : null;
}

/** Parses a judge's output. @param logprobs of its tokens, if they were requested */
type ReadOutput<Verdict> = (output: string, logprobs: JsonValue | undefined) => Read<Verdict>;

/** Maximum length of an invalid response that is shown to the judge again. */
const MAX_SHOWN = 2000;

/**
 * Requests a verdict, and retries once if the response is not one.
 * @returns the verdict, or why there is none
 */
export async function askForVerdict<Verdict>(
  ask: Ask,
  judgeQuestion: JudgeQuestion,
  read: ReadOutput<Verdict>,
): Promise<Read<Verdict>> {
  const first = await ask(judgeQuestion);
  if (first.kind === 'failed') return { fault: first.reason };
  const verdict = readReply(first, read);
  if ('verdict' in verdict) return verdict;
  const again = await ask({
    ...judgeQuestion,
    messages: [...judgeQuestion.messages, ...askAgain(first.output, verdict.fault)],
  });
  if (again.kind === 'failed') return { fault: again.reason };
  const second = readReply(again, read);
  return 'verdict' in second ? second : { fault: `the judge gave no valid verdict, asked twice: ${second.fault}` };
}

function readReply<Verdict>(
  { output, finishReason, logprobs }: Extract<Reply, { kind: 'answered' }>,
  read: ReadOutput<Verdict>,
): Read<Verdict> {
  const verdict = read(output, logprobs);
  if ('verdict' in verdict || !isCutOff(finishReason)) return verdict;
  return { fault: `it was cut at its most tokens, so that ${verdict.fault}` };
}

function askAgain(output: string, fault: string): readonly Message[] {
  return [
    { role: 'assistant', content: output.slice(0, MAX_SHOWN) },
    { role: 'user', content: `This is no verdict: ${fault}. Reply with the JSON object alone, as asked for above.` },
  ];
}
