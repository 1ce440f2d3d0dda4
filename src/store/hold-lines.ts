import { amountOrNull, decimalOrNull } from '../core/completion-record.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import type { Picounits } from '../core/money.ts';
import { claimsSeal, sealJson, sealOf } from '../io/sealed-line.ts';

/**
 * How a call ended that has no result of its own in the journal, or one without a cost. `lost`: without a usable
 * answer, and it may have been billed; `unpriced`: with an answer of unknown cost; `free`: without an answer and without
 * cost; `told`: without a usable answer, but with its cost, which the result of its trial will repeat; `repeated`: now it
 * has; `wasted`: no result ever will.
 */
export type EndKind = (typeof END_KINDS)[number];

const END_KINDS = ['lost', 'unpriced', 'free', 'told', 'repeated', 'wasted'] as const;

/** A line of holds.jsonl. */
export type HoldLine =
  /** A call is about to be made. */
  | { readonly kind: 'held'; readonly trialId: string; readonly most: Picounits | null; readonly currency: string }
  | {
      readonly kind: 'ended';
      readonly trialId: string;
      readonly end: EndKind;
      /** What it cost, for `lost` and `unpriced` at most; null where that has no known bound. */
      readonly cost: Picounits | null;
      readonly currency: string;
      /** True where an earlier version wrote it, which did not say how the call ended. */
      readonly isOld?: boolean;
    }
  /** From here on so many calls of a session may be under way at once, none of which has a line of its own. */
  | ({ readonly kind: 'under way' } & UnderWay)
  /** What was under way when a session died counts from here on. */
  | ({ readonly kind: 'died' } & UnderWay);

/** Calls that may be under way together. */
export interface UnderWay {
  readonly calls: number;
  /** The most that they can cost together; null where that has no known bound. */
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
    case 'ended':
      return { ended: line.trialId, cost: decimalOrNull(line.cost), currency, as: line.end };
    case 'under way':
      return { under_way: line.calls, most_cost: decimalOrNull(line.most), currency };
    case 'died':
      return { died: line.calls, most_cost: decimalOrNull(line.most), currency };
  }
}

/** Reads a line back; null where it is damaged or none of ours. Lines of earlier versions have no checksum. */
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
  if (end !== undefined) return { kind: 'ended', trialId, end, cost, currency };
  return { kind: 'ended', trialId, end: cost === 0n ? 'free' : 'lost', cost, currency, isOld: true };
}
