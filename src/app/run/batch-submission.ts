import type { BatchInput } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import type { Batches } from '../../core/provider.ts';
import type { RunControl } from '../../engine/control.ts';
import type { Clock } from '../../io/clock.ts';
import type { FoundBatch } from './batch-recovery.ts';

/** How a batch is created. */
interface Submission {
  readonly batches: Batches;
  readonly clock: Clock;
  readonly control: RunControl;
  /** Makes a call that the user can end. */
  readonly ask: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Finds the batch among those of the account, after a call without an answer. */
  readonly find: () => Promise<FoundBatch | null>;
}

/** What became of the creation of a batch. */
type Created =
  | { readonly kind: 'created'; readonly id: string; readonly isProven: boolean }
  | { readonly kind: 'refused'; readonly error: CallError }
  /** It was never asked for: its requests could not be uploaded. */
  | { readonly kind: 'unsent'; readonly error: CallError }
  /** No answer, and it cannot be found out now. */
  | { readonly kind: 'unknown'; readonly error: CallError };

const NEVER_CREATED: FoundBatch = { id: null, isProven: true };
const MOST_ATTEMPTS = 4;
const PAUSE_MS = 1000;

/**
 * Creates a batch, and never twice: after a call without an answer, the batch is looked for before it is created again.
 */
export async function createBatch(input: BatchInput, submission: Submission): Promise<Created> {
  const { batches, clock, control, ask, find } = submission;
  for (let attempts = 1; ; attempts++) {
    let error: CallError;
    try {
      const { id } = await ask((signal) => batches.submit(input, signal));
      return { kind: 'created', id, isProven: true };
    } catch (cause) {
      if (!(cause instanceof CallError)) throw cause;
      error = cause;
    }
    if (isRefusal(error)) return { kind: 'refused', error };
    const open = { kind: error.isUnsent ? 'unsent' : 'unknown', error } as const;
    if (attempts >= MOST_ATTEMPTS || control.isDraining) return open;
    await clock.sleep(PAUSE_MS * attempts, control.draining);
    const found = error.isUnsent ? NEVER_CREATED : await find().catch(whyNot);
    if (found === null || control.isDraining) return open;
    if (found.id !== null) return { kind: 'created', id: found.id, isProven: found.isProven };
  }
}

/** Statuses of a body that nobody read, whoever answers: too large, of a wrong kind or length. */
const UNREAD_BODY: ReadonlySet<number> = new Set([411, 413, 414, 415, 431]);

/** True if the API has answered that it takes no such batch, or a server before it does not let its requests pass. */
function isRefusal({ httpStatus, isApiError, isUnsent }: CallError): boolean {
  if (httpStatus === undefined || httpStatus < 400 || httpStatus >= 500 || httpStatus === 408) return false;
  return isApiError || isUnsent || UNREAD_BODY.has(httpStatus);
}

/** If the list cannot be read either, nothing is known. */
function whyNot(error: unknown): null {
  if (error instanceof CallError) return null;
  throw error;
}
