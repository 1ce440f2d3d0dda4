import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import { Purse } from '../core/totals.ts';
import { amountOrNull } from './completion-record.ts';

/** Writes down what is held for calls, so that a session which dies leaves word of them. */
export interface HoldBook {
  /** A call is about to be made. Resolves once that is written. @param most that it can cost */
  held(trialId: string, most: Picounits): Promise<void>;
  /** A call of it has ended without an answer. @param cost what it cost, or may have cost at most */
  ended(trialId: string, cost: Picounits): Promise<void>;
}

/**
 * What calls may have cost that no result tells of: lines `{"held": <trial>, "most_cost", "currency"}` before a call, and
 * `{"hold_ended": <trial>, "cost", "currency"}` after one without an answer. A result ends its trial's hold as well.
 */
export class JournalHolds {
  readonly #open = new Map<string, { readonly most: Picounits; readonly currency: string }>();
  readonly #lost = new Purse();

  /** Takes note of a line. @returns false where it is none about a hold */
  read(value: JsonValue | undefined): boolean {
    if (!isJsonObject(value)) return false;
    const { held, hold_ended: ended, currency } = value;
    if (typeof currency !== 'string') return false;
    if (typeof held === 'string') this.#open.set(held, { most: amountOrNull(value['most_cost']) ?? 0n, currency });
    else if (typeof ended === 'string') this.#end(ended, { amount: amountOrNull(value['cost']) ?? 0n, currency });
    return typeof held === 'string' || typeof ended === 'string';
  }

  /** The trial has a result, which tells what its call cost. */
  settled(trialId: string): void {
    this.#open.delete(trialId);
  }

  /** What calls without an answer cost, or may have cost: those that failed, and those that were in flight at the end. */
  lost(currency: string): Picounits {
    let sum = this.#lost.of(currency);
    for (const hold of this.#open.values()) if (hold.currency === currency) sum += hold.most;
    return sum;
  }

  /** Lines that end what is open at its most: a later result of the same trial is one of another call. */
  endingLines(): readonly JsonObject[] {
    return [...this.#open].map(([trialId, { most, currency }]) => endedLine(trialId, most, currency));
  }

  #end(trialId: string, cost: { readonly amount: Picounits; readonly currency: string }): void {
    this.#open.delete(trialId);
    this.#lost.add(cost);
  }
}

/** The line before a call. */
export function heldLine(trialId: string, most: Picounits, currency: string): JsonObject {
  return { held: trialId, most_cost: formatDecimal(most), currency };
}

/** The line after a call without an answer. */
export function endedLine(trialId: string, cost: Picounits, currency: string): JsonObject {
  return { hold_ended: trialId, cost: formatDecimal(cost), currency };
}
