import { InterruptedError } from '../../core/errors.ts';
import type { Summary } from '../../core/summary.ts';
import type { DerivedRow } from '../../store/stored-rows.ts';
import { type Derived, type ResultsInput, ResultsMaker } from './results-maker.ts';

interface DeriveInput extends ResultsInput {
  /** In plan order. @param onBytes sees the source bytes */
  readonly rows: (onBytes: (block: Uint8Array) => void) => AsyncIterable<DerivedRow>;
  /** True once the user cancels at once: half-written files are discarded. */
  readonly isCancelled?: (() => boolean) | undefined;
  /** Sees the results before any file is replaced; an error that it throws leaves the previous files. */
  readonly accept?: ((summary: Summary) => void) | undefined;
}

/**
 * Makes the result files from the journal, in plan order, and summarises them. Scores are computed here from stored
 * data: an edited `expected` or another scorer costs nothing. Each file is replaced atomically.
 * @throws InterruptedError if it was cancelled
 */
export async function deriveResults(input: DeriveInput): Promise<Derived> {
  const { rows, isCancelled = () => false, accept } = input;
  const maker = await ResultsMaker.open(input);
  try {
    for await (const row of rows((block) => maker.noteBytes(block))) {
      if (isCancelled()) throw new InterruptedError();
      await maker.add(row);
    }
    return await maker.finish(accept);
  } catch (error) {
    await maker.discard();
    throw error;
  }
}
