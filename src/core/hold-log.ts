import type { Picounits } from './money.ts';

/** The most that a call can cost; null where that has no known bound. */
export type MostCost = Picounits | null;

/** How a call ended, and what it cost where that is known. */
export type CallEnding =
  | { readonly end: 'lost' | 'unpriced' | 'free' }
  | { readonly end: 'told'; readonly cost: Picounits };

/** Keeps word of what calls may cost, so that it is known although the session dies. */
export interface HoldLog {
  /** A call is about to be made. @returns a promise of that being written, where anything is */
  held(trialId: string, most: MostCost): Promise<void> | undefined;
  /** A call has ended that the journal will not tell of, or not its cost. @returns as `held` */
  ended(trialId: string, most: MostCost, ending: CallEnding): Promise<void> | undefined;
  /** The result of a trial is in the journal. @returns as `held` */
  stored(trialId: string): Promise<void> | undefined;
  /** There will be no more calls. @returns true where nothing is left open */
  close(): Promise<boolean>;
}
