import type { CallError } from '../core/call-error.ts';
import type { Variant } from '../core/variant.ts';

/** This many equal refusals without an answer in between end a variant's calls. */
export const EQUAL_REFUSALS = 5;
/** Number of reasons tracked at a time; a server that gives a new reason each time is not refusing equally. */
const MOST_REASONS = 1000;

/**
 * Controls when the trials of a variant may make calls. Until one is answered, it admits so few that at most
 * `EQUAL_REFUSALS` calls are made if all are refused for the same reason. After the first answer it admits all.
 * `EQUAL_REFUSALS` equal refusals without an answer in between close it permanently.
 */
export class VariantDoor {
  readonly variant: Variant;
  readonly #onClosed: (door: VariantDoor) => void;
  #hasAnswered = false;
  #closedBy: CallError | null = null;
  /** Admitted trials that have not left. Not counted after the first answer. */
  #inside = 0;
  /** Refusals since the last answer, by reason. */
  readonly #refusals = new Map<string, number>();
  /** Count of the most frequent reason. */
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

  /** True if no trial has to wait: a call was answered, and the door is not closed. */
  get isOpen(): boolean {
    return this.#hasAnswered && this.#closedBy === null;
  }

  /** What closed it; null if it is open. */
  get closedBy(): CallError | null {
    return this.#closedBy;
  }

  /** Waits for admission, which must be followed by one `leave`. @returns false if the trial must stay open */
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

  /** Records that an admitted trial has ended, with any outcome. */
  leave(): void {
    this.#inside -= 1;
    this.#letIn();
  }

  /** Records that a call of the variant was answered. */
  answered(): void {
    if (this.#hasAnswered && this.#mostRefusals === 0) return;
    this.#hasAnswered = true;
    this.#mostRefusals = 0;
    this.#refusals.clear();
    this.#letIn();
  }

  /** Records that a trial failed with a refusal that every other one may meet too. */
  refused(error: CallError): void {
    if (this.#refusals.size >= MOST_REASONS) this.#refusals.clear();
    const reason = foldedReason(error);
    const count = (this.#refusals.get(reason) ?? 0) + 1;
    this.#refusals.set(reason, count);
    this.#mostRefusals = Math.max(this.#mostRefusals, count);
    if (count >= EQUAL_REFUSALS) this.close(error);
  }

  /** Admits no more trials. */
  close(error: CallError): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = error;
    this.dismiss();
    this.#onClosed(this);
  }

  /** Turns waiting trials away. */
  dismiss(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }

  /** The admitted trials may all be refused like those before them. */
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

/** Kind and reason of a refusal without parts that vary from call to call: numbers, ids, quoted words. */
export function foldedReason({ kind, message }: CallError): string {
  const reason = message
    .slice(0, LONGEST_REASON)
    .replace(/(["'`])[^"'`]{0,200}\1/g, '$1$1')
    .replace(/[\p{L}\p{N}_-]*\p{N}[\p{L}\p{N}_-]*/gu, '#');
  return `${kind} ${reason}`;
}
