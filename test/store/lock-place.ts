import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from '../support/http-server.ts';
import { LockHolder } from './lock-holder.ts';

/** A folder that may be locked, and other processes that may hold its lock. */
export interface LockPlace {
  readonly folder: string;
  /** Starts another process. @param within a command that starts it in its own way */
  readonly startOther: (within?: readonly string[]) => Promise<LockHolder>;
  /** Writes a lock file of this owner. */
  readonly writeLock: (owner: object) => Promise<void>;
}

/** Makes one; folder and processes are gone after the test. */
export async function lockPlace({ onTestFinished }: Ending): Promise<LockPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-lock-'));
  const others: LockHolder[] = [];
  onTestFinished(async () => {
    await Promise.all(others.map((other) => other.kill()));
    await rm(folder, { recursive: true });
  });
  return {
    folder,
    startOther: async (within = []) => {
      const other = await LockHolder.start(within);
      others.push(other);
      return other;
    },
    writeLock: (owner) => writeFile(join(folder, 'run.lock'), JSON.stringify(owner)),
  };
}
