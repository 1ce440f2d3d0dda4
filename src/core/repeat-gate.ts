import { type Gate, gateOf } from './gate.ts';
import type { RepeatedRow } from './reasons.ts';

/** How often each row must pass, as `--min-repeats` gives it: `exact=8/10`. */
export interface LeastRepeats {
  readonly scorer: string;
  /** Repeats that must pass, of each `of`; from 1. */
  readonly least: number;
  /** From `least`. */
  readonly of: number;
}

/** How often rows passed. */
export interface RepeatFigures extends LeastRepeats {
  /** In plan order. */
  readonly variants: readonly {
    /** Rows to which the scorer applies. */
    readonly n: number;
    /** Rows that passed too rarely. */
    readonly failed: number;
    /** Ten of them at most, the worst first. */
    readonly worst: readonly RepeatedRow[];
  }[];
}

/** Rows that a reason names. */
const MOST_NAMED = 5;

/** A gate for each variant. @param names of the variants */
export function repeatGates({ scorer, least, of, variants }: RepeatFigures, names: readonly string[]): readonly Gate[] {
  const name = repeatGateName({ scorer, least, of });
  return variants.map(({ n, failed, worst }, index) => {
    const variant = names[index] ?? '';
    const named = worst.slice(0, MOST_NAMED).map(({ rowId, passed, repeats }) => ({ rowId, passed, repeats }));
    return gateOf(name, n > 0 && failed === 0, { kind: 'repeats', variant, rows: n, failed, worst: named });
  });
}

/** `min-repeats exact=8/10` */
export function repeatGateName({ scorer, least, of }: LeastRepeats): string {
  return `min-repeats ${scorer}=${least}/${of}`;
}
