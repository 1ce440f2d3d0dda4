import type { CallError } from '../core/call-error.ts';
import { requestHint } from '../core/request-hint.ts';
import type { Variant } from '../core/variant.ts';
import { runVariantName, variantLabel, variantNames } from '../core/variant-name.ts';
import type { Clock } from '../io/clock.ts';
import type { RunControl, StopReason } from './control.ts';
import { describeMoment } from './moments.ts';
import { foldedReason, VariantDoor } from './variant-door.ts';

/** Up to this many different reasons are listed if variants were stopped for several. */
const MOST_REASONS = 3;

/** A variant whose calls stopped before its trials were done. */
interface Closed {
  readonly variant: Variant;
  readonly error: CallError;
  /** When its quota resets; null if unknown. */
  readonly resumeAt: Date | null;
}

/**
 * The variants of a run whose calls are refused repeatedly. Their trials stay open, and the run stops when none of the
 * grid's variants is left.
 */
export class Refusals {
  readonly #control: RunControl;
  readonly #clock: Clock;
  readonly #doors = new Map<Variant, VariantDoor>();
  readonly #closed: Closed[] = [];
  #expected: readonly Variant[] = [];
  #names: ReadonlyMap<Variant, string> = new Map();

  constructor(control: RunControl, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
    control.draining.addEventListener('abort', () => {
      for (const door of this.#doors.values()) door.dismiss();
    });
  }

  /**
   * The variants about to run; when all of them are stopped, the run is too.
   * @param grid every variant of the run; gives them their distinct names
   */
  expect(variants: readonly Variant[], grid: readonly Variant[]): void {
    const names = variantNames(grid.map(runVariantName));
    this.#expected = variants;
    this.#names = new Map(grid.map((variant, index) => [variant, names[index] ?? '']));
  }

  /** The gate that a variant's trials pass before their calls. */
  doorOf(variant: Variant): VariantDoor {
    const known = this.#doors.get(variant);
    if (known !== undefined) return known;
    const door = new VariantDoor(variant, (closed) => this.#onClosed(closed));
    this.#doors.set(variant, door);
    return door;
  }

  /** Stops the run if any variant was stopped, because its trials are still open. Call it when all others are done. */
  conclude(): void {
    if (this.#closed.length > 0) this.#control.stop(this.#reason());
  }

  #onClosed({ variant, closedBy: error }: VariantDoor): void {
    if (error === null) return;
    const { retryAfterMs } = error;
    const resumeAt = retryAfterMs === undefined ? null : new Date(this.#clock.date().getTime() + retryAfterMs);
    this.#closed.push({ variant, error, resumeAt });
    if (this.#isEveryStopped()) this.conclude();
  }

  #isEveryStopped(): boolean {
    const isStopped = (variant: Variant): boolean => (this.#doors.get(variant)?.closedBy ?? null) !== null;
    return this.#expected.length > 0 && this.#expected.every(isStopped);
  }

  #reason(): StopReason {
    const message = this.#describe();
    if (this.#closed.some(({ error }) => error.kind !== 'quota_exhausted')) return { kind: 'refused', message };
    const moments = this.#closed.flatMap(({ resumeAt }) => (resumeAt === null ? [] : [resumeAt.toISOString()]));
    return { kind: 'quota_exhausted', message, resumeAt: moments.toSorted()[0] };
  }

  /** The reasons, each with the variants that it stopped; without names if it stopped all of them. */
  #describe(): string {
    const byReason = new Map<string, Closed[]>();
    for (const closed of this.#closed) {
      const reason = foldedReason(closed.error);
      byReason.set(reason, [...(byReason.get(reason) ?? []), closed]);
    }
    const isEvery = byReason.size === 1 && this.#isEveryStopped();
    const texts = [...byReason.values()].map(
      (closed) => (isEvery ? '' : `${this.#namesOf(closed)}: `) + reasonOf(closed),
    );
    const more = texts.length - MOST_REASONS;
    return [...texts.slice(0, MOST_REASONS), ...(more > 0 ? [`and ${more} other reasons`] : [])].join(' · ');
  }

  #namesOf([first, ...others]: readonly Closed[]): string {
    if (first === undefined) return '';
    // Judges are not part of the grid.
    const name = this.#names.get(first.variant) ?? variantLabel(runVariantName(first.variant));
    if (others.length === 0) return name;
    return `${name} and ${others.length} other ${others.length === 1 ? 'variant' : 'variants'}`;
  }
}

/** The reason of the first of several variants stopped for the same reason, and what to do about it. */
function reasonOf([first]: readonly Closed[]): string {
  if (first === undefined) return '';
  const { variant, error, resumeAt } = first;
  const hint = error.kind === 'invalid_request' ? requestHint(error.message, variant) : (error.hint ?? null);
  const when = resumeAt === null ? '' : `; available again at ${describeMoment(resumeAt)}`;
  return `${error.message}${when}${hint === null ? '' : `; ${hint}`}`;
}
