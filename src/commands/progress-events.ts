import type { RunEvents } from '../app/run/index.ts';
import type { createProgress } from '../reporters/index.ts';
import { type CommandContext, type CommonFlags, say } from './context.ts';
import { trustEvents } from './trust-events.ts';

type Progress = ReturnType<typeof createProgress>;

/** What a command shows while it makes calls: warnings, progress, and what it waits for. */
export function progressEvents(context: CommandContext, flags: CommonFlags, progress: Progress): RunEvents {
  return {
    ...trustEvents(context, flags),
    onStart: ({ trials, alreadyDone }) => progress.start(trials, alreadyDone),
    onResult: (result) => progress.add(result),
    onPause: ({ pauseMs, reason }) => progress.pause({ untilMs: context.elapsedMs() + pauseMs, reason }),
    onJudging: (answers) => {
      progress.stop();
      say(context, flags, 'judging the answers');
      progress.start(answers, 0);
    },
    onJudged: (asked) => progress.addJudged(asked),
    onWriting: () => progress.stop(),
  };
}
