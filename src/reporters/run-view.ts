import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../core/duration-text.ts';
import { formatMoney } from '../core/money-text.ts';
import { oneLine } from '../core/plain-text.ts';
import type { RunView, VariantView } from '../core/run-view.ts';
import type { ReportColumn } from './analysis-report.ts';
import { renderErrors } from './errors.ts';
import { foldLines } from './fold.ts';
import { formatCosts, formatCount, formatShare } from './format.ts';
import { renderLost } from './lost.ts';
import { renderTable } from './table.ts';

/** How a view is shown. */
interface ViewStyle {
  readonly colors: Colors;
  /** Columns of the terminal; Infinity for no limit. */
  readonly width: number;
}

const BAR_WIDTH = 24;
const MOST_VARIANTS = 10;

/** A run for people: how far it is, what it costs, why trials errored, and which variants lead so far. */
export function renderRunView(view: RunView, { colors, width }: ViewStyle): string {
  const { run, state, why, ended } = view;
  const said = why === null ? '' : `: ${why}`;
  const isGood = state === 'completed' || !ended;
  const head = [
    `${colors.bold(oneLine(run))} ${(isGood ? colors.green : colors.red)(oneLine(`${state}${said}`))}`,
    `${barOf(view)} ${renderRunLine(view)}`,
  ];
  const table = view.variants.length === 0 ? [] : ['', renderVariants(view, { colors, width })];
  const rest = [...renderLost(view), ...renderErrors(view), ...view.notes.map((note) => oneLine(`note: ${note}`))];
  return [...head.map((line) => foldLines(line, width)), ...table, ...rest.map((line) => foldLines(line, width))].join(
    '\n',
  );
}

/** `120/400 · 34.5/s · 1.23 ₽ of 5.00 ₽ · 3 in flight · 2 errored · 8.1 s left` */
export function renderRunLine(view: RunView): string {
  const { done, trials, perSecond, cached, judged, errored, skipped, leftSeconds, ended } = view;
  return [
    `${formatCount(done)}/${formatCount(trials)}`,
    ...(ended ? [] : [perSecond === null ? '–/s' : `${perSecond.toFixed(1)}/s`]),
    oneLine(spentText(view)),
    ...inFlightTexts(view),
    ...(cached === 0 ? [] : [`${formatCount(cached)} cached`]),
    ...(skipped === 0 ? [] : [`${formatCount(skipped)} skipped`]),
    ...(judged === 0 ? [] : [`${formatCount(judged)} judge requests`]),
    `${formatCount(errored)} errored`,
    ...(ended || leftSeconds === null ? [] : [`${formatDuration(leftSeconds * 1000)} left`]),
  ].join(' · ');
}

function barOf({ done, trials }: RunView): string {
  const filled = trials === 0 ? 0 : Math.min(BAR_WIDTH, Math.floor((done / trials) * BAR_WIDTH));
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function spentText({ costs, unknownCosts, budget }: RunView): string {
  const spent = formatCosts(costs, unknownCosts);
  const [only, ...others] = costs;
  if (budget === null) return spent;
  const currency = only === undefined || others.length > 0 ? null : only.currency;
  return `${spent} of ${currency === null ? budget : formatMoney({ total: budget, currency })}`;
}

function inFlightTexts({ inFlight }: RunView): readonly string[] {
  if (inFlight === null) return [];
  return [`${inFlight.isMost ? 'at most ' : ''}${formatCount(inFlight.calls)} in flight`];
}

function renderVariants({ variants }: RunView, { colors, width }: ViewStyle): string {
  const scores = variants[0]?.scores ?? [];
  const hasErrors = variants.some(({ errored }) => errored > 0);
  const columns: readonly ReportColumn[] = [
    { title: 'variant', align: 'left', least: 16 },
    { title: 'n', align: 'right', keep: 3 },
    ...(hasErrors ? [{ title: 'errored', align: 'right', keep: 2 } as const] : []),
    ...scores.map(({ name }, place): ReportColumn => {
      return { title: oneLine(name), align: 'right', ...(place === 0 ? {} : { keep: 1 }) };
    }),
    { title: 'cost', align: 'right', keep: 4 },
  ];
  const rows = bestFirst(variants).map((variant) => [
    oneLine(variant.name),
    formatCount(variant.completed),
    ...(hasErrors ? [formatCount(variant.errored)] : []),
    ...variant.scores.map((score) => scoreText(score, variant)),
    oneLine(formatCosts(variant.costs, variant.unknownCosts)),
  ]);
  const limits =
    width === Infinity
      ? {}
      : { most: MOST_VARIANTS, rest: (count: string) => `${count} more variants: --wide shows them` };
  return renderTable({ columns, rows }, { bold: colors.bold, width, ...limits });
}

function bestFirst(variants: readonly VariantView[]): readonly VariantView[] {
  return variants.toSorted((one, other) => firstMean(other) - firstMean(one));
}

function firstMean({ scores: [first] }: VariantView): number {
  return first?.mean ?? -1;
}

/** `95.8%`; with `n=46` if some answers have no score. */
function scoreText({ mean, n }: VariantView['scores'][number], { completed }: VariantView): string {
  if (mean === null) return '–';
  return n === completed ? formatShare(mean) : `${formatShare(mean)} n=${formatCount(n)}`;
}
