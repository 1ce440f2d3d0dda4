import { COMPARE_OPTIONS } from '../app/compare/options.ts';
import type { Comparison } from '../core/comparison.ts';
import type { ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, explain, give, say, showsText, widthOf } from './context.ts';

const ARGUMENTS = {
  base: { kind: 'path', describe: 'run folder, result file or baseline of before' },
  candidate: { kind: 'path', describe: 'the same of now' },
} as const satisfies ValueTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof COMPARE_OPTIONS>;

/** `promptgrid compare <base> <candidate>` */
export function compareCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'compare <base> <candidate>',
      group: 'Results',
      summary: 'show whether anything got significantly worse between two runs',
      arguments: ARGUMENTS,
      options: COMPARE_OPTIONS,
      examples: [
        'compare results/before results/now',
        'compare baselines/support.jsonl results/now --min exact=0.9',
        'compare results/before results/now --map gpt-4o=gpt-4o-mini',
      ],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { compareDocument, compareOptions, compareStatus, executeCompare } = await import('../app/compare/index.ts');
  const { readReportSpecs, writeReports } = await import('../app/compare/reports.ts');
  const { renderComparison } = await import('../reporters/index.ts');
  const options = compareOptions(flags);
  const reports = readReportSpecs(flags.report ?? []);
  const wantsLines = flags.json === true || reports.some(({ kind }) => kind === 'github' || kind === 'sarif');
  const compared = await executeCompare({
    base: flags.base ?? '',
    candidate: flags.candidate ?? '',
    options,
    wantsLines,
    onWarning: (text: string) => say(context, flags, `warning: ${oneLine(text)}`),
  });
  const { comparison } = compared;
  const { env, folder } = context;
  const commands = await writeReports(compared, reports, { env, folder, failOn: options.gates.failOn });
  await compared.close();
  const text = renderComparison(comparison, context.colors, widthOf(context, flags));
  give(context, flags, { document: compareDocument(comparison), text });
  // A runner looks for its commands on both streams; stdout is reserved for the document.
  const stream = showsText(flags) ? context.stdout : context.stderr;
  for (const line of commands) stream.write(`${line}\n`);
  const status = compareStatus(comparison);
  if (status !== 0 && !showsText(flags)) {
    for (const reason of reasonsOf(comparison)) explain(context, oneLine(reason));
  }
  context.end(status);
}

/** Why the exit status is not 0. */
function reasonsOf({ unsound, gates }: Comparison): readonly string[] {
  if (unsound.length > 0) return unsound.map((why) => `unsound: ${why}`);
  return gates.filter(({ passed }) => !passed).map(({ name, why }) => `gate failed: ${name}: ${why}`);
}
