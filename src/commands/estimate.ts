import type { CommandModule, Options } from 'yargs';
import type { EstimateFlags, EstimateOutcome } from '../app/estimate/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, explain, give, say } from './context.ts';
import { gridOptions, namedDataset } from './grid-options.ts';
import { keepingRun } from './kept-run.ts';
import { progressEvents } from './progress-events.ts';
import { resumeCommand } from './resume-command.ts';

interface Flags extends CommonFlags, EstimateFlags {
  readonly dataset?: string | undefined;
}

const GROUP = 'Estimate:';

const OWN_OPTIONS = {
  pilot: { describe: 'ask n rows first and learn from their answers; the run does not ask them again' },
  precision: {
    describe: 'ask more rows until the range is ± so much of the total, such as 10%, or tell how many it takes',
  },
  from: { describe: 'learn from the answers in another run folder' },
  rows: { describe: 'scale to so many rows like these' },
  level: { describe: 'share of such ranges that hold the true figure', defaultDescription: '90%' },
  'max-cost': { describe: 'a gate: exit 1 where the high end is above' },
} as const satisfies Readonly<Record<string, Options>>;

const EXACT: Options = { type: 'boolean', group: GROUP, describe: 'count every row, above 100,000 rows too' };

/** `promptgrid estimate <dataset>` */
export function estimateCommand(context: CommandContext): CommandModule<object, Flags> {
  return {
    command: 'estimate [dataset]',
    describe: 'tell tokens, cost and time of a run before it spends anything',
    builder: (yargs) =>
      yargs
        .options({ ...gridOptions(), ...ownOptions() })
        .positional('dataset', { type: 'string', describe: 'CSV or JSONL file; - is standard input' }),
    handler: (flags) => handle(context, flags),
  };
}

function ownOptions(): Readonly<Record<string, Options>> {
  const shared = { type: 'string', group: GROUP, requiresArg: true } as const;
  const valued = Object.entries<Options>(OWN_OPTIONS).map(([name, own]) => [name, { ...shared, ...own }] as const);
  return { ...Object.fromEntries(valued), exact: EXACT };
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { resolveFlags } = await import('../app/config/from-flags.ts');
  const { executeEstimate, estimateDocument, readEstimateOptions } = await import('../app/estimate/index.ts');
  const { runEnvironment } = await import('../app/run/index.ts');
  const { createProgress, renderEstimate } = await import('../reporters/index.ts');
  const options = readEstimateOptions(flags);
  const dataset = namedDataset(flags.dataset, context.words);
  const config = await resolveFlags({ ...flags, dataset }, context);
  const { control, stdin, stderr, elapsedMs, stateFolder } = context;
  const progress = createProgress({ stream: stderr, isQuiet: flags.quiet === true, elapsedMs });
  const events = progressEvents(context, flags, progress);
  try {
    await keepingRun(context, config.output.folder, async () => {
      const outcome = await executeEstimate(config, options, runEnvironment({ control, stdin, events, stateFolder }));
      progress.stop();
      const { estimate } = outcome;
      give(context, flags, { document: estimateDocument(estimate), text: renderEstimate(outcome, context.colors) });
      await conclude(context, flags, outcome);
    });
  } finally {
    progress.stop();
  }
}

async function conclude(
  context: CommandContext,
  flags: Flags,
  { estimate, pilot, simulated }: EstimateOutcome,
): Promise<void> {
  const { checkMaxCost, readEstimateOptions } = await import('../app/estimate/index.ts');
  if (simulated) say(context, flags, 'simulated: prices and answers are the embedded gateway’s, not those of models');
  if (pilot !== null && pilot.stoppedBecause !== null) {
    explain(context, oneLine(`the pilot stopped: ${pilot.stoppedBecause}`));
  }
  if (pilot !== null) {
    const resume = `resume with: ${resumeCommand(runWords(context.words), pilot.folder)}`;
    if (pilot.stoppedBecause === null) say(context, flags, resume);
    else explain(context, resume);
  }
  context.end(pilotStatus(pilot));
  const { maxCost } = readEstimateOptions(flags);
  if (maxCost === null) return;
  const { passed, why } = checkMaxCost(estimate, maxCost);
  if (passed) return say(context, flags, why);
  explain(context, `gate failed: ${why}`);
  context.end(1);
}

function pilotStatus(pilot: EstimateOutcome['pilot']): ExitStatus {
  if (pilot === null || pilot.stopped === null) return 0;
  return pilot.stopped.kind === 'interrupted' ? 130 : 4;
}

/** The words of the run that the estimate is of. */
function runWords(words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const [name] = word.replace(/^--/, '').split('=');
    const isOwn =
      word.startsWith('--') && (name === 'exact' || (name !== undefined && Object.hasOwn(OWN_OPTIONS, name)));
    if (!isOwn) kept.push(word);
    else if (name !== 'exact' && !word.includes('=')) index += 1;
  }
  const at = kept.indexOf('estimate');
  return kept.filter((word) => word !== '--json').map((word, index) => (index === at ? 'run' : word));
}
