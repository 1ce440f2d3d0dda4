import type { BatchProgress, RunEvents } from '../app/run/index.ts';
import { formatCount } from '../reporters/format.ts';
import type { createProgress } from '../reporters/index.ts';
import { type CommandContext, type CommonFlags, say } from './context.ts';
import { trustEvents } from './trust-events.ts';

type Progress = ReturnType<typeof createProgress>;

/** What a command shows while it makes calls: warnings, progress, and what it waits for. */
export function progressEvents(context: CommandContext, flags: CommonFlags, progress: Progress): RunEvents {
  const shown = new Map<string, string>();
  return {
    ...trustEvents(context, flags),
    onStart: ({ trials, alreadyDone }) => progress.start(trials, alreadyDone),
    onResult: (result) => progress.add(result),
    onPause: ({ pauseMs, reason }) => progress.pause({ untilMs: context.elapsedMs() + pauseMs, reason }),
    onBatches: (batches) => {
      const line = describeBatches(batches);
      if (line === shown.get(batches.provider)) return;
      shown.set(batches.provider, line);
      progress.stop();
      say(context, flags, line);
    },
    onJudging: (answers) => {
      progress.stop();
      say(context, flags, 'judging the answers');
      progress.start(answers, 0);
    },
    onJudged: (asked) => progress.addJudged(asked),
    onWriting: () => progress.stop(),
  };
}

/** `openai: requests done: 1,200 of 2,000 in 2 batches` */
function describeBatches({ provider, batches, requests, done }: BatchProgress): string {
  const where = batches === 1 ? 'a batch' : `${formatCount(batches)} batches`;
  return `${provider}: requests done: ${formatCount(done)} of ${formatCount(requests)} in ${where}`;
}
