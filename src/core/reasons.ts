import type { FailOn, MinOn } from './gate-settings.ts';
import type { Measure } from './measure.ts';

/*
 * Reasons by their kind and figures. `reason-text.ts` says them in English, the report page in its languages. They are
 * object types, not interfaces, so that JSON documents take them as they are. Variants are named as core names them.
 */

/** The sides of a comparison. */
export const SIDES = ['base', 'candidate'] as const;

/** One of them. */
export type Side = (typeof SIDES)[number];

/** A row of a variant, by its repeats. */
export type RepeatedRow = {
  readonly rowId: string;
  readonly passed: number;
  readonly repeats: number;
};

/** What 1,000 rows of a variant cost; null if unknown. */
export type VariantCost = {
  readonly variant: string;
  readonly cost: { readonly total: string; readonly currency: string } | null;
};

/** Trials of a variant, and those of them without an answer. */
export type ErroredTrials = {
  /** null in the gate of one run. */
  readonly side: Side | null;
  readonly variant: string;
  readonly trials: number;
  readonly errored: number;
};

/** A variant's score beside its minimum. `figure` is what is compared; null if nothing could be scored. */
export type ScoreReason = {
  readonly kind: 'score';
  readonly variant: string;
  /** Scored answers. */
  readonly n: number;
  /** From 0 to 1, as `figure` and `least` are. */
  readonly mean: number | null;
  readonly minOn: MinOn;
  readonly figure: number | null;
  readonly least: number;
};

/** How many rows of a variant passed too rarely; `worst` names some of them. */
export type RepeatsReason = {
  readonly kind: 'repeats';
  readonly variant: string;
  readonly rows: number;
  readonly failed: number;
  readonly worst: readonly RepeatedRow[];
};

/** Errored trials of all variants, and those of variants with too many. */
export type ErroredReason = {
  readonly kind: 'errored';
  readonly errored: number;
  readonly faults: readonly ErroredTrials[];
};

/** What 1,000 rows cost at most; `faults` cost more, or nobody knows. */
export type CostReason = {
  readonly kind: 'cost';
  /** The limit, a decimal number. */
  readonly most: string;
  readonly faults: readonly VariantCost[];
  /** null without variants. */
  readonly dearest: VariantCost | null;
};

/** Why a gate of a run passed or failed. */
export type RunGateReason = ScoreReason | RepeatsReason | ErroredReason | CostReason | { readonly kind: 'no results' };

/** A pair of variants to which a gate on the verdict objects. */
export type PairLoss = {
  /** The pair's label. */
  readonly variants: string;
  readonly scorer: string;
} & (
  | { readonly kind: 'too few'; readonly rows: number }
  | {
      readonly kind: 'lost';
      /** Candidate minus base, as a share; null if no row could be compared. */
      readonly delta: number | null;
      readonly isSignificant: boolean;
      readonly pValue: number | null;
    }
);

/** A critical row that did not pass. */
export type CriticalRow = {
  readonly rowId: string;
  /** null for all variants. */
  readonly variant: string | null;
  /** True if the base does not have the variant. */
  readonly isUnpaired: boolean;
};

/** Critical rows of one outcome: how many, and some of them. */
export type CriticalRows = {
  readonly count: number;
  readonly rows: readonly CriticalRow[];
};

/** How the critical rows ended. */
export type CriticalReason = {
  readonly kind: 'critical';
  /** Critical rows by variants that have them. */
  readonly trials: number;
  readonly failed: CriticalRows;
  readonly unanswered: CriticalRows;
  readonly missing: CriticalRows;
};

/** Why cost, tokens or latency have no ratio. */
export type MeasureReason =
  | { readonly kind: 'both nothing'; readonly measure: Measure }
  | {
      readonly kind: 'base nothing';
      readonly measure: Measure;
      /** The candidate's mean of a row, in `unit`. */
      readonly mean: number;
      readonly unit: string | null;
    }
  | { readonly kind: 'no row compared' }
  | { readonly kind: 'two currencies'; readonly base: readonly string[]; readonly candidate: readonly string[] }
  | { readonly kind: 'currency unknown' }
  | { readonly kind: 'cached' }
  | {
      readonly kind: 'lacking';
      readonly side: Side | 'both';
      /** True if rows are left out because their answers came from a cache. */
      readonly isPartlyCached: boolean;
    };

/** An increase over the base. */
export type IncreaseFigures = {
  /** The candidate's mean divided by the base's. */
  readonly ratio: number;
  /** null where no interval is used. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly rows: number;
};

/** A pair of variants whose increase is too large, or is not known. */
export type IncreaseFault = {
  /** The pair's label. */
  readonly variants: string;
} & (
  | ({
      readonly kind: 'above';
      /** The ratio that is compared with the limit. */
      readonly figure: number;
    } & IncreaseFigures)
  | { readonly kind: 'partly unknown'; readonly unknown: number; readonly rows: number }
  | { readonly kind: 'one row' }
  | { readonly kind: 'unknown'; readonly because: MeasureReason | null }
);

/** The increases of all pairs beside their limit. */
export type IncreaseReason = {
  readonly kind: 'increase';
  readonly measure: 'cost' | 'latency';
  /** The limit, as a share. */
  readonly most: number;
  /** Level of the intervals, in percent; null if no interval is used. */
  readonly level: number | null;
  /** Pairs that do not pass, and the first of them. */
  readonly count: number;
  readonly faults: readonly IncreaseFault[];
  /** null if no ratio is known. */
  readonly largest: IncreaseFigures | null;
  /** Why no ratio is known; null if nothing was compared. */
  readonly because: MeasureReason | null;
};

/** Why a gate of a comparison passed or failed, besides the reasons that gates of runs have too. */
export type CompareGateReason =
  | { readonly kind: 'no row compared' }
  | { readonly kind: 'not decided'; readonly because: 'unsound' | 'no row compared' }
  | {
      readonly kind: 'losses';
      /** Pairs that the gate objects to, and the first of them. */
      readonly count: number;
      readonly losses: readonly PairLoss[];
      /** True if clusters are what counts, not rows. */
      readonly hasClusters: boolean;
    }
  | {
      readonly kind: 'no loss';
      readonly failOn: Exclude<FailOn, 'none'>;
      readonly compared: number;
      /** Pairs without a row to compare. */
      readonly empty: number;
    }
  | CriticalReason
  | IncreaseReason;

/** Why a gate passed or failed. */
export type GateReason = RunGateReason | CompareGateReason;

/** Why a comparison is not valid. */
export type UnsoundReason =
  | {
      /** Its rows were picked because they failed before. */
      readonly kind: 'only failed';
      readonly side: Side;
      readonly path: string;
      /** The run in which they failed, and how many did. */
      readonly run: string;
      readonly rows: number;
    }
  | { readonly kind: 'other rows' }
  | { readonly kind: 'nothing to pair by' }
  | { readonly kind: 'no scorer in common' }
  | {
      readonly kind: 'errored';
      readonly side: Side;
      readonly variant: string;
      readonly errored: number;
      readonly trials: number;
      readonly errors: readonly { readonly code: string; readonly count: number }[];
      /** The limit, as a share. */
      readonly most: number;
    }
  | { readonly kind: 'all skipped'; readonly side: Side; readonly variant: string }
  | {
      readonly kind: 'scored on one side';
      readonly variant: string;
      readonly scorer: string;
      readonly rows: number;
      /** Those that could be scored in the candidate only, and in the base only. */
      readonly onlyCandidate: number;
      readonly onlyBase: number;
    }
  | { readonly kind: 'critical unanswered'; readonly count: number };
