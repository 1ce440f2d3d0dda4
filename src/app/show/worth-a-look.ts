import type { StoredRow, StoredTrial } from '../../store/stored-rows.ts';
import { isCriticalRow } from '../compare/row-content.ts';

/**
 * Why a row is worth a look, the best reason first: a critical row that did not pass; variants that disagree; a row that
 * no variant passed, or answered; unscored answers that differ.
 */
type Reason = (typeof REASONS)[number];

const REASONS = ['critical', 'disagreeing', 'failed', 'errored', 'different'] as const;

/** How much a row is worth a look. */
interface Worth {
  readonly reason: Reason;
  /** Trials that failed or errored. */
  readonly failed: number;
}

/** Trials of a row by outcome. */
interface Outcomes {
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
}

function outcomesOf(trials: readonly StoredTrial[]): Outcomes {
  const passed = trials.filter(({ cells }) => cells['passed'] === true).length;
  const failed = trials.filter(({ cells }) => cells['status'] === 'completed' && cells['passed'] === false).length;
  const errored = trials.filter(({ cells }) => cells['status'] === 'errored').length;
  return { passed, failed, errored };
}

/** True if a trial of the row failed or errored. */
export function hasFailed({ trials }: StoredRow): boolean {
  const { failed, errored } = outcomesOf(trials);
  return failed + errored > 0;
}

function worthOf({ trials }: StoredRow): Worth | null {
  const { passed, failed, errored } = outcomesOf(trials);
  const reason = reasonOf(trials, { passed, failed, errored });
  return reason === null ? null : { reason, failed: failed + errored };
}

function reasonOf(trials: readonly StoredTrial[], { passed, failed, errored }: Outcomes): Reason | null {
  if (failed + errored > 0 && trials.some(({ cells }) => isCriticalRow(cells))) return 'critical';
  if ((passed > 0 && failed + errored > 0) || (failed > 0 && errored > 0)) return 'disagreeing';
  if (failed > 0) return 'failed';
  if (errored > 0) return 'errored';
  if (passed > 0) return null;
  const answers = new Set(trials.flatMap(({ cells }) => (cells['status'] === 'completed' ? [cells['output']] : [])));
  return answers.size > 1 ? 'different' : null;
}

/** Keeps the first of many rows, by their worth and then in their order, and counts all that qualify. */
export class WorthiestRows {
  readonly #most: number;
  readonly #isFailedOnly: boolean;
  #kept: { readonly row: StoredRow; readonly worth: Worth }[] = [];
  #matching = 0;

  /** @param most rows that are kept, from 1; @param isFailedOnly true leaves out rows without a failed or errored trial */
  constructor(most: number, isFailedOnly: boolean) {
    this.#most = most;
    this.#isFailedOnly = isFailedOnly;
  }

  /** Rows that qualify. */
  get matching(): number {
    return this.#matching;
  }

  /** The kept rows, those most worth a look first. */
  get rows(): readonly StoredRow[] {
    return this.#kept.map(({ row }) => row);
  }

  add(row: StoredRow): void {
    const worth = this.#isFailedOnly && !hasFailed(row) ? null : worthOf(row);
    if (worth === null) return;
    this.#matching += 1;
    const last = this.#kept.at(-1);
    if (this.#kept.length === this.#most && last !== undefined && compare(last.worth, worth) <= 0) return;
    const after = this.#kept.findLastIndex((kept) => compare(kept.worth, worth) <= 0);
    this.#kept.splice(after + 1, 0, { row, worth });
    this.#kept = this.#kept.slice(0, this.#most);
  }
}

/** Below 0 if the first is worth more. */
function compare(one: Worth, other: Worth): number {
  return REASONS.indexOf(one.reason) - REASONS.indexOf(other.reason) || other.failed - one.failed;
}
