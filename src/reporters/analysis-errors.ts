import type { Analysis } from '../core/analysis/analysis.ts';
import type { ErrorCount } from '../core/error-tally.ts';
import { cutShort, tidyLine } from '../core/plain-text.ts';
import type { ReportColumn, ReportSection } from './analysis-report.ts';
import { nameOf } from './analysis-words.ts';
import { countErrors, type RunErrors, remedyLines } from './errors.ts';
import { formatCount } from './format.ts';

/** Maximum reasons in a report. */
const MOST_SHOWN = 20;
/** Maximum characters of a reason in a table. */
const LONGEST_REASON = 160;

/** In narrow terminals, the trial is dropped first. */
const COLUMNS: readonly ReportColumn[] = [
  { title: 'count', align: 'right' },
  { title: 'code', align: 'left' },
  { title: 'variants', align: 'left', least: 12 },
  { title: 'a trial', align: 'left', keep: 1 },
  { title: 'reason', align: 'left', least: 24 },
];

/** Why trials and judge requests errored, a part for each; none without errors. */
export function errorSections(variants: Analysis['variants'], { errors, judge }: RunErrors): readonly ReportSection[] {
  return [
    ...sectionOf('Errors', errors, variants),
    ...sectionOf('Errors of judges, by the variants that they judged', judge?.errors ?? [], variants),
  ];
}

function sectionOf(
  title: string,
  errors: readonly ErrorCount[],
  variants: Analysis['variants'],
): readonly ReportSection[] {
  if (errors.length === 0) return [];
  const rest = errors.slice(MOST_SHOWN);
  const more = `${formatCount(rest.length)} more ${rest.length === 1 ? 'reason' : 'reasons'}`;
  const table = {
    columns: COLUMNS,
    rows: errors
      .slice(0, MOST_SHOWN)
      .map((error) => [
        formatCount(error.count),
        error.code,
        variantsText(error, variants),
        tidyLine(error.trialId),
        cutShort(tidyLine(error.reason), LONGEST_REASON),
      ]),
  };
  const sentences = [
    ...(rest.length === 0 ? [] : [`and ${more} (${formatCount(countErrors(rest))} times; --json has each)`]),
    ...remedyLines(errors),
  ];
  return [{ title, table, sentences }];
}

/** `all`, the name of the only one, or `2 of 8`. */
function variantsText(error: ErrorCount, variants: Analysis['variants']): string {
  const [only, ...others] = error.variants;
  if (only === undefined || error.variants.length === variants.length) return 'all';
  return others.length === 0 ? nameOf(variants, only.variant) : `${error.variants.length} of ${variants.length}`;
}
