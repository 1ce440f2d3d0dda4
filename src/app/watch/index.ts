import { setTimeout as delay } from 'node:timers/promises';
import { RunFolderError } from '../../core/errors.ts';
import type { RunView } from '../../core/run-view.ts';
import { folderHolder } from '../../store/folder-holder.ts';
import { RunWatch } from './run-watch.ts';

/** Which run is watched, and how. */
interface WatchRequest {
  /** Path of the run folder. */
  readonly folder: string;
  /** True waits for a folder or a run that does not exist yet. */
  readonly waits: boolean;
  /** Between two looks, in milliseconds. */
  readonly pauseMs: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** Called once if there is no run yet. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Looks at a run again and again until it ends; a run that has ended gives one view. Only reads, and takes no lock.
 * @throws RunFolderError if there is no run, unless it waits for one
 */
export async function* watchRun(request: WatchRequest): AsyncGenerator<RunView, void> {
  const watch = await openWatch(request);
  try {
    while (true) {
      const view = await watch.look();
      yield view;
      if (view.ended) return;
      await delay(request.pauseMs);
    }
  } finally {
    await watch.close();
  }
}

async function openWatch({ folder, waits, pauseMs, elapsedMs, onWait }: WatchRequest): Promise<RunWatch> {
  for (let isFirst = true; ; isFirst = false) {
    const watch = await RunWatch.open(folder, elapsedMs);
    if (watch !== null) return watch;
    // A process that holds the folder is about to begin its run.
    if (!waits && (await folderHolder(folder)).kind !== 'alive') {
      throw new RunFolderError(`${folder}: holds no run`, {
        hint: 'name a run folder, such as results/quickstart, or wait for its run with --wait',
      });
    }
    if (isFirst) onWait?.();
    await delay(pauseMs);
  }
}
