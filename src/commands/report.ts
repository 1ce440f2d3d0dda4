import pico from 'picocolors';
import type { compareOptions } from '../app/compare/index.ts';
import { COMPARE_OPTIONS } from '../app/compare/options.ts';
import { GRID_OPTIONS } from '../app/config/options.ts';
import { pointsOf } from '../app/config/values.ts';
import type { Report, ReportRequest } from '../app/report/index.ts';
import { lostRecord } from '../core/billed.ts';
import { UsageError } from '../core/errors.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import type { PageComparison } from '../core/page-data.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, say, showsText, widthOf } from './context.ts';

const COPIED = GRID_OPTIONS.format.choices;
const FORMATS = ['terminal', 'html', 'markdown', 'junit', 'github', ...COPIED];
const TESTS = ['sign-flip', 'wilcoxon'] as const;

const ARGUMENTS = { run: { kind: 'path', describe: 'run folder' } } as const satisfies ValueTable;

const OPTIONS = {
  format: {
    kind: 'choice',
    group: 'Flags',
    choices: FORMATS,
    placeholder: '<format>',
    describe: `terminal, html (a page), markdown, junit, github (annotations and step summary), or the results: ${COPIED.join(', ')}`,
    defaultText: 'by the ending of --output, else terminal',
  },
  by: {
    kind: 'string',
    group: 'Flags',
    placeholder: '<column>',
    describe: 'dataset column to break figures down by',
  },
  cluster: {
    kind: 'string',
    group: 'Flags',
    placeholder: '<column>',
    describe: "column that related rows share, which intervals and tests account for; '' for none",
    mayBeEmpty: true,
    defaultText: "the run's own",
  },
  test: {
    kind: 'choice',
    group: 'Flags',
    choices: TESTS,
    placeholder: '<test>',
    describe: `test of repeats, clusters and partial scores: ${TESTS.join(', ')}; one pass or fail a row takes McNemar’s`,
    defaultText: TESTS[0],
  },
  goodEnough: {
    kind: GRID_OPTIONS.goodEnough.kind,
    group: 'Flags',
    min: GRID_OPTIONS.goodEnough.min,
    placeholder: '<points>',
    describe: GRID_OPTIONS.goodEnough.describe,
    defaultText: "the run's own",
  },
  compare: {
    kind: 'path',
    group: 'Flags',
    placeholder: '<base>',
    describe: 'base that --format html compares the run with: a run folder, a result file or a baseline',
  },
  map: { ...COMPARE_OPTIONS.map, group: 'Flags' },
  output: { kind: 'path', group: 'Flags', describe: 'file to write to instead of stdout' },
  delimiter: { ...GRID_OPTIONS.delimiter, group: 'Flags', describe: 'delimiter of --format csv' },
  bom: { ...GRID_OPTIONS.bom, group: 'Flags', describe: 'start --format csv with a BOM' },
  decimal: { ...GRID_OPTIONS.decimal, group: 'Flags', describe: 'decimal sign of --format csv' },
  excel: { ...GRID_OPTIONS.excel, group: 'Flags', describe: '--format csv for Excel with these regional settings' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid report <run>` */
export function reportCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'report <run>',
      group: 'Results',
      summary: 'show which variant of a run is better, with significance',
      arguments: ARGUMENTS,
      options: OPTIONS,
      examples: [
        'report results/support',
        'report results/support --by topic --format markdown',
        'report results/support --format junit --output junit.xml',
        'report results/v2 --format html --compare results/v1',
      ],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { output, json } = flags;
  const format = flags.format ?? formatOf(output);
  checkFlags(flags, format);
  const isFile = isFileFormat(format);
  // With --json, stdout has the document alone.
  if (isFile && (output !== undefined || showsText(flags))) await writeFile(context, flags, format);
  if (!isFile || json === true) await giveReport(context, flags, format);
}

/** Formats that are made while rows are read, and are not for a terminal. */
function isFileFormat(format: string): boolean {
  return format === 'html' || format === 'junit' || COPIED.includes(format);
}

const ENDINGS: Readonly<Record<string, string>> = {
  '.html': 'html',
  '.htm': 'html',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.xml': 'junit',
};

/** Endings of files that would hold something else. */
const OTHER_ENDINGS = ['.json', '.tsv', '.pdf', '.xls', '.docx', '.yaml', '.yml', '.sarif'];

/** The format that the ending of a file says. @throws UsageError for the ending of a format that is not there */
function formatOf(output: string | undefined): string {
  const ending = /\.\w+$/.exec(output ?? '')?.[0].toLowerCase() ?? '';
  if (OTHER_ENDINGS.includes(ending)) {
    throw new UsageError(`--output ${output}: no report has the form of ${ending} files`, {
      hint: `give --format ${FORMATS.join(', ')}; --json prints a document to stdout`,
    });
  }
  return ENDINGS[ending] ?? COPIED.find((name) => `.${name}` === ending) ?? 'terminal';
}

function checkFlags({ compare, map, output, json, ...flags }: Flags, format: string): void {
  const isCopied = COPIED.includes(format);
  const { delimiter, bom, decimal, excel } = flags;
  if (!isCopied && [delimiter, bom, decimal, excel].some((value) => value !== undefined)) {
    throw new UsageError('--delimiter, --bom, --decimal and --excel are of CSV results', { hint: 'give --format csv' });
  }
  const isPage = format === 'html' && (json !== true || output !== undefined);
  if (isPage || (compare === undefined && map === undefined)) return;
  throw new UsageError('--compare and --map are of the page', {
    hint: 'give --format html, or run promptgrid compare',
  });
}

function requestOf(context: CommandContext, flags: Flags): ReportRequest {
  const { run = '', by = null, cluster = null, test, goodEnough } = flags;
  const goodEnoughPoints = goodEnough === undefined ? null : pointsOf(goodEnough);
  const onWarning = (text: string): void => say(context, flags, `warning: ${oneLine(text)}`);
  return { folder: run, groupColumn: by, clusterColumn: cluster, test, goodEnoughPoints, onWarning };
}

async function writeFile(context: CommandContext, flags: Flags, format: string): Promise<void> {
  const { output, delimiter, bom, decimal, excel } = flags;
  const { copyResults, reportJunit } = await import('../app/report/index.ts');
  const request = requestOf(context, flags);
  const { folder, onWarning } = request;
  const to = output ?? context.stdout;
  if (format === 'html') await givePage(context, flags, request);
  else if (format === 'junit') await reportJunit({ folder, to, onWarning });
  else await copyResults({ folder, format, to, dialect: { delimiter, bom, decimal, excel }, onWarning });
  sayWritten(context, flags);
}

function sayWritten(context: CommandContext, flags: Flags): void {
  if (flags.output !== undefined) say(context, flags, oneLine(`written: ${flags.output}`));
}

async function giveReport(context: CommandContext, flags: Flags, format: string): Promise<void> {
  const { output, json } = flags;
  const { reportRun, writeReport } = await import('../app/report/index.ts');
  const report = await reportRun(requestOf(context, flags));
  const isWritten = output !== undefined && !isFileFormat(format);
  if (format === 'github' && (json !== true || isWritten)) await annotate(context, flags, report);
  else if (isWritten) await writeReport(output, [`${await render(report, format, FILE)}\n`]);
  if (json === true || (output === undefined && format !== 'github')) {
    const { analysis, lost, ...facts } = report;
    const text = await render(report, format, screenOf(context, flags));
    give(context, flags, {
      document: { ...facts, ...lostRecord(lost), ...analysis },
      text,
      keepsLines: format === 'markdown',
    });
  }
  if (isWritten) sayWritten(context, flags);
  sayLimits(context, flags, report);
}

/** Annotations go to the runner, which reads stdout, and the report to the step summary. */
async function annotate(context: CommandContext, flags: Flags, report: Report): Promise<void> {
  const { appendStepSummary, reportAnnotations, writeReport } = await import('../app/report/index.ts');
  const lines = (await reportAnnotations(report.run, context)).map((line) => `${line}\n`);
  await appendStepSummary(`${await render(report, 'markdown', FILE)}\n`, null, context);
  if (flags.output !== undefined) await writeReport(flags.output, lines);
  else for (const line of lines) context.stdout.write(line);
}

/** Flips that a page shows: more than a terminal. */
const PAGE_FLIPS = 200;

async function givePage(context: CommandContext, flags: Flags, request: ReportRequest): Promise<void> {
  const { compare, map, cluster, output } = flags;
  const { giveReportPage } = await import('../app/report/page.ts');
  const comparison =
    compare === undefined ? null : await compared(compare, request, { map, cluster, flips: PAGE_FLIPS });
  await giveReportPage(request, { comparison, to: output ?? context.stdout });
}

async function compared(
  base: string,
  { folder, onWarning }: ReportRequest,
  given: Parameters<typeof compareOptions>[0],
): Promise<PageComparison> {
  const { compareOptions: optionsOf, executeCompare } = await import('../app/compare/index.ts');
  const result = await executeCompare({
    base,
    candidate: folder,
    options: optionsOf(given),
    wantsLines: false,
    onWarning,
  });
  try {
    return { ...result.comparison, flippedRows: await result.flippedRows() };
  } finally {
    await result.close();
  }
}

/** What a report is laid out for. */
interface Screen {
  readonly colors: CommandContext['colors'];
  readonly width: number;
}

/** A file has room for everything. */
const FILE: Screen = { colors: pico.createColors(false), width: Infinity };

function screenOf(context: CommandContext, flags: Flags): Screen {
  return { colors: context.colors, width: widthOf(context, flags) };
}

async function render(report: Report, format: string, { colors, width }: Screen): Promise<string> {
  const { renderAnalysis, renderAnalysisMarkdown } = await import('../reporters/index.ts');
  if (format === 'markdown') return renderAnalysisMarkdown(report.analysis, `Report of ${report.run}`, report);
  return renderAnalysis(report.analysis, colors, report, width);
}

/** What a reader might mistake the figures for. */
function sayLimits(context: CommandContext, flags: Flags, { results, trials, simulated }: Report): void {
  if (results < trials) say(context, flags, `${results} of ${trials} trials have a result: figures may change`);
  if (simulated) say(context, flags, 'simulated answers: the figures say nothing about the models named');
}
