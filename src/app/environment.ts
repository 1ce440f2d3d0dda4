import type { Readable } from 'node:stream';
import { RunControl } from '../engine/control.ts';
import { type Clock, systemClock } from '../io/clock.ts';
import type { RunEvents } from './events.ts';

export { RunControl };

/** External inputs of a run. */
export interface RunEnvironment {
  readonly control: RunControl;
  readonly events: RunEvents;
  /** The input if the dataset is `-`. */
  readonly stdin: Readable;
  readonly clock: Clock;
  /** From 0 to 1, excluding 1. */
  readonly random: () => number;
  /** Folder of the state that this user's runs share on this machine; null shares nothing. */
  readonly stateFolder: string | null;
}

/** A run environment of this process; each part can be replaced. */
export function runEnvironment(parts: Partial<RunEnvironment>): RunEnvironment {
  const { stdin } = process;
  return {
    control: new RunControl(),
    events: {},
    stdin,
    clock: systemClock,
    random: Math.random,
    stateFolder: null,
    ...parts,
  };
}
