import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, say } from './context.ts';

const ACTIONS = ['save'] as const;

const ARGUMENTS = {
  action: { kind: 'choice', choices: ACTIONS, describe: 'save' },
  run: { kind: 'path', describe: 'run folder or result file' },
  file: { kind: 'path', describe: 'the baseline, such as baselines/support.jsonl' },
} as const satisfies ValueTable;

const OPTIONS = {
  withOutputs: { kind: 'boolean', group: 'Flags', describe: 'save answers too, so that compare can show them' },
  withRows: { kind: 'boolean', group: 'Flags', describe: 'save questions and expected answers too, for the same' },
  withLatency: { kind: 'boolean', group: 'Flags', describe: 'save latencies too, which differ in every run' },
  allowPartial: { kind: 'boolean', group: 'Flags', describe: 'save what an unfinished run has so far' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid baseline save <run> <file>` */
export function baselineCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'baseline <action> <run> <file>',
      group: 'Results',
      summary: 'save what compare needs of a run in a small file for version control',
      arguments: ARGUMENTS,
      options: OPTIONS,
      examples: ['baseline save results/support baselines/support.jsonl'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { saveBaseline } = await import('../app/compare/baseline.ts');
  const { run = '', file = '', withOutputs, withRows, withLatency, allowPartial } = flags;
  const outcome = await saveBaseline({
    run,
    file,
    withOutputs: withOutputs === true,
    withRows: withRows === true,
    withLatency: withLatency === true,
    allowPartial: allowPartial === true,
    onWarning: (text: string) => say(context, flags, `warning: ${oneLine(text)}`),
  });
  const text = oneLine(`${outcome.file}: ${outcome.trials} trials, ${outcome.bytes} bytes`);
  give(context, flags, { document: outcome, text });
}
