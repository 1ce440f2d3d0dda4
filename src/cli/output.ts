import { closeSync } from 'node:fs';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { ExitStatus } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';

/** The streams of a process that it writes to. */
interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Columns of a file, a pipe, and of a terminal that does not tell how many it has. */
const COLUMNS = 80;
/** Less than that leaves no room for a table. */
const FEWEST_COLUMNS = 40;

/** Columns of a line: those of the variable COLUMNS, else the terminal's, else 80. */
export function columnsOf(
  stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  { COLUMNS: told = '' }: Readonly<Record<string, string | undefined>>,
): number {
  const columns = /^\d{1,6}$/.test(told) ? Number(told) : stdout.isTTY ? stdout.columns : 0;
  return columns > 0 ? Math.max(columns, FEWEST_COLUMNS) : COLUMNS;
}

/** What a stream says whose reader went away: `| head`, a connection, a terminal that was closed. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'ECONNRESET'];

/**
 * Knows what became of what was written. A reader that went away has seen enough, which is no fault; a result that could
 * not be stored where stdout leads is one. What becomes of stderr changes nothing: the run's files say the same.
 */
export class Output {
  readonly #streams: Streams;
  /** Descriptors that led to a terminal at the beginning. */
  readonly #terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  #isLost = false;

  constructor(streams: Streams) {
    this.#streams = streams;
    streams.stdout.on('error', (error: NodeJS.ErrnoException) => this.#note(error));
    streams.stderr.on('error', () => undefined);
  }

  /** Resolves when the streams have taken all that was written to them, or will not take it any more. */
  async flushed(): Promise<void> {
    const { stdout, stderr } = this.#streams;
    for (const stream of [stdout, stderr]) {
      // Where nothing is left to be taken, an empty write would fail on a full device to which nothing was written.
      if (stream.writableLength > 0) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
    }
    // What came of the last write is told in the next turn.
    await turnOfLoop();
  }

  /** The exit status of a process whose command ended with one that holds for a result that was printed. */
  statusAfter(status: ExitStatus): ExitStatus {
    return this.#isLost && (status === 0 || status === 1 || status === 3) ? 4 : status;
  }

  /**
   * Lets go of a terminal that was closed; to be called before the process ends. Node gives terminals their modes back
   * at its end, and aborts (SIGABRT) where one of them is gone; closed descriptors it leaves alone.
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
