import { closeSync } from 'node:fs';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { OutputStream } from '../commands/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';

/** The output streams of a process. */
interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** Columns of a file, a pipe, or a terminal of unknown width. */
const COLUMNS = 80;
/** Fewer leave no room for a table. */
const FEWEST_COLUMNS = 40;

/** Columns of a line: from the variable COLUMNS, else the terminal's, else 80. */
export function columnsOf(
  stdout: Pick<OutputStream, 'isTTY' | 'columns'>,
  { COLUMNS: given = '' }: Readonly<Record<string, string | undefined>>,
): number {
  const columns = /^\d{1,6}$/.test(given) ? Number(given) : stdout.isTTY ? stdout.columns : 0;
  return columns > 0 ? Math.max(columns, FEWEST_COLUMNS) : COLUMNS;
}

/** Error of a stream whose reader is gone: `| head`, a connection, a closed terminal. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'ECONNRESET'];

/**
 * Tracks whether output was written. A reader that leaves early is not an error; a result that could not be stored
 * where stdout leads is one. Errors on stderr change nothing: the run's files say the same.
 */
export class Output {
  readonly #streams: Streams;
  /** Descriptors that were terminals at the beginning. */
  readonly #terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  #isLost = false;

  constructor(streams: Streams) {
    this.#streams = streams;
    streams.stdout.on('error', (error: NodeJS.ErrnoException) => this.#note(error));
    streams.stderr.on('error', () => undefined);
  }

  /** Resolves when the streams have accepted all output, or will not accept any more. */
  async flushed(): Promise<void> {
    const { stdout, stderr } = this.#streams;
    for (const stream of [stdout, stderr]) {
      // With nothing left to write, an empty write would fail on a full device to which nothing was written.
      if (stream.writableLength > 0) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
    }
    // The result of the last write arrives in the next turn of the event loop.
    await turnOfLoop();
  }

  /** The exit status of a process whose command ended with a status that assumes its result was printed. */
  statusAfter(status: ExitStatus): ExitStatus {
    return this.#isLost && (status === 0 || status === 1 || status === 3) ? 4 : status;
  }

  /**
   * Releases a closed terminal; call it before the process ends. Node restores terminal modes at its end, and aborts
   * (SIGABRT) if one of the terminals is gone; it leaves closed descriptors alone.
   */
  releaseTerminals(): void {
    for (const descriptor of this.#terminals) {
      if (!isatty(descriptor)) closeSync(descriptor);
    }
  }

  #note({ code, message }: NodeJS.ErrnoException): void {
    const { stdout, stderr } = this.#streams;
    if (this.#isLost || READER_GONE.includes(code) || (code === 'EIO' && stdout.isTTY)) return;
    this.#isLost = true;
    const hint =
      'make room where it goes, or send it elsewhere, and give the command again; what a run has is not paid again';
    stderr.write(`error stdout cannot be written: ${oneLine(message)}\nhint  ${hint}\n`);
  }
}
