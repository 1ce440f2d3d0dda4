import type { RunControl } from '../app/environment.ts';
import type { OutputStream } from '../commands/index.ts';
import { type ExitStatus, InterruptedError, UsageError } from '../core/errors.ts';
import { userCode } from '../io/program/user-code.ts';
import type { Output } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Minimum time for a run to record that it was ended at once, in milliseconds. */
const GRACE_MS = 3000;

/** What the end of a process depends on. */
interface EndingParts {
  readonly control: RunControl;
  readonly output: Output;
  readonly stderr: OutputStream;
  /** Prints an error. @returns its exit status */
  readonly describe: (error: unknown) => ExitStatus;
  /** Prints a warning. */
  readonly warn: (text: string) => void;
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
  #isExiting = false;
  /** Modules of the user that were warned of. */
  readonly #warnedOf = new Set<string>();

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** The first signal; null if there was none. */
  get signalled(): NodeJS.Signals | null {
    return this.#signalled;
  }

  /** Listens for signals, uncaught errors, a process with nothing left to wait for, and one that something else ends. */
  watch(process: NodeJS.Process): void {
    // Never removed: a signal that arrives while the process ends must not change its exit status.
    for (const signal of SIGNALS) process.on(signal, () => this.#onSignal(signal));
    process.on('uncaughtException', (error) => this.#onFault(error));
    process.once('beforeExit', () => this.#onIdle());
    process.once('exit', () => {
      const status = this.#statusOfOthers();
      if (status !== null) process.exitCode = status;
    });
  }

  /**
   * Ends the process once everything is written. Pending work, such as a timer of a user's module, does not delay it.
   */
  async conclude(status: ExitStatus): Promise<void> {
    this.#status = this.#settled(status);
    await this.#parts.output.flushed();
    this.#exit(this.#parts.output.statusAfter(this.#status));
  }

  #exit(status: ExitStatus): void {
    this.#isExiting = true;
    this.#parts.exit(status);
  }

  /** The first signal lets calls in flight finish and files be written; the second ends everything at once. */
  #onSignal(signal: NodeJS.Signals): void {
    this.#signalled ??= signal;
    const { control, stderr, describe } = this.#parts;
    if (this.#status !== null) return this.#exit(this.#status);
    if (!control.isStoppable) return this.#exit(describe(new InterruptedError()));
    if (control.killed) return this.#exit(130);
    if (control.draining.aborted) {
      control.kill();
      setTimeout(() => this.#exit(130), GRACE_MS).unref();
      return;
    }
    control.stop({ kind: 'interrupted' });
    stderr.write('\nending: no new calls, those in flight are kept; once more ends at once\n');
  }

  /** A run in progress ends as after a signal, so that it can be resumed; what is broken may also never end. */
  #onFault(error: unknown): void {
    const { control, describe } = this.#parts;
    if (this.#status !== null) return this.#exit(this.#status);
    const module = userCode.blame(error);
    if (module !== null) return this.#warnOf(module, error);
    // The run is ending already: the consequences of a fault do not make it end worse.
    if (this.#hasFault) return;
    const status = describe(error);
    if (!control.isStoppable) return this.#exit(this.#settled(status));
    this.#hasFault = true;
    control.stop({ kind: 'failed', error });
  }

  /** A module of the user let it go: what waits for the module has failed, and the run continues. */
  #warnOf(module: string, error: unknown): void {
    if (this.#warnedOf.has(module)) return;
    this.#warnedOf.add(module);
    const text = error instanceof Error ? error.message : String(error);
    this.#parts.warn(`${module} let an error go that nothing caught: ${text}`);
  }

  #onIdle(): void {
    const { loading } = userCode;
    const error =
      loading === null
        ? new Error('the command waits for something that cannot come')
        : new UsageError(`${loading} cannot be loaded: its top-level await waits for something that cannot come`, {
            hint: 'check that the module runs by itself: node and its path must come to an end',
          });
    this.#exit(this.#settled(this.#parts.describe(error)));
  }

  /** The exit status where code of the user ended the process, with whatever status; null where nothing else did. */
  #statusOfOthers(): ExitStatus | null {
    const [name] = userCode.names;
    if (this.#isExiting || name === undefined) return null;
    const error = new UsageError(`the process was ended by code of ${userCode.names.join(' or ')}: process.exit`, {
      hint: 'take process.exit out of it; give the same command again to continue the run',
    });
    return this.#settled(this.#parts.describe(error));
  }

  /** Once calls were made, the status must not say that nothing was paid, nor report success after a fault. */
  #settled(status: ExitStatus): ExitStatus {
    const known = this.#hasFault && status === 0 ? 2 : status;
    return known === 2 && this.#parts.control.hasCalled ? 4 : known;
  }
}
