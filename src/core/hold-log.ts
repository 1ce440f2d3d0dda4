import type { Picounits } from './money.ts';

/** The maximum cost of a call; null if it has no known bound. */
export type MostCost = Picounits | null;

/** How a call ended, and its cost if known. */
export type CallEnding = { readonly end: 'lost' | 'unpriced' | 'free' } | ToldEnding;

/** No usable answer, but a known cost. */
export interface ToldEnding {
  readonly end: 'told';
  readonly cost: Picounits;
  /** True for a call to a judge. */
  readonly isJudge: boolean;
}

/** Records what calls may cost, so that it is known even if the session dies. */
export interface HoldLog {
  /** What calls may cost that have begun and have no result in the journal, by trial. */
  readonly open: ReadonlyMap<string, MostCost>;
  /** A call is about to be made. @returns a promise of the write, if there is one */
  held(trialId: string, most: MostCost): Promise<void> | undefined;
  /** A call has ended that the journal will not record, or whose cost it will not. @returns as `held` */
  ended(trialId: string, most: MostCost, ending: CallEnding): Promise<void> | undefined;
  /** The result of a trial is in the journal. @returns as `held` */
  stored(trialId: string): Promise<void> | undefined;
  /** There will be no more calls. @returns true if nothing is left open */
  close(): Promise<boolean>;
}
