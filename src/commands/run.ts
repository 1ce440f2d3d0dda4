import { GRID_OPTIONS } from '../app/config/options.ts';
import type { RunConfig } from '../app/config/run-config.ts';
import type { RunEvents, RunOutcome, RunStart } from '../app/run/index.ts';
import type { Estimate } from '../core/estimate.ts';
import { onlyFailedSentence } from '../core/only-failed.ts';
import type { OptionTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { showsCeilings } from './ceilings.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { confirmCost } from './confirm.ts';
import { type CommandContext, explain, give, say, showsText, widthOf } from './context.ts';
import { keepingRun } from './kept-run.ts';
import { progressEvents } from './progress-events.ts';
import { CONFIG_OPTION, DATASET_ARGUMENT } from './shared-options.ts';
import { shellWord } from './shell-words.ts';

const OPTIONS = {
  ...GRID_OPTIONS,
  ...CONFIG_OPTION,
  dryRun: { kind: 'boolean', group: 'Money', describe: 'show the plan without calling anything' },
  yes: { kind: 'boolean', alias: 'y', group: 'Money', isRare: true, describe: 'do not ask, whatever it costs' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof DATASET_ARGUMENT & typeof OPTIONS>;

/** `promptgrid run <dataset..>` */
export function runCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'run [dataset..]',
      group: 'Run',
      summary: 'run every row against every model; save answers, costs and scores',
      arguments: DATASET_ARGUMENT,
      options: OPTIONS,
      examples: [
        'run rows.csv -m gpt-4o,gpt-4o-mini --prompt "Translate {{ text }}"',
        'run rows.csv -m gpt-4o --score exact --max-tokens 200 --budget 500',
        'run rows.csv -m gpt-4o --score exact --min exact=0.9',
        'run rows.csv -m gpt-4o -t 0,0.7 --repeat 3 --simulate',
      ],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { resolveFlags } = await import('../app/config/from-flags.ts');
  if (flags.dryRun !== true) return carryOut(context, flags, await resolveFlags(flags, context));
  // A plan calls nothing.
  const onMissingKey = (text: string): void => say(context, flags, `warning: ${oneLine(text)}, and a run needs it`);
  await showPlan(context, flags, await resolveFlags(flags, { ...context, onMissingKey }));
}

async function showPlan(context: CommandContext, flags: Flags, config: RunConfig): Promise<void> {
  const { planPreview } = await import('../app/run/preview.ts');
  const { renderPreview } = await import('../reporters/index.ts');
  for (const warning of config.warnings) say(context, flags, `warning: ${oneLine(warning)}`);
  const { control, stdin } = context;
  const preview = await control.stoppable(() => planPreview(config, stdin, control.draining));
  for (const warning of preview.warnings) say(context, flags, `warning: ${oneLine(warning)}`);
  give(context, flags, { document: preview, text: renderPreview(preview) });
}

async function carryOut(context: CommandContext, flags: Flags, config: RunConfig): Promise<void> {
  const { executeRun, exitStatusOf, runEnvironment } = await import('../app/run/index.ts');
  const { createProgress, renderBatchChoice, renderEstimateLines, renderJudgesLine } = await import(
    '../reporters/index.ts'
  );
  const { countText } = await import('../core/compare/words.ts');
  const { control, stdin, stderr, clock, elapsedMs, stateFolder } = context;
  const progress = createProgress({ stream: stderr, isQuiet: flags.quiet === true, elapsedMs });
  const shown = progressEvents(context, flags, progress);
  // A run without --out may have to take another one.
  let { folder } = config.output;
  const events: RunEvents = {
    ...shown,
    confirm: (estimate) => confirmCost(context, flags, { estimate, config }),
    onStart: (start) => {
      folder = start.folder;
      say(context, flags, describeStart(start, countText));
      if (start.estimate !== null) {
        for (const line of estimateLines(start.estimate, config, renderEstimateLines)) say(context, flags, line);
        for (const line of renderBatchChoice(start.estimate)) say(context, flags, line);
      }
      for (const line of describeJudged(start, renderJudgesLine)) say(context, flags, line);
      shown.onStart?.(start);
    },
  };
  try {
    await keepingRun(
      context,
      () => folder,
      async () => {
        const outcome = await executeRun(config, runEnvironment({ control, stdin, events, clock, stateFolder }));
        // A run that has nothing to do writes no files, before which progress ends.
        progress.stop();
        await report(context, flags, { outcome, config });
        context.end(exitStatusOf(outcome));
      },
    );
  } finally {
    progress.stop();
  }
}

type RenderLines = (estimate: Estimate, showsCeilings: boolean) => readonly string[];

/** The cost of a run, and if that is unknown, how to find it out. */
function estimateLines(estimate: Estimate, config: RunConfig, render: RenderLines): readonly string[] {
  const isOpen = estimate.costs.some(({ cost }) => cost.expected === null) && !showsCeilings(config);
  return [...render(estimate, showsCeilings(config)), ...(isOpen ? [OPEN_ANSWERS] : [])];
}

const OPEN_ANSWERS = 'estimate: to include answers, give --max-tokens 300 or run estimate --pilot 20';

type RenderJudges = (judges: RunStart['judges']) => readonly string[];

/** Judge cost, while anything is left to judge. */
function describeJudged({ judges }: RunStart, render: RenderJudges): readonly string[] {
  return judges === null || judges.openRows === 0 ? [] : render(judges);
}

function describeStart(start: RunStart, countText: (count: number, noun: string) => string): string {
  const { rows, variants, trials, alreadyDone, simulated, folder } = start;
  const grid = `${countText(rows, 'row')} × ${countText(variants, 'variant')}`;
  const done = `${alreadyDone} ${alreadyDone === 1 ? 'is' : 'are'} done already`;
  const plan = `${grid} = ${countText(trials, 'trial')} → ${folder}`;
  const resumed = alreadyDone === 0 ? '' : `; ${done}, ${trials - alreadyDone} to go`;
  return `${plan}${resumed}${simulated ? '\nsimulated: answers come from the embedded gateway, not from models' : ''}`;
}

interface Finished {
  readonly outcome: RunOutcome;
  readonly config: RunConfig;
}

async function report(context: CommandContext, flags: Flags, { outcome, config }: Finished): Promise<void> {
  const { outcomeDocument } = await import('../app/run/index.ts');
  const { renderCheapest, renderFindings, renderGates, renderKept, renderOutcome } = await import(
    '../reporters/index.ts'
  );
  const { renderStopped, renderTrust, renderVerdicts } = await import('../reporters/index.ts');
  const { adviceAfter, reasonsOf } = await import('./advice.ts');
  const { summary, kept, lost, analysis, gates, trials, verdicts, stopped, files, simulated } = outcome;
  const below = analysis === null ? [] : renderCheapest(analysis);
  const more = `npx promptgrid report ${shellWord(outcome.folder, context.platform)}`;
  const style = { colors: context.colors, width: widthOf(context, flags), more: `${more} --wide` };
  const findings = analysis === null ? [] : renderFindings(analysis, { width: style.width, more });
  const text = [
    ...(summary === null ? [] : renderOutcome(summary, { trials, lost, below }, style)),
    ...(kept === null ? [] : renderKept(kept, { trials, lost })),
    ...findings,
    ...(summary === null ? [] : renderStopped(stopped, summary)),
    ...(outcome.onlyFailed === null ? [] : [context.colors.yellow(oneLine(onlyFailedSentence(outcome.onlyFailed)))]),
    ...(summary === null ? [] : renderTrust(summary)),
    ...renderVerdicts(verdicts, { showsCeilings: showsCeilings(config), hasJudges: summary?.judge !== undefined }),
    ...renderGates(gates, context.colors),
    ...(simulated ? [context.colors.yellow(SIMULATED_ANSWERS)] : []),
    ...files.map(oneLine),
  ];
  const nothing = nothingFailed(outcome);
  if (nothing !== null) return give(context, flags, { document: outcomeDocument(outcome), text: nothing });
  if (outcome.nothingToDo) say(context, flags, NOTHING_TO_DO);
  give(context, flags, { document: outcomeDocument(outcome), text: text.join('\n') });
  if (config.simulation !== null && !saysSimulate(context.words)) say(context, flags, REAL_ANSWERS);
  const isEarly = outcome.stoppedBecause !== null;
  if (!isEarly && !showsText(flags)) for (const line of reasonsOf(outcome)) explain(context, line);
  for (const line of adviceAfter(context, outcome)) {
    if (isEarly) explain(context, line);
    else say(context, flags, line);
  }
}

/** What is said of an earlier run in which no row failed; null for all other runs. */
function nothingFailed({ onlyFailed }: RunOutcome): string | null {
  return onlyFailed?.rows === 0 ? oneLine(`no row failed in ${onlyFailed.run}: nothing to do`) : null;
}

const NOTHING_TO_DO = 'nothing to do: every trial has its result, and neither the inputs nor the files have changed';

/** A setting in a file is easily forgotten; whoever typed the flag knows. */
function saysSimulate(words: readonly string[]): boolean {
  return words.some((word) => word === '--simulate' || word.startsWith('--simulate='));
}

const REAL_ANSWERS = 'for answers of the models, set the API key and remove `simulate` from promptgrid.yaml';
const SIMULATED_ANSWERS = 'simulated answers: the figures say nothing about the models named';
