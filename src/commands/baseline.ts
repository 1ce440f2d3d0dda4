import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand } from './command.ts';
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
export function baselineCommand(context: CommandContext): Command<Flags> {
  return defineCommand(
    {
      usage: 'baseline <action> <run> <file>',
      group: 'Results',
      summary: 'save what compare needs of a run in a small file for version control',
      arguments: {
        action: { choices: ACTIONS, describe: 'save' },
        run: { type: 'string', describe: 'run folder or result file' },
        file: { type: 'string', describe: 'the baseline, such as baselines/support.jsonl' },
      },
      flags: {
        'with-outputs': { type: 'boolean', describe: 'save answers too, so that compare can show them' },
        'with-latency': { type: 'boolean', describe: 'save latencies too, which differ in every run' },
        'allow-partial': { type: 'boolean', describe: 'save what an unfinished run has so far' },
      },
      examples: ['baseline save results/support baselines/support.jsonl'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { saveBaseline } = await import('../app/compare/baseline.ts');
  const { run = '', file = '', withOutputs, withLatency, allowPartial } = flags;
  const outcome = await saveBaseline({
    run,
    file,
    withOutputs: withOutputs === true,
    withLatency: withLatency === true,
    allowPartial: allowPartial === true,
    onWarning: (text: string) => say(context, flags, `warning: ${oneLine(text)}`),
  });
  const text = oneLine(`${outcome.file}: ${outcome.trials} trials, ${outcome.bytes} bytes`);
  give(context, flags, { document: outcome, text });
}
