import type { CallEnding, HoldLog, MostCost, ToldEnding } from '../core/hold-log.ts';
import type { Picounits } from '../core/money.ts';
import type { EndKind, HoldLine, UnderWay } from './hold-lines.ts';

type Write = (line: HoldLine) => Promise<void>;

/** Failed calls of a trial that has no result yet. */
export interface ToldCalls {
  readonly cost: Picounits;
  readonly calls: number;
  readonly isJudge: boolean;
}

/** Cost of failed calls whose trials have no result yet. */
class ToldCosts {
  readonly #told = new Map<string, ToldCalls>();

  get isEmpty(): boolean {
    return this.#told.size === 0;
  }

  of(trialId: string): Picounits {
    return this.#told.get(trialId)?.cost ?? 0n;
  }

  add(trialId: string, { cost, isJudge }: ToldEnding): void {
    const { cost: before, calls } = this.#told.get(trialId) ?? { cost: 0n, calls: 0 };
    this.#told.set(trialId, { cost: before + cost, calls: calls + 1, isJudge });
  }

  /** True if there was any. */
  remove(trialId: string): boolean {
    return this.#told.delete(trialId);
  }

  /** Lines that say that no result will repeat them. */
  wasted(currency: string): readonly HoldLine[] {
    return [...this.#told].map(([trialId, told]) => ({ kind: 'ended', trialId, end: 'wasted', currency, ...told }));
  }
}

/** What a call may cost. */
export type CallCost = Omit<UnderWay, 'calls'>;

/** Writes a line for every call, so that the open calls of a session that dies are known one by one. */
export class ExactHoldLog implements HoldLog {
  readonly #currency: string;
  readonly #write: Write;
  readonly #told = new ToldCosts();
  readonly #open = new Map<string, MostCost>();
  readonly #untaken: Map<string, CallCost>;

  /**
   * @param currency of the calls, ISO 4217 code
   * @param untaken calls of earlier sessions whose answers wait to be asked for, by trial; those that are leave it
   */
  constructor(currency: string, write: Write, untaken: Map<string, CallCost>) {
    this.#currency = currency;
    this.#write = write;
    this.#untaken = untaken;
  }

  get open(): ReadonlyMap<string, MostCost> {
    return this.#open;
  }

  held(trialId: string, most: MostCost): Promise<void> {
    this.#untaken.delete(trialId);
    this.#open.set(trialId, most);
    return this.#write({ kind: 'held', trialId, most, currency: this.#currency });
  }

  ended(trialId: string, most: MostCost, ending: CallEnding): Promise<void> {
    this.#open.delete(trialId);
    if (ending.end !== 'told') return this.#end(trialId, ending.end, ending.end === 'free' ? 0n : most);
    this.#told.add(trialId, ending);
    const { end, cost, isJudge } = ending;
    return this.#write({ kind: 'ended', trialId, end, cost, currency: this.#currency, isJudge });
  }

  stored(trialId: string): Promise<void> | undefined {
    this.#open.delete(trialId);
    const untaken = this.#untaken.get(trialId);
    // The result came from elsewhere, such as a cache: nobody will ask for that answer any more.
    if (untaken !== undefined) {
      this.#untaken.delete(trialId);
      return this.#write({ kind: 'ended', trialId, end: 'lost', cost: untaken.most, currency: untaken.currency });
    }
    return !this.#told.isEmpty && this.#told.remove(trialId) ? this.#end(trialId, 'repeated', 0n) : undefined;
  }

  async close(): Promise<boolean> {
    for (const line of this.#told.wasted(this.#currency)) await this.#write(line);
    return this.#open.size === 0;
  }

  #end(trialId: string, end: EndKind, cost: MostCost): Promise<void> {
    return this.#write({ kind: 'ended', trialId, end, cost, currency: this.#currency });
  }
}

/** A mark is set this much above what is in flight, so that not every further call needs a new one. */
const RESERVE = 4n;

/**
 * Writes a line only if more is in flight than any line covers, and for lost calls. The open calls of a session that
 * dies are known as an upper bound, and answered calls cost only a little arithmetic.
 */
export class BoundHoldLog implements HoldLog {
  readonly #currency: string;
  readonly #write: Write;
  /** Calls that are in flight, or answered and not yet in the journal. */
  readonly #underWay = new Map<string, MostCost>();
  readonly #told = new ToldCosts();
  /** Maximum total cost of these calls, as far as it is bounded. */
  #most = 0n;
  #unbounded = 0;
  /** What may be in flight according to the last line. */
  #markedCalls = 0;
  #markedMost: MostCost = 0n;
  #marking: Promise<void> | undefined;
  #marks = 0;

  /** @param currency of the calls, ISO 4217 code */
  constructor(currency: string, write: Write) {
    this.#currency = currency;
    this.#write = write;
  }

  get open(): ReadonlyMap<string, MostCost> {
    return this.#underWay;
  }

  held(trialId: string, most: MostCost): Promise<void> | undefined {
    this.#underWay.set(trialId, most);
    if (most === null) this.#unbounded += 1;
    else this.#most += most;
    return this.#isMarked() ? this.#marking : this.#mark();
  }

  ended(trialId: string, most: MostCost, ending: CallEnding): Promise<void> | undefined {
    switch (ending.end) {
      case 'free':
        this.#leave(trialId);
        return undefined;
      case 'told':
        this.#leave(trialId);
        this.#told.add(trialId, ending);
        this.#most += ending.cost;
        return this.#isMarked() ? this.#marking : this.#mark();
      case 'unpriced':
        // If nothing bounds it, its tokens in the journal are the only information.
        if (most === null) return undefined;
        return this.#end(trialId, most, 'unpriced');
      case 'lost':
        return this.#end(trialId, most, 'lost');
    }
  }

  stored(trialId: string): undefined {
    this.#leave(trialId);
    if (this.#told.isEmpty) return;
    this.#most -= this.#told.of(trialId);
    this.#told.remove(trialId);
  }

  async close(): Promise<boolean> {
    const currency = this.#currency;
    for (const line of this.#told.wasted(currency)) {
      if (line.kind === 'ended') this.#most -= line.cost ?? 0n;
      await this.#write(line);
    }
    const calls = this.#underWay.size;
    if (this.#markedCalls === 0) return true;
    await this.#write({ kind: 'under way', calls, most: this.#unbounded > 0 ? null : this.#most, currency });
    return calls === 0;
  }

  async #end(trialId: string, most: MostCost, end: 'lost' | 'unpriced'): Promise<void> {
    await this.#write({ kind: 'ended', trialId, end, cost: most, currency: this.#currency });
    // Not earlier: until then only the mark covers it.
    this.#leave(trialId);
  }

  #leave(trialId: string): void {
    const most = this.#underWay.get(trialId);
    if (most === undefined) return;
    this.#underWay.delete(trialId);
    if (most === null) this.#unbounded -= 1;
    else this.#most -= most;
  }

  #isMarked(): boolean {
    if (this.#underWay.size > this.#markedCalls) return false;
    return this.#markedMost === null || (this.#unbounded === 0 && this.#most <= this.#markedMost);
  }

  #mark(): Promise<void> {
    const calls = this.#underWay.size;
    this.#markedCalls = Math.max(this.#markedCalls, calls + Math.ceil(calls / Number(RESERVE)));
    const isBounded = this.#markedMost !== null && this.#unbounded === 0;
    this.#markedMost = isBounded ? larger(this.#markedMost ?? 0n, this.#most + this.#most / RESERVE) : null;
    this.#marking = this.#writeMark({ calls: this.#markedCalls, most: this.#markedMost, currency: this.#currency });
    return this.#marking;
  }

  /** A mark that could not be written stays, so that no call that it should cover is made. */
  async #writeMark(mark: UnderWay): Promise<void> {
    this.#marks += 1;
    const number = this.#marks;
    await this.#write({ kind: 'under way', ...mark });
    if (number === this.#marks) this.#marking = undefined;
  }
}

function larger(one: Picounits, other: Picounits): Picounits {
  return one > other ? one : other;
}
