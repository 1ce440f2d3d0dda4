import type { CommandModule } from 'yargs';
import type { OptionName } from '../app/config/options.ts';
import { UsageError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';
import { gridOptions } from './grid-options.ts';

interface ScoreFlags extends CommonFlags {
  readonly run?: string | undefined;
  readonly takeOver?: boolean | undefined;
}

const SCORE_OPTIONS: readonly OptionName[] = [
  'score',
  'expected',
  'judgeModel',
  'judgeAgainst',
  'cluster',
  'provider',
  'takeOver',
];

/** `promptgrid score <run>` */
export function scoreCommand(context: CommandContext): CommandModule<object, ScoreFlags> {
  return {
    command: 'score <run>',
    describe: 'score the answers that a run has already, without asking anybody again',
    builder: (yargs) =>
      yargs
        .options(gridOptions(SCORE_OPTIONS))
        .positional('run', { type: 'string', describe: 'run folder; its result files are written anew' }),
    handler: (flags) => handle(context, flags),
  };
}

async function handle(context: CommandContext, flags: ScoreFlags): Promise<void> {
  const { readScoring } = await import('../app/config/scoring.ts');
  const { rescore } = await import('../app/report/rescore.ts');
  const { renderFindings, renderOutcome, renderTrust } = await import('../reporters/index.ts');
  const scoring = await readScoring({ ...flags }, context);
  if (scoring.scorers.length === 0) {
    throw new UsageError('no scorer', { hint: 'give --score, such as --score exact, or score in promptgrid.yaml' });
  }
  const onWarning = (text: string): void => say(context, flags, `warning: ${oneLine(text)}`);
  const outcome = await rescore({
    scoring,
    folder: flags.run ?? '',
    now: context.now(),
    takeOver: flags.takeOver,
    onWarning,
  });
  const { folder, summary, analysis, trials, files, simulated } = outcome;
  const text = [
    ...renderOutcome(summary, { trials, lost: null }, context.colors),
    ...renderFindings(analysis),
    ...renderTrust(summary),
    ...files.map(oneLine),
  ];
  give(context, flags, { document: { run: folder, trials, ...summary, files, simulated }, text: text.join('\n') });
  if (simulated) say(context, flags, 'simulated answers: the figures say nothing about the models named');
}
