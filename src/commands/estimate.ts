import { GRID_OPTIONS } from '../app/config/options.ts';
import type { EstimateOutcome } from '../app/estimate/index.ts';
import { ESTIMATE_OPTIONS } from '../app/forecast/options.ts';
import type { RunEvents } from '../app/run/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { flagName, type OptionSpec, type OptionTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { showsCeilings } from './ceilings.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, explain, give, say, widthOf } from './context.ts';
import { keepingRun } from './kept-run.ts';
import { progressEvents } from './progress-events.ts';
import { budgetLine, CORRECT_ADDRESS, resumeCommand } from './resume-command.ts';
import { CONFIG_OPTION, DATASET_ARGUMENT } from './shared-options.ts';

const OPTIONS = { ...ESTIMATE_OPTIONS, ...GRID_OPTIONS, ...CONFIG_OPTION } as const satisfies OptionTable;

type Flags = FlagsOf<typeof DATASET_ARGUMENT & typeof OPTIONS>;

/** `promptgrid estimate <dataset..>` */
export function estimateCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'estimate [dataset..]',
      group: 'Run',
      summary: 'show tokens, cost and time of a run before it spends anything',
      arguments: DATASET_ARGUMENT,
      options: OPTIONS,
      examples: [
        'estimate rows.csv -m gpt-4o,gpt-4o-mini --max-tokens 200',
        'estimate rows.csv -m gpt-4o --pilot 20',
        'estimate rows.csv -m gpt-4o --pilot 20 --rows 20000 --max-cost 500',
      ],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { resolveFlags } = await import('../app/config/from-flags.ts');
  const { executeEstimate, estimateDocument, estimateOptions, isHeldToMaxCost } = await import(
    '../app/estimate/index.ts'
  );
  const { runEnvironment } = await import('../app/run/index.ts');
  const { createProgress, renderEstimate } = await import('../reporters/index.ts');
  const options = estimateOptions(flags);
  const config = await resolveFlags(flags, context);
  const { control, stdin, stderr, clock, elapsedMs, stateFolder } = context;
  const progress = createProgress({ stream: stderr, isQuiet: flags.quiet === true, elapsedMs });
  const shownEvents = progressEvents(context, flags, progress);
  // A pilot without --out may have to take another one.
  let { folder } = config.output;
  const events: RunEvents = {
    ...shownEvents,
    onStart: (start) => {
      folder = start.folder;
      shownEvents.onStart?.(start);
    },
  };
  try {
    await keepingRun(
      context,
      () => folder,
      async () => {
        const environment = runEnvironment({ control, stdin, events, clock, stateFolder });
        const outcome = await executeEstimate(config, options, environment);
        progress.stop();
        const { estimate } = outcome;
        const shown = { ...outcome, showsCeilings: options.maxCost !== null || showsCeilings(config) };
        const text = renderEstimate(shown, context.colors, widthOf(context, flags));
        give(context, flags, { document: estimateDocument(estimate), text });
        await conclude(context, flags, { outcome, isGated: isHeldToMaxCost(config, options) });
      },
    );
  } finally {
    progress.stop();
  }
}

interface Concluded {
  readonly outcome: EstimateOutcome;
  /** True if `--max-cost` is the pilot's budget. */
  readonly isGated: boolean;
}

async function conclude(context: CommandContext, flags: Flags, { outcome, isGated }: Concluded): Promise<void> {
  const { estimate, pilot, simulated } = outcome;
  const { checkMaxCost } = await import('../app/estimate/index.ts');
  if (simulated)
    say(context, flags, 'simulated: prices and answers are promptgrid’s own gateway’s, not those of models');
  if (pilot !== null && pilot.stoppedBecause !== null) {
    explain(context, oneLine(`the pilot stopped: ${pilot.stoppedBecause}`));
  }
  if (pilot !== null) {
    const resume = afterPilot(context, pilot, isGated);
    if (pilot.stoppedBecause === null) say(context, flags, resume);
    else explain(context, resume);
  }
  context.end(pilotStatus(pilot));
  const { maxCost } = flags;
  if (maxCost === undefined) return;
  const { passed, why } = checkMaxCost(estimate, maxCost);
  if (passed) return say(context, flags, why);
  explain(context, `gate failed: ${why}`);
  context.end(1);
}

function afterPilot(
  context: CommandContext,
  { stopped, folder, paid, unknownCosts }: NonNullable<EstimateOutcome['pilot']>,
  isGated: boolean,
): string {
  const typed = { ...context, words: runWords(context.words) };
  if (stopped?.kind === 'budget' && isGated) return GATED_PILOT;
  if (stopped?.kind === 'budget') return budgetLine(typed, folder, false);
  const isUnanswered = paid.length === 0 && unknownCosts === 0;
  if (stopped?.kind === 'endpoint_not_found' && isUnanswered) return CORRECT_ADDRESS;
  return `resume with: ${resumeCommand(typed, folder)}`;
}

const GATED_PILOT = 'a pilot spends at most --max-cost: the same command with a higher one runs the other rows';

function pilotStatus(pilot: EstimateOutcome['pilot']): ExitStatus {
  if (pilot === null || pilot.stopped === null) return 0;
  return pilot.stopped.kind === 'interrupted' ? 130 : 4;
}

/** The words of the estimated run. */
function runWords(words: readonly string[]): readonly string[] {
  const own = new Map(Object.entries<OptionSpec>(ESTIMATE_OPTIONS).map(([name, spec]) => [flagName(name), spec]));
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const [name = '', value] = word.startsWith('--') ? word.slice(2).split('=') : [];
    const spec = own.get(name);
    if (spec === undefined) kept.push(word);
    else if (spec.kind !== 'boolean' && value === undefined) index += 1;
  }
  const at = kept.indexOf('estimate');
  return kept.filter((word) => word !== '--json').map((word, index) => (index === at ? 'run' : word));
}
