import { mayBeBilled } from '../core/billed.ts';
import { CallError } from '../core/call-error.ts';
import type { Completion, RateHint } from '../core/completion.ts';
import type { CallEnding, HoldLog } from '../core/hold-log.ts';
import type { Picounits } from '../core/money.ts';
import type { Clock } from '../io/clock.ts';
import type { Account, CallEnd, Permit } from './account.ts';
import type { Budget, Hold } from './budget.ts';
import type { RunControl } from './control.ts';

/** The most that one call can spend. */
export interface Need {
  /** Prompt and completion tokens; 0 where no limit asks for them. */
  readonly tokens: number;
  /** In the currency of the account; null where that has no known bound, which cannot be where there is a budget. */
  readonly cost: Picounits | null;
}

/** What every call of an endpoint passes through, in this order: budget, then limits. */
export interface Meters {
  /** null where no budget was set. */
  readonly budget: Budget | null;
  /** Keeps word of what calls may cost. */
  readonly holds: HoldLog;
  /**
   * The limits of the model where it has its own, then the account's: a call that waits for its model's takes no place
   * that a call of another model could use.
   */
  readonly accounts: readonly Account[];
  readonly control: RunControl;
  readonly clock: Clock;
  /** Longest duration of a call, in milliseconds. */
  readonly timeoutMs: number;
}

/** A call that is to be made. */
interface NeededCall extends Need {
  readonly trialId: string;
}

/** A call that was made. */
export interface MadeCall {
  readonly outcome: Completion | CallError;
  /** From sending to the whole answer, without any waiting of ours. */
  readonly latencyMs: number;
}

/**
 * Makes one call within budget and limits.
 * @returns null where the run ended before it could be made
 */
export async function makeMeteredCall(
  meters: Meters,
  need: NeededCall,
  call: (signal: AbortSignal) => Promise<Completion>,
): Promise<MadeCall | null> {
  // Nothing is waited for here where nothing has to be: a promise of what is known costs as much as the rest.
  const hold = meters.budget === null ? undefined : await reserve(meters.budget, meters, need);
  if (hold === null) return null;
  const permits = enterAtOnce(meters, need) ?? (await enterAll(meters, need));
  if (permits === null) {
    hold?.settle(0n);
    return null;
  }
  const most = hold?.most ?? need.cost;
  const writing = meters.holds.held(need.trialId, most);
  if (writing !== undefined) {
    await writing.catch((error: unknown) => {
      // Whoever waits for this money or this place must not wait for ever.
      for (const permit of permits) permit.leave(NOT_MADE);
      hold?.settle(0n);
      throw error;
    });
  }
  const startedMs = meters.clock.elapsedMs();
  let outcome: Completion | CallError;
  try {
    outcome = await meters.control.attempt(meters.timeoutMs, call);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    outcome = error;
  }
  const latencyMs = Math.round(meters.clock.elapsedMs() - startedMs);
  const end = callEnd(outcome, meters.accounts.at(-1)?.inFlight ?? 0);
  for (const permit of permits) permit.leave(end);
  const paid = paidFor(outcome);
  hold?.settle(paid);
  const ending = endingOf(outcome, paid);
  if (ending !== null) await meters.holds.ended(need.trialId, most, ending);
  return { outcome, latencyMs };
}

const NOT_MADE: CallEnd = { kind: 'not_made' };

/** @returns null where the budget is reached: then the run stops */
async function reserve(budget: Budget, { control }: Meters, { cost }: Need): Promise<Hold | null> {
  if (cost === null) throw new TypeError('a call without a bound cannot be held to a budget');
  const hold = await budget.reserve(cost);
  if (hold === null) control.stop({ kind: 'budget', message: budget.describe(cost) });
  return hold;
}

/** The permit of the one account that most calls have; null where it has to be waited for. */
function enterAtOnce({ accounts, control }: Meters, { tokens }: Need): readonly Permit[] | null {
  const [account] = accounts;
  if (account === undefined || accounts.length > 1 || control.draining.aborted) return null;
  const permit = account.tryEnter(tokens);
  return permit === null ? null : [permit];
}

async function enterAll({ accounts, control }: Meters, { tokens }: Need): Promise<readonly Permit[] | null> {
  const permits: Permit[] = [];
  for (const account of accounts) {
    const permit = await account.enter(tokens, control.draining);
    if (permit === null) {
      for (const entered of permits) entered.leave(NOT_MADE);
      return null;
    }
    permits.push(permit);
  }
  return permits;
}

const MAX_HINTED_PAUSE_MS = 5000;

/** How long the account is to be left alone so that what it has left lasts until it begins anew. */
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

/** True where the server may count the call, though it gave no answer. */
function mayBeCounted({ kind }: CallError): boolean {
  return kind === 'timeout' || kind === 'network' || kind === 'invalid_response' || kind === 'cancelled';
}

/** True where nothing came back from the server itself: the request may still be on its way there. */
function isUnanswered({ kind, httpStatus }: CallError): boolean {
  return kind === 'timeout' || kind === 'network' || kind === 'cancelled' || isProxyStatus(httpStatus ?? 0);
}

/** HTTP statuses with which proxies answer for a server that does not; 520 to 527 are Cloudflare's. */
function isProxyStatus(status: number): boolean {
  return status === 408 || status === 502 || status === 504 || (status >= 520 && status <= 527);
}

/** What a call cost; null where that is not known. */
function paidFor(outcome: Completion | CallError): Picounits | null {
  if (!(outcome instanceof CallError)) return outcome.cost.total;
  return outcome.paid?.amount ?? (mayBeBilled(outcome) ? null : 0n);
}

/** How a call ended whose cost will not be in the result of its trial; null for an answer with its cost. */
function endingOf(outcome: Completion | CallError, paid: Picounits | null): CallEnding | null {
  if (!(outcome instanceof CallError)) return paid === null ? { end: 'unpriced' } : null;
  if (paid === null) return { end: 'lost' };
  return paid === 0n ? { end: 'free' } : { end: 'told', cost: paid };
}
