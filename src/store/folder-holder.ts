import { join } from 'node:path';
import { type Owner, stateOf } from '../io/process-owner.ts';
import { lockName } from './folder-lock.ts';
import { readLock } from './lock-file.ts';
import { describePlace } from './lock-refusal.ts';

/** Who writes to a run folder, as far as its lock files show. */
export type FolderHolder =
  /** A process that runs. */
  | { readonly kind: 'alive'; readonly text: string }
  /** One on another machine or in another container: nothing here shows whether it runs. */
  | { readonly kind: 'unseen'; readonly text: string; readonly beatMs: number }
  /** One that is gone and has not released the folder. */
  | { readonly kind: 'gone'; readonly text: string }
  | { readonly kind: 'none' };

/** Reads the lock files of a folder without taking or changing them. */
export async function folderHolder(folder: string): Promise<FolderHolder> {
  let holder: FolderHolder = { kind: 'none' };
  for (let place = 0; ; place++) {
    const seen = await readLock(join(folder, lockName(place)));
    if (seen === undefined) return holder;
    // A file without an owner is being written.
    if (seen.record === null) return { kind: 'alive', text: 'a process' };
    const { owner } = seen.record;
    const state = stateOf(owner);
    if (state === 'alive') return { kind: 'alive', text: processText(owner) };
    if (state === 'unseen') holder = { kind: 'unseen', text: describePlace(owner), beatMs: seen.beatMs };
    else if (holder.kind === 'none') holder = { kind: 'gone', text: processText(owner) };
  }
}

function processText({ pid }: Owner): string {
  return `process ${pid}`;
}
