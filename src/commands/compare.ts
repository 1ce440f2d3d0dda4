import type { CommandModule, Options } from 'yargs';
import type { CompareFlags } from '../app/compare/index.ts';
import type { Comparison } from '../core/comparison.ts';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, explain, give, say, showsText } from './context.ts';

interface Flags extends CommonFlags, CompareFlags {
  readonly base?: string | undefined;
  readonly candidate?: string | undefined;
  readonly report?: string | readonly string[] | undefined;
}

const GATES = 'Gates:';
const COMPARE = 'Compare:';

const OPTIONS = {
  'fail-on': {
    group: GATES,
    describe: 'what fails: regression, any-drop, inconclusive, none',
    defaultDescription: 'regression',
  },
  min: { group: GATES, describe: 'least score of the candidate, such as exact=0.9; repeatable' },
  'min-on': {
    group: GATES,
    describe: 'what --min is compared with: lower (end of the 95% interval) or point (the mean)',
    defaultDescription: 'lower',
  },
  'max-errored': {
    group: GATES,
    describe: 'share of errored trials above which nothing is said (exit 3)',
    defaultDescription: '5%',
  },
  'max-cost-increase': { group: GATES, describe: 'most that rows may cost on top, such as 10%' },
  'max-latency-increase': { group: GATES, describe: 'most that answers may take on top, for certain, such as 20%' },
  margin: { group: COMPARE, describe: 'points of a hundred; a smaller loss counts as none', defaultDescription: '2' },
  cluster: {
    group: COMPARE,
    describe: 'column whose equal values make rows one piece of evidence',
    defaultDescription: "that of the runs' settings",
  },
  map: { group: COMPARE, describe: 'a model or prompt of the base and the one that stands for it; repeatable' },
  flips: { group: COMPARE, describe: 'rows that flipped of which the answers are shown', defaultDescription: '20' },
  report: {
    group: COMPARE,
    describe: 'write another form: junit=FILE, markdown=FILE, sarif=FILE, text=FILE, github[=FILE]; repeatable',
  },
} as const satisfies Readonly<Record<string, Options>>;

/** `promptgrid compare <base> <candidate>` */
export function compareCommand(context: CommandContext): CommandModule<object, Flags> {
  return {
    command: 'compare <base> <candidate>',
    describe: 'tell whether anything got worse between two runs, and whether that is certain',
    builder: (yargs) =>
      yargs
        .options({ ...ownOptions(), 'allow-partial': ALLOW_PARTIAL })
        .positional('base', {
          type: 'string',
          describe: 'run folder, result file or baseline of before',
        })
        .positional('candidate', { type: 'string', describe: 'the same of now' }),
    handler: (flags) => handle(context, flags),
  };
}

const ALLOW_PARTIAL: Options = {
  type: 'boolean',
  group: COMPARE,
  describe: 'compare what an unfinished run has so far',
};

function ownOptions(): Readonly<Record<string, Options>> {
  const shared = { type: 'string', requiresArg: true } as const;
  return Object.fromEntries(Object.entries<Options>(OPTIONS).map(([name, own]) => [name, { ...shared, ...own }]));
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
  const text = renderComparison(comparison, context.colors);
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
