import pico from 'picocolors';
import { failsFor } from '../../core/compare/row-case.ts';
import type { Comparison, Flip } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import type { FailOn } from '../../core/gate-settings.ts';
import { oneOf } from '../../core/option-spec.ts';
import { didYouMean } from '../../io/nearest.ts';
import {
  renderAnnotations,
  renderCompareComment,
  renderCompareMarkdown,
  renderComparison,
  renderJunit,
  renderSarif,
} from '../../reporters/index.ts';
import { writeOutput } from '../../store/output-path.ts';
import { appendStepSummary, pathInCheckout, type Surroundings } from '../report/checkout.ts';
import { promptgridVersion } from '../version.ts';
import type { Compared } from './index.ts';

/** Formats of a comparison besides terminal output. */
export const REPORT_KINDS = ['junit', 'markdown', 'comment', 'sarif', 'text', 'github'] as const;

/** A requested report. */
interface ReportSpec {
  readonly kind: (typeof REPORT_KINDS)[number];
  /** null only for `github`, whose file GitHub names. */
  readonly path: string | null;
}

const COLOURLESS = pico.createColors(false);
/** A comparison as a terminal without colours shows it. */
export function comparisonText(comparison: Comparison): string {
  return renderComparison(comparison, COLOURLESS);
}

/** `junit=report.xml`, `github`. @throws UsageError for anything that is not a report */
export function readReportSpecs(given: readonly string[]): readonly ReportSpec[] {
  return given.map((text) => {
    const at = text.indexOf('=');
    const [name, path] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    const kind = REPORT_KINDS.find((known) => known === name);
    if (kind !== undefined && (path !== '' || kind === 'github')) return { kind, path: path === '' ? null : path };
    const nearest = kind === undefined ? didYouMean(name, REPORT_KINDS) : '';
    throw new UsageError(`--report must be kind=file, got ${JSON.stringify(text)}`, {
      hint: `kinds are ${oneOf(REPORT_KINDS)}, and github needs no file: --report junit=report.xml${nearest}`,
    });
  });
}

/** The environment of the reports. */
interface ReportContext extends Surroundings {
  readonly failOn: FailOn;
}

/**
 * Writes reports; folders are created as needed. The `github` report is appended to the step summary, as GitHub
 * requires.
 * @returns lines for the runner: GitHub's annotations
 * @throws StorageError if a file cannot be written
 */
export async function writeReports(
  compared: Compared,
  specs: readonly ReportSpec[],
  context: ReportContext,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { kind, path } of specs) {
    if (kind === 'github') lines.push(...(await writeForGithub(compared.comparison, path, context)));
    else await write(path ?? '', await render(compared, kind, context));
  }
  return lines;
}

async function render(
  { comparison, suites }: Compared,
  kind: Exclude<ReportSpec['kind'], 'github'>,
  context: ReportContext,
): Promise<string> {
  switch (kind) {
    case 'junit':
      return renderJunit(comparison, await suites());
    case 'markdown':
      return renderCompareMarkdown(comparison);
    case 'comment':
      return renderCompareComment(comparison);
    case 'text':
      return `${comparisonText(comparison)}\n`;
    case 'sarif':
      return renderSarif(comparison, { version: promptgridVersion(), ...placing(comparison, context) });
  }
}

/** GitHub truncates summaries at 1 MiB; ours are bounded by the number of flips shown. */
async function writeForGithub(
  comparison: Comparison,
  path: string | null,
  context: ReportContext,
): Promise<readonly string[]> {
  await appendStepSummary(renderCompareMarkdown(comparison), path, context);
  return renderAnnotations(comparison, placing(comparison, context));
}

interface Placing {
  readonly file: string | null;
  readonly fails: (flip: Flip) => boolean;
}

function placing(comparison: Comparison, context: ReportContext): Placing {
  const { dataset } = comparison.candidate;
  const file = dataset === null ? null : pathInCheckout(dataset, context);
  return { file, fails: failsFor(comparison, context.failOn) };
}

async function write(path: string, text: string): Promise<void> {
  await writeOutput(path, path, async (file) => file.write(text));
}
