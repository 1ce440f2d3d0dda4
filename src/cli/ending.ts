import type { RunControl } from '../app/environment.ts';
import type { OutputStream } from '../commands/index.ts';
import { type ExitStatus, InterruptedError } from '../core/errors.ts';
import type { Output } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Time for a run to record that it was ended at once, in milliseconds; a program of the user may take 3000 to end. */
const GRACE_MS = 6000;

/** What the end of a process depends on. */
interface EndingParts {
  readonly control: RunControl;
  readonly output: Output;
  readonly stderr: OutputStream;
  /** Prints an error. @returns its exit status */
  readonly describe: (error: unknown) => ExitStatus;
  /** What an interruption of this command leaves, as the hint of its error; undefined if nothing is special. */
  readonly leaves: () => string | undefined;
  /** Ends the process now. */
  readonly exit: (status: ExitStatus) => void;
}

/** The end of a process, for every cause. Nothing else ends it. */
export class Ending {
  readonly #parts: EndingParts;
  /** Of a command that has ended; null before. */
  #status: ExitStatus | null = null;
  #hasFault = false;
  #signalled: NodeJS.Signals | null = null;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** The first signal; null if there was none. */
  get signalled(): NodeJS.Signals | null {
    return this.#signalled;
  }

  /** Listens for signals, uncaught errors, and a process with nothing left to wait for. */
  watch(process: NodeJS.EventEmitter): void {
    // Never removed: a signal that arrives while the process ends must not change its exit status.
    for (const signal of SIGNALS) process.on(signal, () => this.#onSignal(signal));
    process.on('uncaughtException', (error) => this.#onFault(error));
    process.once('beforeExit', () => this.#onIdle());
  }

  /**
   * Ends the process once everything is written. Pending work, such as a timer of a user's module, does not delay it.
   */
  async conclude(status: ExitStatus): Promise<void> {
    this.#status = this.#settled(status);
    await this.#parts.output.flushed();
    this.#parts.exit(this.#parts.output.statusAfter(this.#status));
  }

  /** The first signal lets calls in flight finish and files be written; the second ends everything at once. */
  #onSignal(signal: NodeJS.Signals): void {
    this.#signalled ??= signal;
    const { control, stderr, describe, exit } = this.#parts;
    if (this.#status !== null) return exit(this.#status);
    if (!control.isStoppable) return exit(describe(new InterruptedError(this.#hint())));
    if (control.killed) return exit(130);
    if (control.draining.aborted) {
      control.kill();
      setTimeout(() => exit(130), GRACE_MS).unref();
      return;
    }
    control.stop({ kind: 'interrupted' });
    stderr.write('\nending: no new calls, those in flight are kept; once more ends at once\n');
  }

  #hint(): string | undefined {
    const { control, leaves } = this.#parts;
    // After the work of a run, and before all of it is told.
    return control.hasCalled ? 'calls were made, and their results are kept; give the command again' : leaves();
  }

  /** A run in progress ends as after a signal, so that it can be resumed; what is broken may also never end. */
  #onFault(error: unknown): void {
    const { control, describe, exit } = this.#parts;
    if (this.#status !== null) return exit(this.#status);
    // The run is ending already: the consequences of a fault do not make it end worse.
    if (this.#hasFault) return;
    const status = describe(error);
    if (!control.isStoppable) return exit(this.#settled(status));
    this.#hasFault = true;
    control.stop({ kind: 'failed', error });
  }

  #onIdle(): void {
    const { describe, exit } = this.#parts;
    exit(this.#settled(describe(new Error('the command waits for something that cannot come'))));
  }

  /** Once calls were made, the status must not say that nothing was paid, nor report success after a fault. */
  #settled(status: ExitStatus): ExitStatus {
    const known = this.#hasFault && status === 0 ? 2 : status;
    return known === 2 && this.#parts.control.hasCalled ? 4 : known;
  }
}
