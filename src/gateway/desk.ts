import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerBook } from './answers.ts';
import type { Catalog } from './catalog.ts';
import type { FaultDraw, FaultKind } from './faults.ts';
import { isImmediate, playFault } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { CallLimits } from './limits.ts';
import type { GatewaySettings } from './options.ts';
import { unitInterval } from './seeded.ts';
import { ClientGone, Refusal, tooManyRequests, waitForAnswerTime } from './wire.ts';

/** What calls are answered with. */
export interface Desk {
  readonly settings: GatewaySettings;
  readonly catalog: Catalog;
  readonly answers: AnswerBook;
  readonly ledger: Ledger;
  readonly limits: CallLimits;
  readonly faults: FaultDraw;
}

/** One HTTP exchange. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** @throws Refusal (401) if the call lacks the key */
  readonly authorize: () => void;
}

/** Serves a call and counts how it ends. @throws what `serve` throws */
export async function counted({ ledger }: Desk, serve: () => Promise<void>): Promise<void> {
  ledger.count('calls');
  try {
    await serve();
  } catch (error) {
    if (error instanceof ClientGone) ledger.count('abandoned');
    else ledger.count(error instanceof Refusal && error.status === 429 ? 'refused429' : 'rejected');
    throw error;
  }
}

/** Lets a call in. @throws Refusal (429) if there are too many, ClientGone if the client is gone */
export function admit(desk: Desk, response: ServerResponse): void {
  if (response.destroyed) throw new ClientGone();
  const admission = desk.limits.enter(desk.settings.clock());
  switch (admission.status) {
    case 'admitted':
      response.once('close', () => desk.limits.leave());
      return;
    case 'too_many_in_flight':
      throw tooManyRequests('Too many requests at one time', desk.settings.retryAfterS);
    case 'too_many_per_minute':
      throw tooManyRequests('Too many requests per minute', Math.ceil(admission.retryAfterMs / 1000));
  }
}

/** A call that is to fail. */
interface FailingCall {
  readonly response: ServerResponse;
  readonly digest: string;
  /** The answer that it would get. */
  readonly wouldBeBody: () => Promise<string>;
}

/** Plays a fault instead of an answer. */
export async function fail(
  desk: Desk,
  { response, digest, wouldBeBody }: FailingCall,
  fault: FaultKind,
): Promise<void> {
  desk.ledger.countFault(fault);
  if (!isImmediate(fault)) await waitForAnswerTime(response, latency(desk.settings, digest));
  await playFault(fault, { response, retryAfterS: desk.settings.retryAfterS, wouldBeBody });
}

/** Milliseconds that a call takes. */
export function latency(settings: GatewaySettings, digest: string): number {
  const { latencyMs, latencyJitterMs, seed } = settings;
  return latencyJitterMs === 0 ? latencyMs : latencyMs + latencyJitterMs * unitInterval(`${seed} wait ${digest}`);
}

/** The account cannot pay for the call. */
export function balanceUsedUp(): Refusal {
  const type = 'insufficient_balance_error';
  return new Refusal(402, 'The balance does not cover this call', { type, code: 'insufficient_balance' });
}
