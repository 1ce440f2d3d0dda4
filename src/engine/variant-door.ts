import type { CallError } from '../core/call-error.ts';
import type { Variant } from '../core/variant.ts';

/** So many equal refusals without an answer between end a variant's calls. */
export const EQUAL_REFUSALS = 5;
/** Reasons that are told apart at a time; a server that gives a new one each time is not refusing equally. */
const MOST_REASONS = 1000;

/**
 * Lets the trials of a variant to their calls. Until one is answered, so few are let in that, if all are refused for
 * the same reason, no more than `EQUAL_REFUSALS` calls are made; from the first answer on, all are. As many equal
 * refusals without an answer between close it for good.
 */
export class VariantDoor {
  readonly variant: Variant;
  readonly #onClosed: (door: VariantDoor) => void;
  #hasAnswered = false;
  #closedBy: CallError | null = null;
  /** Trials let in that have not left. Not counted after the first answer. */
  #inside = 0;
  /** Refusals since the last answer, by their reasons. */
  readonly #refusals = new Map<string, number>();
  /** Of the most frequent reason. */
  #mostRefusals = 0;
  readonly #waiting: ((isLetIn: boolean) => void)[] = [];

  constructor(variant: Variant, onClosed: (door: VariantDoor) => void) {
    this.variant = variant;
    this.#onClosed = onClosed;
  }

  /** True once a call was answered. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** True where nobody need wait: a call was answered, and the door is not closed. */
  get isOpen(): boolean {
    return this.#hasAnswered && this.#closedBy === null;
  }

  /** What closed it; null while it is not closed. */
  get closedBy(): CallError | null {
    return this.#closedBy;
  }

  /** Waits to be let in, which is to be followed by one `leave`. @returns false where the trial is to stay open */
  enter(): Promise<boolean> {
    if (this.#closedBy !== null) return Promise.resolve(false);
    if (this.#hasAnswered || this.#hasRoom()) {
      this.#inside += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** A trial that was let in has come to its end, whichever that is. */
  leave(): void {
    this.#inside -= 1;
    this.#letIn();
  }

  /** A call of the variant was answered. */
  answered(): void {
    if (this.#hasAnswered && this.#mostRefusals === 0) return;
    this.#hasAnswered = true;
    this.#mostRefusals = 0;
    this.#refusals.clear();
    this.#letIn();
  }

  /** A trial has failed with a refusal that every other one may meet too. */
  refused(error: CallError): void {
    if (this.#refusals.size >= MOST_REASONS) this.#refusals.clear();
    const reason = foldedReason(error);
    const count = (this.#refusals.get(reason) ?? 0) + 1;
    this.#refusals.set(reason, count);
    this.#mostRefusals = Math.max(this.#mostRefusals, count);
    if (count >= EQUAL_REFUSALS) this.close(error);
  }

  /** Lets nobody in any more. */
  close(error: CallError): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = error;
    this.dismiss();
    this.#onClosed(this);
  }

  /** Sends those who wait away. */
  dismiss(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }

  /** Those inside may all be refused like those before them. */
  #hasRoom(): boolean {
    return this.#inside + this.#mostRefusals < EQUAL_REFUSALS;
  }

  #letIn(): void {
    while (this.#waiting.length > 0 && (this.#hasAnswered || this.#hasRoom())) {
      this.#inside += 1;
      this.#waiting.shift()?.(true);
    }
  }
}

const LONGEST_REASON = 300;

/** A refusal's kind and reason without what differs from call to call: numbers, ids, quoted words. */
export function foldedReason({ kind, message }: CallError): string {
  const reason = message
    .slice(0, LONGEST_REASON)
    .replace(/(["'`])[^"'`]{0,200}\1/g, '$1$1')
    .replace(/[\p{L}\p{N}_-]*\p{N}[\p{L}\p{N}_-]*/gu, '#');
  return `${kind} ${reason}`;
}
