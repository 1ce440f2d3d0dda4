import { formatDecimal, type Picounits } from '../core/money.ts';
import { DigestMap } from '../io/digest-map.ts';
import type { FaultKind } from './faults.ts';

/** What the ledger has seen, in the form of `GET /stats`. Only calls that are billed count. */
export interface LedgerStats {
  /** Calls that arrived. Each ends as served, refused429, rejected, abandoned or one of the faults. */
  readonly calls: number;
  /** Completions given and billed. */
  readonly served: number;
  /** Of those, the ones with an answer from the file of answers. */
  readonly scripted: number;
  /** Of those, the ones with an answer that was made up; the others are made-up verdicts of judges, and embeddings. */
  readonly madeUp: number;
  /** Refused for `maxRpm` or `maxInFlight`; injected 429 count as faults. */
  readonly refused429: number;
  /** Refused for any other reason: key, body, model, balance. */
  readonly rejected: number;
  /** Calls whose client disconnected before the answer was ready; not billed. */
  readonly abandoned: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Rubles, an exact decimal number. */
  readonly billed: string;
  readonly byModel: Readonly<Record<string, { readonly served: number; readonly billed: string }>>;
  /** Served calls whose body, in canonical JSON, was served before. */
  readonly duplicates: number;
}

/** Where an answer came from. */
export type AnswerOrigin = 'scripted' | 'verdict' | 'embedding' | 'madeUp';

/** One completion to be billed. */
interface Charge {
  readonly model: string;
  readonly origin: AnswerOrigin;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: Picounits;
  /** Digest of the call's body in canonical JSON. */
  readonly bodyDigest: string;
}

type Event = 'calls' | 'refused429' | 'rejected' | 'abandoned';

interface ModelTally {
  served: number;
  billed: Picounits;
}

/** Requested and paid amounts, exact. */
export class Ledger {
  readonly #openingBalance: Picounits;
  #tally = emptyTally();

  constructor(openingBalance: Picounits) {
    this.#openingBalance = openingBalance;
  }

  /** Remaining balance. */
  get balance(): Picounits {
    return this.#openingBalance - this.#tally.billed;
  }

  /** Completions given and billed. */
  get served(): number {
    return this.#tally.served;
  }

  /** Counts one event. */
  count(event: Event): void {
    this.#tally[event]++;
  }

  /** Counts one injected fault. */
  countFault(kind: FaultKind): void {
    this.#tally.faults[kind]++;
  }

  /** Bills a completion. @returns false, and bills nothing, if it costs more than the balance */
  charge(charge: Charge): boolean {
    if (charge.cost > this.balance) return false;
    const tally = this.#tally;
    tally.served++;
    if (charge.origin === 'scripted' || charge.origin === 'madeUp') tally[charge.origin]++;
    tally.promptTokens += charge.promptTokens;
    tally.completionTokens += charge.completionTokens;
    tally.billed += charge.cost;
    const ofModel = tally.byModel.get(charge.model) ?? { served: 0, billed: 0n };
    tally.byModel.set(charge.model, { served: ofModel.served + 1, billed: ofModel.billed + charge.cost });
    if (tally.servedBodies.get(charge.bodyDigest) !== undefined) tally.duplicates++;
    tally.servedBodies.set(charge.bodyDigest, 1);
    return true;
  }

  /** What was seen since the start or the last reset. */
  stats(): LedgerStats {
    const { billed, byModel, servedBodies: _, ...counts } = this.#tally;
    return {
      ...counts,
      faults: { ...counts.faults },
      billed: formatDecimal(billed),
      byModel: Object.fromEntries(
        Array.from(byModel, ([model, tally]) => [model, { served: tally.served, billed: formatDecimal(tally.billed) }]),
      ),
    };
  }

  /** Resets everything to zero, and the balance to its start value. */
  reset(): void {
    this.#tally = emptyTally();
  }
}

function emptyTally() {
  return {
    calls: 0,
    served: 0,
    scripted: 0,
    madeUp: 0,
    refused429: 0,
    rejected: 0,
    abandoned: 0,
    faults: noFaults(),
    promptTokens: 0,
    completionTokens: 0,
    billed: 0n,
    byModel: new Map<string, ModelTally>(),
    duplicates: 0,
    servedBodies: new DigestMap(),
  };
}

function noFaults(): Record<FaultKind, number> {
  return { '429': 0, '5xx': 0, reset: 0, hang: 0, truncated: 0, html: 0, code6: 0 };
}
