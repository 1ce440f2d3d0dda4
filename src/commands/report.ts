import pico from 'picocolors';
import type { CommandModule } from 'yargs';
import { GRID_OPTIONS } from '../app/config/options.ts';
import type { Report } from '../app/report/index.ts';
import { UsageError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';

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
}

/** `promptgrid report <run>` */
export function reportCommand(context: CommandContext): CommandModule<object, ReportFlags> {
  return {
    command: 'report <run>',
    describe: 'which variant of a run is better, and whether that is certain, without asking anybody again',
    builder: (yargs) =>
      yargs
        .positional('run', { type: 'string', describe: 'run folder' })
        .option('format', {
          type: 'string',
          default: 'terminal',
          describe: `terminal, markdown, or a copy of the results: ${COPIED.join(', ')}`,
        })
        .option('by', { type: 'string', describe: 'column of the dataset to break figures down by' })
        .option('cluster', {
          type: 'string',
          describe: 'column of what rows have in common, such as the document they ask about; else that of the run',
        })
        .option('test', {
          choices: TESTS,
          default: TESTS[0],
          describe: 'test of repeats, clusters and partial scores; one pass or fail a row takes McNemar’s',
        })
        .option('output', { type: 'string', describe: 'file to write to instead of stdout' }),
    handler: (flags) => handle(context, flags),
  };
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
  const report = await reportRun({ folder: run, groupColumn: by, clusterColumn: cluster, test, onWarning });
  const text = await render(report, format, output === undefined ? context.colors : pico.createColors(false));
  const { analysis, ...facts } = report;
  const document = { ...facts, ...analysis };
  if (output === undefined || flags.json === true) give(context, flags, { document, text });
  if (output !== undefined) {
    await writeReport(output, [`${text}\n`]);
    say(context, flags, oneLine(`written: ${output}`));
  }
  sayLimits(context, flags, report);
}

async function render(report: Report, format: string, colors: CommandContext['colors']): Promise<string> {
  const { renderAnalysis, renderAnalysisMarkdown } = await import('../reporters/index.ts');
  if (format === 'markdown') return renderAnalysisMarkdown(report.analysis, `Report of ${report.run}`, report);
  return renderAnalysis(report.analysis, colors, report);
}

/** What a reader would take the figures for, and they are not. */
function sayLimits(context: CommandContext, flags: ReportFlags, { results, trials, simulated }: Report): void {
  if (results < trials) say(context, flags, `${results} of ${trials} trials have a result: figures may change`);
  if (simulated) say(context, flags, 'simulated answers: the figures say nothing about the models named');
}
