import { mayBeBilled } from '../core/billed.ts';
import { CallError } from '../core/call-error.ts';
import type { Completion, RateHint } from '../core/completion.ts';
import type { CallEnding, HoldLog } from '../core/hold-log.ts';
import type { Picounits } from '../core/money.ts';
import type { Clock } from '../io/clock.ts';
import type { Account, CallEnd, Permit } from './account.ts';
import type { Budget, Hold } from './budget.ts';
import type { CallSlots } from './call-slots.ts';
import type { Attempt, RunControl } from './control.ts';

/** Upper bound of what one call can spend. */
export interface Need {
  /** Prompt and completion tokens; 0 if no limit counts them. */
  readonly tokens: number;
  /** In the currency of the account; null if there is no known bound, which is impossible with a budget. */
  readonly cost: Picounits | null;
}

/** What every call to an endpoint passes through, in this order: slot, budget, limits. */
export interface Meters {
  /** Slots for calls in flight. */
  readonly slots: CallSlots;
  /** null if no budget was set. */
  readonly budget: Budget | null;
  /** Records what calls may cost. */
  readonly holds: HoldLog;
  readonly control: RunControl;
  readonly clock: Clock;
  /** Maximum duration of a call, in milliseconds; Infinity if others see to it. */
  readonly timeoutMs: number;
}

/** A call to be made. */
export interface WantedCall {
  readonly trialId: string;
  /** True if it is to a judge. */
  readonly isJudge: boolean;
  readonly need: Need;
  /**
   * The model's own limits if it has any, then the account's: a call that waits for its model's limit takes no slot
   * that a call to another model could use.
   */
  readonly accounts: readonly Account[];
  /** True once it is not wanted any more. */
  readonly isGivenUp: () => boolean;
  readonly send: (signal: AbortSignal) => Promise<Completion>;
  /** How long it took, if another process has made it. */
  readonly tookMs?: (() => number | undefined) | undefined;
  /** The same outcome with its cost, as far as that is known. */
  readonly priced: (outcome: Completion | CallError) => Completion | CallError;
}

/** A finished call. */
export interface MadeCall {
  readonly outcome: Completion | CallError;
  /** From sending the request to the complete answer, without our own waiting. */
  readonly latencyMs: number;
}

/**
 * Makes one call within budget and limits. It awaits only what is not at hand: a promise for a known value costs as
 * much as the rest.
 * @returns null if the run or the need for it ended before it could be made
 */
export async function makeMeteredCall(meters: Meters, call: WantedCall): Promise<MadeCall | null> {
  const { slots, holds, control, clock, timeoutMs } = meters;
  const waiting = slots.take();
  if (waiting !== undefined) await waiting;
  try {
    if (control.isDraining || call.isGivenUp()) return null;
    const entry = enterAtOnce(meters, call) ?? (await enter(meters, call));
    if (entry === null) return null;
    const writing = holds.held(call.trialId, entry.most);
    if (writing !== undefined) await writing.catch((error: unknown) => leaveUnsent(entry, error));
    const startedMs = clock.elapsedMs();
    let attempt: Attempt | null = null;
    let outcome: Completion | CallError;
    try {
      attempt = control.begin(timeoutMs);
      outcome = call.priced(await call.send(attempt.signal));
    } catch (error) {
      const cause = attempt === null ? error : attempt.failure(error);
      if (!(cause instanceof CallError)) throw cause;
      outcome = call.priced(cause);
    } finally {
      attempt?.end();
    }
    const latencyMs = call.tookMs?.() ?? Math.round(clock.elapsedMs() - startedMs);
    const end = callEnd(outcome, call.accounts.at(-1)?.inFlight ?? 0);
    for (const permit of entry.permits) permit.leave(end);
    const paid = paidFor(outcome);
    entry.hold?.settle(paid);
    const ending = endingOf(outcome, paid, call.isJudge);
    if (ending !== null) await holds.ended(call.trialId, entry.most, ending);
    return { outcome, latencyMs };
  } finally {
    slots.leave();
  }
}

/** What a call that may be sent has taken. */
interface Entry {
  /** null without a budget. */
  readonly hold: Hold | null;
  readonly permits: readonly Permit[];
  /** The most that it may cost, as far as that is known. */
  readonly most: Picounits | null;
}

const NOT_MADE: CallEnd = { kind: 'not_made' };

/** Without a budget, the permit of the single account that most calls use; null if there is more to wait for. */
function enterAtOnce({ budget, control }: Meters, { accounts, need }: WantedCall): Entry | null {
  const [account] = accounts;
  if (budget !== null || account === undefined || accounts.length > 1 || control.isDraining) return null;
  const permit = account.tryEnter(need.tokens);
  return permit === null ? null : { hold: null, permits: [permit], most: need.cost };
}

/** @returns null if the run ended first */
async function enter(meters: Meters, { trialId, need, accounts }: WantedCall): Promise<Entry | null> {
  const { budget, control } = meters;
  const hold = budget === null ? null : await reserve({ budget, control }, need, trialId);
  if (budget !== null && hold === null) return null;
  const permits: Permit[] = [];
  const entry = { hold, permits, most: hold?.most ?? need.cost };
  for (const account of accounts) {
    const permit = await account.enter(need.tokens, control.draining);
    if (permit === null) {
      leaveAll(entry);
      return null;
    }
    permits.push(permit);
  }
  return entry;
}

/** @returns null if the budget is reached: then the run stops */
async function reserve(
  { budget, control }: { readonly budget: Budget; readonly control: RunControl },
  { cost }: Need,
  trialId: string,
): Promise<Hold | null> {
  if (cost === null) throw new TypeError('a call without a bound cannot be held to a budget');
  const hold = await budget.reserve(cost, trialId);
  if (hold === null) control.stop({ kind: 'budget', message: budget.describe(cost) });
  return hold;
}

/** Calls waiting for this money or this slot must not wait forever. */
function leaveAll({ hold, permits }: Entry): void {
  for (const permit of permits) permit.leave(NOT_MADE);
  hold?.settle(0n);
}

function leaveUnsent(entry: Entry, error: unknown): never {
  leaveAll(entry);
  throw error;
}

const MAX_HINTED_PAUSE_MS = 5000;

/** How long to pause the account so that its remaining quota lasts until it resets. */
function hintedPauseMs(rate: RateHint | undefined, inFlight: number): number {
  if (rate === undefined || rate.remainingCalls > 2 * inFlight) return 0;
  return Math.min(MAX_HINTED_PAUSE_MS, rate.resetMs / (rate.remainingCalls + 1));
}

function callEnd(outcome: Completion | CallError, inFlight: number): CallEnd {
  if (!(outcome instanceof CallError)) {
    return { kind: 'answered', tokens: outcome.usage.totalTokens, pauseMs: hintedPauseMs(outcome.rate, inFlight) };
  }
  if (outcome.kind === 'rate_limited' || outcome.kind === 'overloaded') {
    return { kind: 'refused', pauseMs: outcome.retryAfterMs ?? 0, isOverload: outcome.kind === 'overloaded' };
  }
  return { kind: 'failed', isCounted: mayBeCounted(outcome), isLost: isUnanswered(outcome) };
}

/** True if the server may count the call although it gave no answer. */
function mayBeCounted({ kind }: CallError): boolean {
  return kind === 'timeout' || kind === 'network' || kind === 'invalid_response' || kind === 'cancelled';
}

/** True if no response came from the server itself: the request may still be on its way. */
function isUnanswered({ kind, httpStatus }: CallError): boolean {
  return kind === 'timeout' || kind === 'network' || kind === 'cancelled' || isProxyStatus(httpStatus ?? 0);
}

/** HTTP statuses that proxies return on behalf of a server that does not answer; 520 to 527 are Cloudflare's. */
function isProxyStatus(status: number): boolean {
  return status === 408 || status === 502 || status === 504 || (status >= 520 && status <= 527);
}

/** Cost of a call; null if unknown. */
function paidFor(outcome: Completion | CallError): Picounits | null {
  if (!(outcome instanceof CallError)) return outcome.cost.total;
  return outcome.paid?.amount ?? (mayBeBilled(outcome) ? null : 0n);
}

/** How a call ended whose cost will not be in its trial's result; null for an answer with its cost. */
function endingOf(outcome: Completion | CallError, paid: Picounits | null, isJudge: boolean): CallEnding | null {
  if (!(outcome instanceof CallError)) return paid === null ? { end: 'unpriced' } : null;
  // It stays open, and the session that has its answer ends it.
  if (outcome.isKept) return null;
  if (paid === null) return { end: 'lost' };
  return paid === 0n ? { end: 'free' } : { end: 'told', cost: paid, isJudge };
}
