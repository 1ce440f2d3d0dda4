import { InterruptedError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import type { Summary } from '../../core/summary.ts';
import { JournalIndex } from '../../store/journal-index.ts';
import { JournalStream } from '../../store/journal-stream.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { DerivedRow } from '../../store/stored-rows.ts';
import { type Derived, type KnownResult, type ResultsInput, ResultsMaker } from './results-maker.ts';

/** What derived files are made from. */
export interface DeriveInput extends ResultsInput {
  /** In plan order. @param onBytes sees the source bytes */
  readonly rows: (onBytes: (block: Uint8Array) => void) => AsyncIterable<DerivedRow>;
  /** True once the user cancels at once: half-written files are discarded. */
  readonly isCancelled?: (() => boolean) | undefined;
  /**
   * Sees the results before any file is replaced; an error that it throws leaves the previous files.
   * @param trials of the rows, with a result or without
   */
  readonly accept?: ((summary: Summary, trials: number) => void | Promise<void>) | undefined;
  /** Absent if results are read from the journal by its index. */
  readonly resultOf?: KnownResult | undefined;
}

/**
 * Makes the result files from the journal, in plan order, and summarises them. Scores are computed here from stored
 * data: an edited `expected` or another scorer costs nothing. Each file is replaced atomically.
 * @throws InterruptedError if it was cancelled
 */
export async function deriveResults(input: DeriveInput): Promise<Derived> {
  const { rows, isCancelled = () => false, accept, resultOf } = input;
  const maker = await ResultsMaker.open(input);
  let trials = 0;
  try {
    for await (const row of rows((block) => maker.noteBytes(block))) {
      if (isCancelled()) throw new InterruptedError();
      trials += row.trials.length;
      await maker.add(row, resultOf);
    }
    return await maker.finish((summary) => accept?.(summary, trials));
  } catch (error) {
    await maker.discard();
    throw error;
  }
}

/** The lines of a journal are not those of the rows' trials, each once and nearly in their order. */
class OutOfOrderError extends Error {}

/**
 * The same from one pass over the journal, if its lines are those of the rows' trials, each once and nearly in their
 * order, as a run without judges leaves them.
 * @returns null for any other journal; then nothing was changed
 */
export async function deriveInOrder(input: Omit<DeriveInput, 'index' | 'resultOf'>): Promise<Derived | null> {
  const { folder, accept } = input;
  const stream = new JournalStream(folder.file(RUN_FILES.journal));
  const resultOf: KnownResult = ({ id }) => {
    const taken = stream.take(id);
    return taken instanceof Promise ? taken.then(inOrder) : inOrder(taken);
  };
  const acceptWhole = async (summary: Summary, trials: number): Promise<void> => {
    if (!(await stream.isUsedUp())) throw new OutOfOrderError();
    await accept?.(summary, trials);
  };
  try {
    return await deriveResults({ ...input, index: new JournalIndex(0), resultOf, accept: acceptWhole });
  } catch (error) {
    if (error instanceof OutOfOrderError) return null;
    throw error;
  } finally {
    await stream.close();
  }
}

function inOrder(result: Result | null): Result {
  if (result === null) throw new OutOfOrderError();
  return result;
}
