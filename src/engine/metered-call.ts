import { mayBeBilled } from '../core/billed.ts';
import { CallError } from '../core/call-error.ts';
import type { Completion, RateHint } from '../core/completion.ts';
import type { CallEnding, HoldLog } from '../core/hold-log.ts';
import type { Picounits } from '../core/money.ts';
import type { Clock } from '../io/clock.ts';
import type { Account, CallEnd, Permit } from './account.ts';
import type { Budget, Hold } from './budget.ts';
import type { RunControl } from './control.ts';

/** Upper bound of what one call can spend. */
export interface Need {
  /** Prompt and completion tokens; 0 if no limit counts them. */
  readonly tokens: number;
  /** In the currency of the account; null if there is no known bound, which is impossible with a budget. */
  readonly cost: Picounits | null;
}

/** What every call to an endpoint passes through, in this order: budget, then limits. */
export interface Meters {
  /** null if no budget was set. */
  readonly budget: Budget | null;
  /** Records what calls may cost. */
  readonly holds: HoldLog;
  /**
   * The model's own limits if it has any, then the account's: a call that waits for its model's limit takes no slot
   * that a call to another model could use.
   */
  readonly accounts: readonly Account[];
  readonly control: RunControl;
  readonly clock: Clock;
  /** Maximum duration of a call, in milliseconds. */
  readonly timeoutMs: number;
}

/** A call to be made. */
interface NeededCall extends Need {
  readonly trialId: string;
}

/** A finished call. */
export interface MadeCall {
  readonly outcome: Completion | CallError;
  /** From sending the request to the complete answer, without our own waiting. */
  readonly latencyMs: number;
}

/**
 * Makes one call within budget and limits.
 * @returns null if the run ended before it could be made
 */
export async function makeMeteredCall(
  meters: Meters,
  need: NeededCall,
  call: (signal: AbortSignal) => Promise<Completion>,
): Promise<MadeCall | null> {
  // Avoids awaiting when nothing needs it: a promise for a known value costs as much as the rest.
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
      // Calls waiting for this money or this slot must not wait forever.
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

/** @returns null if the budget is reached: then the run stops */
async function reserve(budget: Budget, { control }: Meters, { cost }: Need): Promise<Hold | null> {
  if (cost === null) throw new TypeError('a call without a bound cannot be held to a budget');
  const hold = await budget.reserve(cost);
  if (hold === null) control.stop({ kind: 'budget', message: budget.describe(cost) });
  return hold;
}

/** The permit from the single account that most calls use; null if the call must wait for it. */
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
function endingOf(outcome: Completion | CallError, paid: Picounits | null): CallEnding | null {
  if (!(outcome instanceof CallError)) return paid === null ? { end: 'unpriced' } : null;
  if (paid === null) return { end: 'lost' };
  return paid === 0n ? { end: 'free' } : { end: 'told', cost: paid };
}
