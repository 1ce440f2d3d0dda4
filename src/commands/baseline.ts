import type { CommandModule } from 'yargs';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';

const ACTIONS = ['save'] as const;

interface Flags extends CommonFlags {
  readonly action?: (typeof ACTIONS)[number] | undefined;
  readonly run?: string | undefined;
  readonly file?: string | undefined;
  readonly withOutputs?: boolean | undefined;
  readonly withLatency?: boolean | undefined;
  readonly allowPartial?: boolean | undefined;
}

/** `promptgrid baseline save <run> <file>` */
export function baselineCommand(context: CommandContext): CommandModule<object, Flags> {
  return {
    command: 'baseline <action> <run> <file>',
    describe: 'keep what compare needs of a run in a small file for version control: save',
    builder: (yargs) =>
      yargs
        .positional('action', { choices: ACTIONS, describe: 'what to do' })
        .positional('run', { type: 'string', describe: 'run folder or result file' })
        .positional('file', { type: 'string', describe: 'the baseline, such as baselines/support.jsonl' })
        .option('with-outputs', { type: 'boolean', describe: 'keep answers too, so that compare can show them' })
        .option('with-latency', { type: 'boolean', describe: 'keep latencies too, which differ at every run' })
        .option('allow-partial', { type: 'boolean', describe: 'keep what an unfinished run has so far' }),
    handler: (flags) => handle(context, flags),
  };
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { saveBaseline } = await import('../app/compare/baseline.ts');
  const { run = '', file = '', withOutputs, withLatency, allowPartial } = flags;
  const outcome = await saveBaseline({
    ...{ run, file, withOutputs: withOutputs === true, withLatency: withLatency === true },
    allowPartial: allowPartial === true,
    onWarning: (text: string) => say(context, flags, `warning: ${oneLine(text)}`),
  });
  const text = oneLine(`${outcome.file}: ${outcome.trials} trials, ${outcome.bytes} bytes`);
  give(context, flags, { document: outcome, text });
}
