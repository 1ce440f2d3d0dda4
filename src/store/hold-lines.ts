import { amountOrNull, decimalOrNull } from '../core/completion-record.ts';
import { isJsonObject, type JsonObject, numberOr, parseJson } from '../core/json.ts';
import type { Picounits } from '../core/money.ts';
import { claimsSeal, sealJson, sealOf } from '../io/sealed-line.ts';

/**
 * How a call ended that has no result of its own in the journal, or one without a cost. `lost`: no usable answer, and
 * it may have been billed; `unpriced`: an answer of unknown cost; `free`: no answer and no cost; `told`: no usable
 * answer, but a known cost that the result of its trial will repeat; `repeated`: that result was written; `wasted`: no
 * result ever will be. `found` takes the last `lost` of its trial back: its answer may still come, so the call is open.
 */
export type EndKind = (typeof END_KINDS)[number];

const END_KINDS = ['lost', 'unpriced', 'free', 'told', 'repeated', 'wasted', 'found'] as const;

/** A line of holds.jsonl. */
export type HoldLine =
  /** A call is about to be made. */
  | { readonly kind: 'held'; readonly trialId: string; readonly most: Picounits | null; readonly currency: string }
  | {
      readonly kind: 'ended';
      readonly trialId: string;
      readonly end: EndKind;
      /** Its cost, the maximum for `lost` and `unpriced`; null if there is no known bound. */
      readonly cost: Picounits | null;
      readonly currency: string;
      /** Number of calls that a `wasted` line sums up; absent for one. */
      readonly calls?: number;
      /** True for a call to a judge whose cost is known. */
      readonly isJudge?: boolean;
      /** True if an earlier version wrote it without saying how the call ended. */
      readonly isOld?: boolean;
    }
  /** From here on this many calls of a session may be in flight at once without a line of their own. */
  | ({ readonly kind: 'under way' } & UnderWay)
  /** Calls in flight when a session died count from here on. */
  | ({ readonly kind: 'died' } & UnderWay);

/** Calls that may be in flight together. */
export interface UnderWay {
  readonly calls: number;
  /** Maximum total cost of these calls; null if there is no known bound. */
  readonly most: Picounits | null;
  readonly currency: string;
}

/** The line's text, with its checksum and `\n`. */
export function holdLine(line: HoldLine): string {
  return `${sealJson(JSON.stringify(holdRecord(line)))}\n`;
}

function holdRecord(line: HoldLine): JsonObject {
  const { currency } = line;
  switch (line.kind) {
    case 'held':
      return { held: line.trialId, most_cost: decimalOrNull(line.most), currency };
    case 'ended': {
      const { trialId, cost, end, calls = 1, isJudge = false } = line;
      const more = { ...(calls === 1 ? {} : { calls }), ...(isJudge ? { judge: true } : {}) };
      return { ended: trialId, cost: decimalOrNull(cost), currency, as: end, ...more };
    }
    case 'under way':
      return { under_way: line.calls, most_cost: decimalOrNull(line.most), currency };
    case 'died':
      return { died: line.calls, most_cost: decimalOrNull(line.most), currency };
  }
}

/** Parses a line; null if it is damaged or not ours. Lines of earlier versions have no checksum. */
export function parseHoldLine(text: string): HoldLine | null {
  const seal = sealOf(text);
  const value = seal === 'broken' ? undefined : parseJson(text);
  if (!isJsonObject(value) || (seal === 'none' && claimsSeal(value))) return null;
  if (typeof value['currency'] !== 'string') return null;
  const { held, ended, under_way: underWay, died, currency } = value;
  const most = amountOrNull(value['most_cost']);
  if (typeof held === 'string') return { kind: 'held', trialId: held, most, currency };
  if (typeof ended === 'string') return parseEnd(value, ended, currency);
  if (typeof underWay === 'number') return { kind: 'under way', calls: underWay, most, currency };
  if (typeof died === 'number') return { kind: 'died', calls: died, most, currency };
  return null;
}

function parseEnd(value: JsonObject, trialId: string, currency: string): HoldLine {
  const cost = amountOrNull(value['cost']);
  const end = END_KINDS.find((kind) => kind === value['as']);
  const more = { calls: numberOr(value['calls'], 1), isJudge: value['judge'] === true };
  if (end !== undefined) return { kind: 'ended', trialId, end, cost, currency, ...more };
  return { kind: 'ended', trialId, end: cost === 0n ? 'free' : 'lost', cost, currency, isOld: true };
}
