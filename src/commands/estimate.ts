import type { EstimateFlags, EstimateOutcome } from '../app/estimate/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { showsCeilings } from './ceilings.ts';
import { type Command, DATASET_ARGUMENT, defineCommand, type Flag } from './command.ts';
import { type CommandContext, type CommonFlags, explain, give, say } from './context.ts';
import { gridOptions, namedDataset } from './grid-options.ts';
import { keepingRun } from './kept-run.ts';
import { progressEvents } from './progress-events.ts';
import { resumeCommand } from './resume-command.ts';

interface Flags extends CommonFlags, EstimateFlags {
  readonly dataset?: string | undefined;
}

const GROUP = 'Estimate';

const OWN_OPTIONS = {
  pilot: {
    placeholder: '<n>',
    describe: 'run n rows first and learn from their answers; the run does not repeat them',
  },
  precision: {
    placeholder: '<share>',
    describe: 'run more rows until the range is ± this share of the total, such as 10%, or say how many it takes',
  },
  from: { placeholder: '<run>', describe: 'learn from the answers of another run folder' },
  rows: { placeholder: '<n>', describe: 'scale the estimate to so many rows like these' },
  level: {
    placeholder: '<share>',
    describe: 'share of ranges that contain the actual figure',
    defaultDescription: '90%',
  },
  'max-cost': { placeholder: '<amount>', describe: 'gate: exit 1 if the high end is above' },
} as const satisfies Readonly<Record<string, Flag>>;

const EXACT: Flag = { type: 'boolean', group: GROUP, describe: 'count every row, even above 100,000 rows' };

/** `promptgrid estimate <dataset>` */
export function estimateCommand(context: CommandContext): Command<Flags> {
  return defineCommand(
    {
      usage: 'estimate [dataset]',
      group: 'Run',
      summary: 'show tokens, cost and time of a run before it spends anything',
      arguments: DATASET_ARGUMENT,
      flags: { ...ownFlags(), ...gridOptions() },
      examples: [
        'estimate rows.csv -m gpt-4o,gpt-4o-mini --max-tokens 200',
        'estimate rows.csv -m gpt-4o --pilot 20',
        'estimate rows.csv -m gpt-4o --pilot 20 --rows 20000 --max-cost 500',
      ],
    },
    (flags) => handle(context, flags),
  );
}

function ownFlags(): Readonly<Record<string, Flag>> {
  const shared = { type: 'string', group: GROUP, requiresArg: true } as const;
  const valued = Object.entries<Flag>(OWN_OPTIONS).map(([name, own]): [string, Flag] => [name, { ...shared, ...own }]);
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
      const shown = { ...outcome, showsCeilings: options.maxCost !== null || showsCeilings(config) };
      give(context, flags, { document: estimateDocument(estimate), text: renderEstimate(shown, context.colors) });
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
    const resume = `resume with: ${resumeCommand({ ...context, words: runWords(context.words) }, pilot.folder)}`;
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
