import type { CallError } from '../core/call-error.ts';
import type { Clock } from '../io/clock.ts';
import type { RunControl } from './control.ts';
import { describeMoment, describeSpan } from './moments.ts';

/** A longer pause is announced when it begins, in milliseconds. */
const LONG_MS = 3_600_000;
/** Calls in flight are refused one after another: pauses whose ends are this close together are the same pause. */
const SAME_PAUSE_MS = 60_000;

/** How to handle pauses that a server imposes. */
interface PausesSettings {
  /** The longest pause to wait for, in milliseconds; null means no limit. */
  readonly stopAfterMs: number | null;
  readonly clock: Clock;
  readonly control: RunControl;
  /** A pause begins or gets longer. @param pauseMs its length from now */
  readonly onPause: (pauseMs: number, reason: string) => void;
  readonly onWarning: (text: string) => void;
}

/** Watches the pauses that a server imposes on an account's calls: announces them, and stops the run for long ones. */
export class Pauses {
  readonly #settings: PausesSettings;
  #untilMs = 0;
  #warnedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(settings: PausesSettings) {
    this.#settings = settings;
  }

  /**
   * Records a call refused for a limit or an overload (`rate_limited`, `overloaded`).
   * @returns true if the run is stopped for it
   */
  imposed(error: CallError): boolean {
    const { stopAfterMs, clock, control, onPause } = this.#settings;
    const { retryAfterMs: pauseMs = 0 } = error;
    if (pauseMs <= 0) return false;
    const reason = pauseReason(error);
    if (stopAfterMs !== null && pauseMs > stopAfterMs) {
      const resumeAt = new Date(clock.date().getTime() + pauseMs);
      const wait = `${describeSpan(pauseMs)} until ${describeMoment(resumeAt)}: ${reason}`;
      control.stop({ kind: 'wait', message: `${wait}: ${error.message}`, resumeAt: resumeAt.toISOString() });
      return true;
    }
    const untilMs = clock.elapsedMs() + pauseMs;
    if (untilMs <= this.#untilMs) return false;
    this.#untilMs = untilMs;
    onPause(pauseMs, reason);
    if (pauseMs > LONG_MS) this.#warn(untilMs, { pauseMs, reason });
    return false;
  }

  #warn(untilMs: number, { pauseMs, reason }: { readonly pauseMs: number; readonly reason: string }): void {
    if (untilMs <= this.#warnedUntilMs + SAME_PAUSE_MS) return;
    this.#warnedUntilMs = untilMs;
    const { clock, onWarning } = this.#settings;
    const until = describeMoment(new Date(clock.date().getTime() + pauseMs));
    onWarning(
      `the server imposes a pause of ${describeSpan(pauseMs)}, until ${until}: ${reason}; the run waits for it. ` +
        'Ctrl-C stops it, resumable, and --stop-after-wait <seconds> does so by itself',
    );
  }
}

/** `rate limit (429)`, `overloaded (503)` */
function pauseReason({ kind, httpStatus }: CallError): string {
  const name = kind === 'rate_limited' ? 'rate limit' : 'overloaded';
  return httpStatus === undefined || httpStatus < 300 ? name : `${name} (${httpStatus})`;
}
