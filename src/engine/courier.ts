import type { Completion } from '../core/completion.ts';
import type { CompletionRequest } from '../core/provider.ts';

/** A request that somebody else makes. */
export interface SentCall {
  readonly trialId: string;
  readonly request: CompletionRequest;
  /** The text to embed; null for a completion. */
  readonly text: string | null;
}

/** Has calls to one endpoint made by other processes, which know how to reach it and how long a call may take. */
export interface Courier {
  /** @throws CallError if there was no usable answer, and `cancelled` if the signal aborted before there was any */
  send(call: SentCall, signal: AbortSignal): Promise<Completion>;
  /** How long the last call of a trial took, in milliseconds, without waiting for its turn; call it once. */
  tookMs(trialId: string): number | undefined;
  /** The result of a trial is stored: what was kept of its calls is not needed any more. */
  stored(trialId: string): void;
}
