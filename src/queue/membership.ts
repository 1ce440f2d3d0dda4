import { setTimeout as delay } from 'node:timers/promises';
import { QueueError } from '../core/errors.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import { type Owner, ownerOf, parseOwner, stateOf } from '../io/process-owner.ts';
import { ConnectionWatch } from './connection-watch.ts';
import { PLANNERS_KEY, PRESENT_MS, WORKERS_KEY } from './keys.ts';
import { type Participant, participantText, readParticipant } from './protocol.ts';
import type { QueueRedis, RedisAddress } from './redis.ts';

/** How a planner keeps its run. */
export interface MembershipSettings {
  readonly address: RedisAddress;
  /** Name of the run's lock. */
  readonly lock: string;
  readonly me: Participant;
  /** How long Redis may be away, in milliseconds. */
  readonly awayMs: number;
  /** True while calls wait for their answers. */
  readonly isWaiting: () => boolean;
  /** The lock was gone, and was taken again: what the run has in Redis may be gone too. */
  readonly onRegained: () => void;
  /** One line. */
  readonly onWarning: (text: string) => void;
  /** The run is not ours any more, or Redis is gone. */
  readonly onLost: (error: QueueError) => void;
}

const LOCK_MS = 15_000;
const RENEW_MS = 5000;
const LOOK_AGAIN_MS = 250;
/** What `pgLock` returns, besides 1 for a lock that was ours already. */
const HELD_BY_OTHER = 0;
const TAKEN_NOW = 2;

/** Holds a run's lock for its planner, says that it is connected, and notices when no worker is. */
export class Membership {
  readonly #client: QueueRedis;
  readonly #settings: MembershipSettings;
  readonly #token: string;
  readonly #watch: ConnectionWatch;
  #renewing: NodeJS.Timeout | null = null;
  #renewal: Promise<void> | null = null;
  #hasWorkers = true;

  constructor(client: QueueRedis, settings: MembershipSettings) {
    this.#client = client;
    this.#settings = settings;
    this.#token = JSON.stringify({ ...ownerOf(settings.me.pid), planner: settings.me.id });
    this.#watch = new ConnectionWatch(client, {
      ...settings,
      onNotice: settings.onWarning,
      onBack: () => void this.#renew().catch(() => undefined),
    });
  }

  /** Takes the lock. @throws QueueError if another planner holds it */
  async join(): Promise<void> {
    await this.#lock();
    this.#renewing = setInterval(() => void this.#renew().catch(() => undefined), RENEW_MS);
    this.#watch.start();
    this.#watch.gone.addEventListener('abort', () => this.#settings.onLost(this.#away()), { once: true });
  }

  /** Warns if no worker can make the run's calls. */
  async lookForWorkers(): Promise<void> {
    const { me, address, isWaiting, onWarning } = this.#settings;
    const texts = await this.#client.pgAnnounce(PLANNERS_KEY, WORKERS_KEY, participantText(me), PRESENT_MS);
    const versions = texts.flatMap((text) => readParticipant(text)?.version ?? []);
    const hadWorkers = this.#hasWorkers;
    this.#hasWorkers = versions.includes(me.version);
    if (this.#hasWorkers || !hadWorkers || !isWaiting()) {
      this.#hasWorkers ||= !isWaiting();
      return;
    }
    const others = [...new Set(versions)].join(', ');
    const why =
      others === ''
        ? 'no worker is connected'
        : `all workers have another version of promptgrid (${others}, not ${me.version})`;
    onWarning(`${why}: the calls wait; start one with: promptgrid worker --queue ${address.shown}`);
  }

  /** Gives the lock back. */
  async close(): Promise<void> {
    if (this.#renewing !== null) clearInterval(this.#renewing);
    this.#watch.stop();
    const { lock, me } = this.#settings;
    if (this.#client.status !== 'ready') return;
    await this.#client.pgUnlock(lock, this.#token).catch(() => undefined);
    await this.#client.zrem(PLANNERS_KEY, participantText(me)).catch(() => undefined);
  }

  async #lock(): Promise<void> {
    const { lock, onWarning } = this.#settings;
    let leftMs = Number.POSITIVE_INFINITY;
    for (;;) {
      if ((await this.#client.pgLock(lock, this.#token, LOCK_MS)) !== HELD_BY_OTHER) return;
      const [held, ttlMs] = await Promise.all([this.#client.get(lock), this.#client.pttl(lock)]);
      const owner = readOwner(held);
      const state = owner === null ? 'unseen' : stateOf(owner);
      if (state === 'dead' && held !== null) await this.#client.pgUnlock(lock, held);
      else if (state === 'alive' || ttlMs > leftMs) throw this.#taken(owner);
      else {
        if (leftMs === Number.POSITIVE_INFINITY)
          onWarning(`waiting to see whether ${nameOf(owner)} still plans this run`);
        leftMs = ttlMs;
        await delay(LOOK_AGAIN_MS);
      }
    }
  }

  #taken(owner: Owner | null): QueueError {
    return new QueueError(`${nameOf(owner)} plans this run already, with the same queue`, {
      hint: 'wait for it, or end it; to help it, start workers: promptgrid worker --queue <address>',
    });
  }

  /** One at a time: while Redis does not answer, one waits for it. */
  #renew(): Promise<void> {
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewOnce(): Promise<void> {
    if (this.#watch.isAway) return;
    const { lock, onLost, onRegained } = this.#settings;
    const held = await this.#watch.answered(this.#client.pgLock(lock, this.#token, LOCK_MS));
    // It may have expired while Redis was away or this process was stopped, or been removed with everything else.
    if (held === HELD_BY_OTHER) onLost(this.#taken(readOwner(await this.#client.get(lock))));
    // Workers too must say anew that they are there.
    if (held === TAKEN_NOW) onRegained();
    else await this.lookForWorkers();
  }

  #away(): QueueError {
    const { address, awayMs } = this.#settings;
    return new QueueError(`${address.shown}: Redis was away for ${awayMs / 1000} s`, {
      hint: 'start Redis, then run the same command again: what workers have answered waits there',
    });
  }
}

function readOwner(text: string | null): Owner | null {
  const value = text === null ? undefined : parseJson(text);
  return isJsonObject(value) ? parseOwner(value) : null;
}

function nameOf(owner: Owner | null): string {
  return owner === null ? 'another process' : `the process ${owner.pid} on ${owner.host}`;
}
