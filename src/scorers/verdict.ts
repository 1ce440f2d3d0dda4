import { isCutOff } from '../core/finish-reason.ts';
import type { Ask, Inquiry, Reply } from '../core/inquiry.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import { findJson } from './find-json.ts';

/** A judge's words, read; or what keeps them from being a verdict. */
export type Read<Verdict> = { readonly verdict: Verdict } | { readonly fault: string };

/** A score from 0 to 1 with the judge's reason; null where it gave none. */
export interface ScoreVerdict {
  readonly value: number;
  readonly reason: string | null;
}

/** Which of two answers is better; 'tie' where neither is. */
export interface PreferenceVerdict {
  readonly better: 'first' | 'second' | 'tie';
  readonly reason: string | null;
}

/** Longest text that a verdict is looked for in: a judge has some hundred tokens, and no reason to say more. */
const MAX_VERDICT = 100_000;
/** Longest reason that is kept, in UTF-16 code units. */
const MAX_REASON = 1000;

/** Reads `{"reason": …, "score": …}`. @param scale the least and the most that a score can be, which become 0 and 1 */
export function readScore(output: string, [least, most]: readonly [number, number]): Read<ScoreVerdict> {
  return readVerdict(output, (verdict, reason) => {
    const score = numberOf(verdict['score']);
    if (score === null) return { fault: 'its "score" is no number' };
    if (score < least || score > most) return { fault: `its "score" is not from ${least} to ${most}` };
    return { verdict: { value: (score - least) / (most - least), reason } };
  });
}

const PREFERENCES: ReadonlyMap<unknown, PreferenceVerdict['better']> = new Map<unknown, PreferenceVerdict['better']>([
  [1, 'first'],
  [2, 'second'],
  [0, 'tie'],
]);

/** Reads `{"reason": …, "better": …}`, with 1 for the first answer, 2 for the second and 0 for neither. */
export function readPreference(output: string): Read<PreferenceVerdict> {
  return readVerdict(output, (verdict, reason) => {
    const better = PREFERENCES.get(numberOf(verdict['better']));
    return better === undefined ? { fault: 'its "better" is not 1, 2 or 0' } : { verdict: { better, reason } };
  });
}

function readVerdict<Verdict>(
  output: string,
  read: (verdict: JsonObject, reason: string | null) => Read<Verdict>,
): Read<Verdict> {
  if (output.length > MAX_VERDICT) return { fault: 'it is too long' };
  const found = findJson(output);
  if (!isJsonObject(found)) return { fault: 'it has no JSON object' };
  const { reason = null } = found;
  if (reason !== null && typeof reason !== 'string') return { fault: 'its "reason" is no text' };
  return read(found, reason === null || reason.trim() === '' ? null : reason.trim().slice(0, MAX_REASON));
}

/** Models write 0.5 and "0.5" for the same. */
function numberOf(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^-?\d{1,9}(?:\.\d{1,18})?$/.test(text.trim()) ? Number(text) : null;
}

/** Most of an answer that was no verdict that the judge is shown again. */
const MAX_SHOWN = 2000;

/**
 * Asks for a verdict, and once more where what came is none.
 * @returns the verdict, or why there is none
 */
export async function askForVerdict<Verdict>(
  ask: Ask,
  inquiry: Inquiry,
  read: (output: string) => Read<Verdict>,
): Promise<Read<Verdict>> {
  const first = await ask(inquiry);
  if (first.kind === 'failed') return { fault: first.reason };
  const verdict = readReply(first, read);
  if ('verdict' in verdict) return verdict;
  const again = await ask({ ...inquiry, messages: [...inquiry.messages, ...askAgain(first.output, verdict.fault)] });
  if (again.kind === 'failed') return { fault: again.reason };
  const second = readReply(again, read);
  return 'verdict' in second ? second : { fault: `the judge gave no valid verdict, asked twice: ${second.fault}` };
}

function readReply<Verdict>(
  { output, finishReason }: Extract<Reply, { kind: 'answered' }>,
  read: (output: string) => Read<Verdict>,
): Read<Verdict> {
  const verdict = read(output);
  if ('verdict' in verdict || !isCutOff(finishReason)) return verdict;
  return { fault: `it was cut at its most tokens, so that ${verdict.fault}` };
}

function askAgain(output: string, fault: string): readonly Message[] {
  return [
    { role: 'assistant', content: output.slice(0, MAX_SHOWN) },
    { role: 'user', content: `This is no verdict: ${fault}. Reply with the JSON object alone, as asked for above.` },
  ];
}
