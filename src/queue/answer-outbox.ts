import { runKeys } from './keys.ts';
import type { QueueRedis } from './redis.ts';

/** An answer that is on its way to its planner. */
export interface OwedAnswer {
  readonly run: string;
  /** Id of the job that the call is of. */
  readonly job: string;
  readonly trialId: string;
  /** As `answerText` writes it. */
  readonly text: string;
}

interface OutboxEvents {
  /** Redis has them, or the calls were answered by somebody else; `dropped` counts the latter. */
  readonly onDelivered: (answers: readonly OwedAnswer[], dropped: number) => void;
  /** Redis does not take them now. They are kept, and sent again. */
  readonly onRefused: (reason: string) => void;
}

/** Answers that one command stores; a script holds everybody else up while it runs. */
const MOST_ANSWERS = 128;
const AGAIN_MS = 1000;
/** Answers are gathered for so long: a command costs more than an answer in it. */
const GATHER_MS = 5;

/** Delivers answers: those that come within 5 ms together, each until Redis has it. */
export class AnswerOutbox {
  readonly #redis: QueueRedis;
  readonly #events: OutboxEvents;
  readonly #fresh: OwedAnswer[] = [];
  readonly #owed = new Set<OwedAnswer>();
  readonly #idle: (() => void)[] = [];

  constructor(redis: QueueRedis, events: OutboxEvents) {
    this.#redis = redis;
    this.#events = events;
  }

  /** What Redis does not have yet, as far as is known. */
  get owed(): readonly OwedAnswer[] {
    return [...this.#owed];
  }

  add(answer: OwedAnswer): void {
    this.#owed.add(answer);
    if (this.#fresh.push(answer) === 1) setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** Resolves once nothing is owed. */
  async empty(): Promise<void> {
    if (this.#owed.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #flush(): void {
    const byRun = new Map<string, OwedAnswer[]>();
    for (const answer of this.#fresh.splice(0)) {
      const ofRun = byRun.get(answer.run);
      if (ofRun === undefined) byRun.set(answer.run, [answer]);
      else ofRun.push(answer);
    }
    for (const [run, answers] of byRun) {
      for (let at = 0; at < answers.length; at += MOST_ANSWERS)
        void this.#send(run, answers.slice(at, at + MOST_ANSWERS));
    }
  }

  async #send(run: string, answers: readonly OwedAnswer[]): Promise<void> {
    const keys = runKeys(run);
    const words = answers.flatMap(({ job, trialId, text }) => [job, trialId, text]);
    try {
      const stored = await this.#redis.pgAnswer(keys.calls, keys.begun, keys.answers, ...words);
      for (const answer of answers) this.#owed.delete(answer);
      this.#events.onDelivered(answers, answers.length - stored);
      if (this.#owed.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    } catch (error) {
      // Where the connection was given up, they stay owed.
      if (this.#redis.status === 'end') return;
      this.#events.onRefused(error instanceof Error ? error.message : String(error));
      setTimeout(() => void this.#send(run, answers), AGAIN_MS).unref();
    }
  }
}
