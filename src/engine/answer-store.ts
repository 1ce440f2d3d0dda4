import type { Completion } from '../core/completion.ts';
import type { Trial } from '../core/trial.ts';
import { RequestKeys } from './request-key.ts';

/** Where answers to earlier requests are found. */
export interface AnswerStore {
  /** The key of a request. @param endpoint the provider's identity */
  key(endpoint: string, trial: Trial): string;
  /** The answer, which the caller may change; null if there is none. */
  get(key: string): Completion | null;
  /** @param at when it was received, ISO 8601 */
  put(key: string, completion: Completion, at: string): void;
}

/** More texts than are compared at a time: what they are compared with is shared by the answers to one row. */
const MOST_KEPT = 1000;

/** The latest answers of a session, in memory: for runs without a response cache. */
export class RecentAnswers implements AnswerStore {
  readonly #keys = new RequestKeys();
  readonly #answers = new Map<string, Completion>();

  key(endpoint: string, trial: Trial): string {
    return this.#keys.of(endpoint, trial);
  }

  get(key: string): Completion | null {
    const found = this.#answers.get(key);
    return found === undefined ? null : { ...found };
  }

  put(key: string, completion: Completion): void {
    this.#answers.set(key, completion);
    if (this.#answers.size <= MOST_KEPT) return;
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      return;
    }
  }
}
