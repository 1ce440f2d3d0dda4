import { GRID_OPTIONS } from '../app/config/options.ts';
import type { SettingChange } from '../app/report/setting-changes.ts';
import { lostRecord } from '../core/billed.ts';
import { UsageError } from '../core/errors.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, explain, give, say, showsText, widthOf } from './context.ts';
import { CONFIG_OPTION } from './shared-options.ts';
import { shellWord } from './shell-words.ts';

const { score, expected, judgeModel, embeddingModel, judgeAgainst, cluster, goodEnough, provider, takeOver } =
  GRID_OPTIONS;

const OPTIONS = {
  score,
  expected,
  judgeModel,
  embeddingModel,
  judgeAgainst,
  cluster,
  goodEnough,
  provider,
  takeOver,
  labels: {
    kind: 'path',
    group: 'Scores',
    placeholder: '<file.csv>',
    describe: 'what people say of answers (columns trial_id, label: good or bad, note); keeps the other scores',
  },
  ...CONFIG_OPTION,
} as const satisfies OptionTable;

const ARGUMENTS = {
  run: { kind: 'path', describe: 'run folder; its result files are rewritten' },
} as const satisfies ValueTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid score <run>` */
export function scoreCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'score <run>',
      group: 'Run',
      summary: 'score the answers of a run again, without calling any model',
      arguments: ARGUMENTS,
      options: OPTIONS,
      interrupted: 'give the command again: some files may have the new scores, and others not yet',
      examples: [
        'score results/support --score contains',
        'score results/support --score numeric:1%',
        'score results/support --labels labels.csv',
      ],
    },
    (flags) => handle(context, flags),
  );
}

function changeLine({ setting, before, now }: SettingChange): string {
  const [was, is] = [before, now].map((value) => value ?? 'none');
  return oneLine(`the run's ${setting} was ${was}, and is ${is} from now on`);
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { readScoring } = await import('../app/config/scoring.ts');
  const { ownScoring } = await import('../app/report/own-scoring.ts');
  const { rescore } = await import('../app/report/rescore.ts');
  const { renderCheapest, renderFindings, renderGates, renderOutcome, renderTrust, renderUseless } = await import(
    '../reporters/index.ts'
  );
  const { labels, ...given } = flags;
  // Labels are another opinion beside the scores that the run has.
  const isAdded = labels !== undefined && given.score === undefined;
  const own = await ownScoring(flags.run ?? '');
  const scoring = await readScoring(isAdded ? { ...given, score: own.scorers } : given, context, own);
  if (scoring.scorers.length === 0 && labels === undefined) {
    throw new UsageError('no scorer', { hint: 'give --score, such as --score exact, or score in promptgrid.yaml' });
  }
  const onWarning = (text: string): void => say(context, flags, `warning: ${oneLine(text)}`);
  const outcome = await rescore({
    scoring,
    labels,
    folder: flags.run ?? '',
    now: context.now(),
    takeOver: flags.takeOver,
    onWarning,
  });
  const { folder, summary, lost, analysis, gates, trials, files, simulated, changes } = outcome;
  const more = `npx promptgrid report ${shellWord(folder, context.platform)}`;
  const style = { colors: context.colors, width: widthOf(context, flags), more: `${more} --wide` };
  const text = [
    ...renderOutcome(summary, { trials, lost, below: renderCheapest(analysis) }, style),
    ...renderFindings(analysis, { width: style.width, more }),
    ...renderTrust(summary),
    ...renderGates(gates, context.colors),
    ...files.map(oneLine),
  ];
  give(context, flags, {
    document: { run: folder, trials, ...lostRecord(lost), ...summary, gates, files, simulated, changes },
    text: text.join('\n'),
  });
  for (const change of changes) say(context, flags, changeLine(change));
  const useless = renderUseless(summary);
  if (!showsText(flags)) for (const line of useless) explain(context, line);
  if (useless.length > 0) context.end(3);
  if (simulated) say(context, flags, 'simulated answers: the figures say nothing about the models named');
}
