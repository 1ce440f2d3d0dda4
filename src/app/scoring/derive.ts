import { InterruptedError } from '../../core/errors.ts';
import type { Summary } from '../../core/summary.ts';
import type { DerivedRow } from '../../store/stored-rows.ts';
import { Derivation, type DerivationInput, type Derived } from './derivation.ts';

interface DeriveInput extends DerivationInput {
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
  const derivation = await Derivation.open(input);
  try {
    for await (const row of rows((block) => derivation.noteBytes(block))) {
      if (isCancelled()) throw new InterruptedError();
      await derivation.add(row);
    }
    return await derivation.finish(accept);
  } catch (error) {
    await derivation.discard();
    throw error;
  }
}
