import { countText } from './compare/words.ts';
import type { Gate } from './gate.ts';

/** How often each row must pass, as `--min-repeats` gives it: `exact=8/10`. */
export interface LeastRepeats {
  readonly scorer: string;
  /** Repeats that must pass, of each `of`; from 1. */
  readonly least: number;
  /** From `least`. */
  readonly of: number;
}

/** A row of a variant, by its repeats. */
export interface RepeatedRow {
  readonly rowId: string;
  readonly passed: number;
  readonly repeats: number;
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
    const label = names[index] ?? '';
    if (n === 0) return { name, passed: false, why: `${label}: no row could be scored` };
    const rows = countText(n, 'row');
    if (failed === 0) return { name, passed: true, why: `${label}: each of ${rows} passed often enough` };
    const named = worst.slice(0, MOST_NAMED).map((row) => `${row.rowId} (${row.passed} of ${row.repeats})`);
    const more = failed > named.length ? `, and ${failed - named.length} more` : '';
    return { name, passed: false, why: `${label}: ${failed} of ${rows} passed too rarely: ${named.join(', ')}${more}` };
  });
}

/** `min-repeats exact=8/10` */
export function repeatGateName({ scorer, least, of }: LeastRepeats): string {
  return `min-repeats ${scorer}=${least}/${of}`;
}
