/**
 * The BullMQ queue of jobs; each lists calls of one run. Planners and workers of another version have another one, so
 * that none gets what it cannot read.
 * @param version of promptgrid
 */
export function queueName(version: string): string {
  return `calls-${version}`;
}

/** Start of the names of BullMQ's keys. */
export const QUEUE_PREFIX = 'promptgrid';

/** Sorted set of the workers that are connected, by the time when they last said so. */
export const WORKERS_KEY = `${QUEUE_PREFIX}:workers`;

/** The same of the runs whose planners are connected. */
export const PLANNERS_KEY = `${QUEUE_PREFIX}:planners`;

/** String that expires: the worker with that id lives. */
export function lifeKey(id: string): string {
  return `${QUEUE_PREFIX}:worker:${id}`;
}

/** What a run keeps in Redis. */
export interface RunKeys {
  /** String: what workers need to know of the run, see `RunSheet`. */
  readonly sheet: string;
  /** String that expires: the token of the planner that owns the run. */
  readonly planner: string;
  /** Hash by trial id: calls without an answer, as `callText` writes them. */
  readonly calls: string;
  /** Hash by trial id: who has begun the call, see `TakenCall`. */
  readonly begun: string;
  /** Stream: answers that the planner has not stored yet. */
  readonly answers: string;
}

/** The keys of a run. @param run its id */
export function runKeys(run: string): RunKeys {
  const base = `${QUEUE_PREFIX}:run:${run}`;
  return {
    sheet: base,
    planner: `${base}:planner`,
    calls: `${base}:calls`,
    begun: `${base}:begun`,
    answers: `${base}:answers`,
  };
}

/** How long what a run left in Redis is kept for its planner to come back, in seconds. */
export const KEPT_S = 30 * 86_400;

/** How long somebody who has said so counts as connected, in milliseconds. */
export const PRESENT_MS = 15_000;
