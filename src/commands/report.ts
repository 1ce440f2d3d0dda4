import pico from 'picocolors';
import { GRID_OPTIONS } from '../app/config/options.ts';
import type { Report } from '../app/report/index.ts';
import { UsageError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand } from './command.ts';
import { type CommandContext, type CommonFlags, give, say, widthOf } from './context.ts';

const COPIED = GRID_OPTIONS.format.choices;
const FORMATS = ['terminal', 'markdown', ...COPIED];
const TESTS = ['sign-flip', 'wilcoxon'] as const;

interface ReportFlags extends CommonFlags {
  readonly run?: string | undefined;
  readonly format?: string | undefined;
  readonly by?: string | undefined;
  readonly cluster?: string | undefined;
  readonly test?: (typeof TESTS)[number] | undefined;
  readonly output?: string | undefined;
  readonly goodEnough?: string | undefined;
}

/** `promptgrid report <run>` */
export function reportCommand(context: CommandContext): Command<ReportFlags> {
  return defineCommand(
    {
      usage: 'report <run>',
      group: 'Results',
      summary: 'show which variant of a run is better, with significance',
      arguments: { run: { type: 'string', describe: 'run folder' } },
      flags: {
        format: {
          type: 'string',
          default: 'terminal',
          placeholder: '<format>',
          describe: `terminal, markdown, or a copy of the results: ${COPIED.join(', ')}`,
        },
        by: { type: 'string', placeholder: '<column>', describe: 'dataset column to break figures down by' },
        cluster: {
          type: 'string',
          placeholder: '<column>',
          defaultDescription: "the run's own",
          describe: 'column that related rows share; intervals and tests account for it',
        },
        test: {
          choices: TESTS,
          default: TESTS[0],
          placeholder: '<test>',
          describe: `test of repeats, clusters and partial scores: ${TESTS.join(', ')}; one pass or fail a row takes McNemar’s`,
        },
        'good-enough': {
          type: 'string',
          requiresArg: true,
          placeholder: '<points>',
          defaultDescription: "the run's own",
          describe: GRID_OPTIONS.goodEnough.describe,
        },
        output: { type: 'string', placeholder: '<file>', describe: 'file to write to instead of stdout' },
      },
      examples: ['report results/support', 'report results/support --by topic --format markdown'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: ReportFlags): Promise<void> {
  const { format = 'terminal', run = '', output } = flags;
  if (!FORMATS.includes(format)) {
    throw new UsageError(`report does not write ${format}`, { hint: `use one of: ${FORMATS.join(', ')}` });
  }
  const { copyResults, reportRun, writeReport } = await import('../app/report/index.ts');
  const onWarning = (text: string): void => say(context, flags, `warning: ${oneLine(text)}`);
  if (COPIED.includes(format) && flags.json !== true) {
    if (output !== undefined || flags.quiet !== true) {
      await copyResults(run, format, output ?? context.stdout, onWarning);
    }
    return;
  }
  const { by = null, cluster = null, test } = flags;
  const goodEnoughPoints = await readGoodEnough(flags);
  const report = await reportRun({
    folder: run,
    groupColumn: by,
    clusterColumn: cluster,
    test,
    goodEnoughPoints,
    onWarning,
  });
  const text = await render(report, format, output === undefined ? screenOf(context, flags) : FILE);
  const { analysis, ...facts } = report;
  const document = { ...facts, ...analysis };
  if (output === undefined || flags.json === true)
    give(context, flags, { document, text, keepsLines: format === 'markdown' });
  if (output !== undefined) {
    await writeReport(output, [`${text}\n`]);
    say(context, flags, oneLine(`written: ${output}`));
  }
  sayLimits(context, flags, report);
}

/** @throws UsageError for what is no number from 0 */
async function readGoodEnough({ goodEnough }: ReportFlags): Promise<number | null> {
  if (goodEnough === undefined) return null;
  const { readPoints } = await import('../app/config/values.ts');
  const share = readPoints({ flag: '--good-enough', text: goodEnough, example: '--good-enough 10' });
  return Number((100 * share).toFixed(9));
}

/** What a report is laid out for. */
interface Screen {
  readonly colors: CommandContext['colors'];
  readonly width: number;
}

/** A file has room for everything. */
const FILE: Screen = { colors: pico.createColors(false), width: Infinity };

function screenOf(context: CommandContext, flags: ReportFlags): Screen {
  return { colors: context.colors, width: widthOf(context, flags) };
}

async function render(report: Report, format: string, { colors, width }: Screen): Promise<string> {
  const { renderAnalysis, renderAnalysisMarkdown } = await import('../reporters/index.ts');
  if (format === 'markdown') return renderAnalysisMarkdown(report.analysis, `Report of ${report.run}`, report);
  return renderAnalysis(report.analysis, colors, report, width);
}

/** What a reader would take the figures for, and they are not. */
function sayLimits(context: CommandContext, flags: ReportFlags, { results, trials, simulated }: Report): void {
  if (results < trials) say(context, flags, `${results} of ${trials} trials have a result: figures may change`);
  if (simulated) say(context, flags, 'simulated answers: the figures say nothing about the models named');
}
