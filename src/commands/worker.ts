import type { WorkerReport } from '../app/worker/index.ts';
import { UsageError } from '../core/errors.ts';
import type { OptionTable } from '../core/option-spec.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, explain, give, say } from './context.ts';

const QUEUE_VARIABLE = 'PROMPTGRID_QUEUE';
const DEFAULTS = { concurrency: 32, lock: 30, stopAfterWait: 60 };

const OPTIONS = {
  queue: {
    kind: 'string',
    group: 'Flags',
    placeholder: '<redis://…>',
    describe: 'Redis of the queue',
    defaultText: QUEUE_VARIABLE,
  },
  concurrency: {
    kind: 'integer',
    group: 'Flags',
    min: 1,
    max: 10_000,
    describe: 'maximum number of calls in flight',
    defaultText: `${DEFAULTS.concurrency}`,
  },
  trustQueue: {
    kind: 'boolean',
    group: 'Flags',
    describe: "send this worker's keys to any address that a run names",
  },
  lock: {
    kind: 'integer',
    group: 'Flags',
    placeholder: '<s>',
    min: 1,
    max: 3600,
    describe: "seconds after which a dead worker's calls are taken over",
    defaultText: `${DEFAULTS.lock}`,
  },
  untilIdle: {
    kind: 'number',
    group: 'Flags',
    placeholder: '<s>',
    min: 0,
    max: 2_000_000,
    describe: 'end after so many seconds without a call',
    defaultText: 'never',
  },
  stopAfterWait: {
    kind: 'number',
    group: 'Flags',
    placeholder: '<s>',
    min: 0,
    max: 2_000_000,
    describe: 'end if Redis is away for so many seconds',
    defaultText: `${DEFAULTS.stopAfterWait}`,
  },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof OPTIONS>;

/** `promptgrid worker` */
export function workerCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'worker',
      group: 'Run',
      summary: 'make calls of runs that use --queue, with the keys of this machine',
      options: OPTIONS,
      examples: ['worker --queue redis://host:6379', 'worker --queue redis://host:6379 --until-idle 60'],
    },
    (flags) => work(context, flags),
  );
}

async function work(context: CommandContext, flags: Flags): Promise<void> {
  const queue = flags.queue ?? context.env[QUEUE_VARIABLE];
  if (queue === undefined) {
    throw new UsageError('--queue is missing: where does this worker take calls from?', {
      hint: `give --queue redis://host:6379, or put the address into the variable ${QUEUE_VARIABLE}`,
    });
  }
  const { runWorker } = await import('../app/worker/index.ts');
  const { renderWorker } = await import('../reporters/index.ts');
  const { control, env, projectVariables, stateFolder, clock } = context;
  const report = await control.stoppable(() =>
    runWorker(
      {
        queue,
        concurrency: flags.concurrency ?? DEFAULTS.concurrency,
        lockS: flags.lock ?? DEFAULTS.lock,
        untilIdleS: flags.untilIdle,
        stopAfterWaitS: flags.stopAfterWait ?? DEFAULTS.stopAfterWait,
        trustsQueue: flags.trustQueue === true,
      },
      {
        variables: { env, projectVariables },
        control,
        stateFolder,
        clock,
        onNotice: (text) => say(context, flags, text),
      },
    ),
  );
  say(context, flags, renderWorker(report));
  if (flags.json === true) give(context, flags, { document: documentOf(report), text: '' });
  conclude(context, report);
}

function conclude(context: CommandContext, report: WorkerReport): void {
  const { queue, undelivered, undeliveredFile, ended } = report;
  if (ended === 'redis_gone') explain(context, `${queue}: Redis did not come back`);
  if (undelivered > 0) {
    const where = undeliveredFile === null ? 'lost, as there is no state folder' : `kept in ${undeliveredFile}`;
    explain(context, `${undelivered} answers could not be delivered and are ${where}`);
    if (undeliveredFile !== null) explain(context, 'start a worker with the same queue here: it delivers them first');
  }
  if (ended === 'redis_gone' || undelivered > 0) context.end(4);
  else if (context.signalled() === 'SIGINT') context.end(130);
}

/** The report as it is printed with `--json`. */
function documentOf({ durationMs, undeliveredFile, ...report }: WorkerReport): object {
  return { ...report, undelivered_file: undeliveredFile, duration_ms: Math.round(durationMs) };
}
