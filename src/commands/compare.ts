import type { CompareFlags } from '../app/compare/index.ts';
import type { Comparison } from '../core/comparison.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type Flag } from './command.ts';
import { type CommandContext, type CommonFlags, explain, give, say, showsText, widthOf } from './context.ts';

interface Flags extends CommonFlags, CompareFlags {
  readonly base?: string | undefined;
  readonly candidate?: string | undefined;
  readonly report?: string | readonly string[] | undefined;
}

const GATES = 'Gates';
const PAIRING = 'What is compared';

const VALUED = {
  'fail-on': {
    group: GATES,
    placeholder: '<what>',
    describe: 'what fails: regression, any-drop, inconclusive or none',
    defaultDescription: 'regression',
  },
  min: {
    group: GATES,
    placeholder: '<score=n>…',
    describe: 'minimum score of the candidate, such as exact=0.9',
  },
  'min-on': {
    group: GATES,
    placeholder: '<what>',
    describe: 'whether --min applies to the lower end of the 95 % confidence interval or to the mean: lower, point',
    defaultDescription: 'lower',
  },
  'max-errored': {
    group: GATES,
    placeholder: '<share>',
    describe: 'share of errored trials above which there is no verdict (exit 3)',
    defaultDescription: '5%',
  },
  'max-cost-increase': { group: GATES, placeholder: '<share>', describe: 'maximum increase of cost, such as 10%' },
  'max-latency-increase': {
    group: GATES,
    placeholder: '<share>',
    describe: 'maximum increase of latency, such as 20%; fails if significantly above',
  },
  margin: {
    group: PAIRING,
    placeholder: '<points>',
    describe: 'percentage points; a smaller loss counts as none',
    defaultDescription: '2',
  },
  cluster: {
    group: PAIRING,
    placeholder: '<column>',
    describe: 'column that related rows share; intervals and tests account for it',
    defaultDescription: "the runs' own",
  },
  map: {
    group: PAIRING,
    placeholder: '<old=new>…',
    describe: 'model or prompt of the base and its counterpart in the candidate',
  },
  flips: { group: 'Output', placeholder: '<n>', describe: 'rows that flipped to show', defaultDescription: '20' },
  report: {
    group: 'Output',
    placeholder: '<kind=file>…',
    describe: 'also write junit=FILE, markdown=FILE, sarif=FILE, text=FILE or github[=FILE]',
  },
} as const satisfies Readonly<Record<string, Flag>>;

/** `promptgrid compare <base> <candidate>` */
export function compareCommand(context: CommandContext): Command<Flags> {
  return defineCommand(
    {
      usage: 'compare <base> <candidate>',
      group: 'Results',
      summary: 'show whether anything got significantly worse between two runs',
      arguments: {
        base: { type: 'string', describe: 'run folder, result file or baseline of before' },
        candidate: { type: 'string', describe: 'the same of now' },
      },
      flags: ownFlags(),
      examples: [
        'compare results/before results/now',
        'compare baselines/support.jsonl results/now --min exact=0.9',
        'compare results/before results/now --map gpt-4o=gpt-4o-mini',
      ],
    },
    (flags) => handle(context, flags),
  );
}

const ALLOW_PARTIAL: Flag = {
  type: 'boolean',
  group: PAIRING,
  describe: 'compare what an unfinished run has so far',
};

function ownFlags(): Readonly<Record<string, Flag>> {
  const shared = { type: 'string', requiresArg: true } as const;
  const valued = Object.entries<Flag>(VALUED).map(([name, own]): [string, Flag] => [name, { ...shared, ...own }]);
  return { ...Object.fromEntries(valued), 'allow-partial': ALLOW_PARTIAL };
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { compareDocument, compareStatus, executeCompare, readCompareOptions } = await import(
    '../app/compare/index.ts'
  );
  const { readReportSpecs, writeReports } = await import('../app/compare/reports.ts');
  const { renderComparison } = await import('../reporters/index.ts');
  const options = readCompareOptions(flags);
  const reports = readReportSpecs(flags.report);
  const wantsLines = reports.some(({ kind }) => kind === 'github' || kind === 'sarif');
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
  // A runner looks for its commands on both streams; stdout belongs to the document.
  const stream = showsText(flags) ? context.stdout : context.stderr;
  for (const line of commands) stream.write(`${line}\n`);
  const status = compareStatus(comparison);
  if (status !== 0 && !showsText(flags)) explain(context, oneLine(reasonOf(comparison)));
  context.end(status);
}

function reasonOf({ unsound, gates }: Comparison): string {
  const [failed] = gates.filter(({ passed }) => !passed);
  const [why] = unsound;
  if (why !== undefined) return `unsound: ${why}`;
  return failed === undefined ? '' : `gate failed: ${failed.name}: ${failed.why}`;
}
