import { setTimeout as delay } from 'node:timers/promises';
import { type QueuedAnswer, readAnswer } from './protocol.ts';
import { duplicateOf, type QueueRedis } from './redis.ts';

/** Answers read at once. */
const MOST_ENTRIES = 256;
/** How long a read waits on the server, which bounds how long closing takes if the connection is lost. */
const BLOCK_MS = 1000;
const PAUSE_MS = 100;
/** Entries that can go are gathered for so long. */
const REMOVE_MS = 50;

/** What comes of an answer; each is called once a session. */
interface AnswerEvents {
  readonly onAnswer: (answer: QueuedAnswer) => void;
  readonly onUnreadable: () => void;
}

/** The answers of a run's calls, each kept in Redis until its result is stored. */
export class AnswerStream {
  readonly #client: QueueRedis;
  /** A read blocks its connection. */
  readonly #reader: QueueRedis;
  readonly #key: string;
  readonly #events: AnswerEvents;
  /** Ids of entries whose results are not stored, by trial id. */
  readonly #entries = new Map<string, string[]>();
  #last = '0';
  #removing: string[] = [];
  #removal: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(client: QueueRedis, key: string, events: AnswerEvents) {
    this.#client = client;
    this.#reader = duplicateOf(client);
    this.#key = key;
    this.#events = events;
  }

  /** Reads what is there, and from then on what comes. */
  async start(): Promise<void> {
    await this.caughtUp();
    this.#reading = this.#follow();
  }

  /** Resolves when every answer that is there now has been handed on. */
  async caughtUp(): Promise<void> {
    while ((await this.#read(this.#client, null)) > 0) {
      // There may be more.
    }
  }

  /** The result of a trial is stored: its answers are removed. */
  stored(trialId: string): void {
    const entries = this.#entries.get(trialId);
    if (entries === undefined) return;
    this.#entries.delete(trialId);
    if (this.#removing.length === 0) setTimeout(() => this.#remove(), REMOVE_MS);
    this.#removing.push(...entries);
  }

  /** Removes what is stored, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#remove();
    const isConnected = this.#client.status === 'ready';
    if (isConnected) await this.#removal;
    this.#reader.disconnect();
    // A command that was under way when its connection broke never ends once that is given up.
    if (isConnected) await this.#reading;
  }

  #remove(): void {
    const ids = this.#removing;
    if (ids.length === 0) return;
    this.#removing = [];
    // What stays is read again by the next session, which knows the results.
    this.#removal = this.#client.xdel(this.#key, ...ids).catch(() => undefined);
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#read(this.#reader, BLOCK_MS);
      } catch {
        await delay(PAUSE_MS);
      }
    }
  }

  /** @returns the number of entries */
  async #read(client: QueueRedis, blockMs: number | null): Promise<number> {
    const streams = ['STREAMS', this.#key, this.#last] as const;
    const found = await (blockMs === null
      ? client.xread('COUNT', MOST_ENTRIES, ...streams)
      : client.xread('COUNT', MOST_ENTRIES, 'BLOCK', blockMs, ...streams));
    const entries = found?.[0]?.[1] ?? [];
    for (const [id, [, text = '']] of entries) this.#note(id, text);
    return entries.length;
  }

  #note(id: string, text: string): void {
    // Two connections read, each from where the other has come to.
    if (!isAfter(id, this.#last)) return;
    this.#last = id;
    const answer = readAnswer(text);
    if (answer === null) {
      this.#events.onUnreadable();
      return;
    }
    const known = this.#entries.get(answer.trialId);
    if (known === undefined) this.#entries.set(answer.trialId, [id]);
    else known.push(id);
    this.#events.onAnswer(answer);
  }
}

function isAfter(id: string, other: string): boolean {
  const [time = 0, count = 0] = id.split('-').map(Number);
  const [otherTime = 0, otherCount = 0] = other.split('-').map(Number);
  return time > otherTime || (time === otherTime && count > otherCount);
}
