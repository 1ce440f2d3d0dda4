import type { JSX } from 'preact';
import { FEWEST_ESTIMATED_TRIALS } from '../../core/estimate.ts';
import { formatDecimal } from '../../core/money.ts';
import type { PageCost } from '../../core/page-data.ts';
import { type Paid, paidBesides, paidIn, spentOf } from '../../core/paid.ts';
import { type Axis, linearAxis, placing } from '../charts/axis.ts';
import { AxisMarks } from '../charts/interval.tsx';
import { coverageOf, isPriced } from '../data/estimate.ts';
import { lostCallsText } from '../data/lost.ts';
import { type Page, usePage } from './page.ts';
import { Name, Section } from './parts.tsx';

/** An estimate beside what was paid. */
interface Line {
  /** null for all variants of known price together, with what is in no variant. */
  readonly variant: number | null;
  readonly cost: PageCost;
  readonly paid: number;
  /** Answers of unknown cost, which `paid` leaves out. */
  readonly unknown: number;
}

/** Estimate and bill. */
export function Bill(): JSX.Element | null {
  const page = usePage();
  const { head, words, format } = page;
  if (head.estimate === null) return <NoEstimate />;
  const lines = linesOf(page);
  const own = lines.slice(0, -1);
  const total = lines.at(-1);
  if (total === undefined) return null;
  const hasRange = lines.some(({ cost }) => cost.expected !== null);
  const { level, unknownPrices } = head.estimate;
  const notes = [
    ...lostNotes(page),
    ...(unknownPrices.length > 0 ? [words.billNoPrice(unknownPrices.join(', '))] : []),
    ...(hasRange ? [words.billNote(format.percent(level, 0))] : [words.billNoteFloor, words.billPilot]),
  ];
  const axis = axisOf(lines, hasRange);
  return (
    <Section id="bill" topic={words.sections.bill} finding={findingOf(page, total)} notes={notes}>
      <table class="figures bill">
        <thead>
          <tr>
            <th>{words.variant}</th>
            {hasRange && <th class="number">{words.estimate}</th>}
            {hasRange && <th class="number">{words.range}</th>}
            <th class="chart">
              <AxisMarks
                axis={axis}
                textOf={(tick) => (hasRange ? format.percent(tick, 0) : `${format.plain(Number(tick.toFixed(2)))}×`)}
              />
            </th>
            <th class="number">{words.atMost}</th>
            <th class="number">{words.bill}</th>
            {hasRange && <th class="number">{words.difference}</th>}
          </tr>
        </thead>
        <tbody>
          {own.map((line) => (
            <BillRow key={line.variant} line={line} axis={axis} hasRange={hasRange} />
          ))}
          {own.length > 0 && <BesidesRow currency={total.cost.currency} hasRange={hasRange} />}
          <BillRow line={total} axis={axis} hasRange={hasRange} />
        </tbody>
      </table>
    </Section>
  );
}

/** What the bill leaves out, as nobody knows whether it was paid. */
function lostNotes(page: Page): readonly string[] {
  const calls = lostCallsText(page, page.head.lost);
  return calls === null ? [] : [page.words.billLost(calls)];
}

/** Why there is no estimate, where a bill could be held against one. */
function NoEstimate(): JSX.Element | null {
  const page = usePage();
  const { head, words, format } = page;
  if (head.total.costs.every(({ total }) => Number(total) === 0)) return null;
  const notes = [words.billWhyNone(format, FEWEST_ESTIMATED_TRIALS), ...lostNotes(page)];
  return <Section id="bill" topic={words.sections.bill} finding={words.billNoEstimate} notes={notes} />;
}

const MANY = 14;

function linesOf({ head }: Page): readonly Line[] {
  const [only, ...others] = head.estimate?.costs ?? [];
  if (only === undefined || others.length > 0) return [];
  const { currency } = only;
  const variants = head.estimate?.variants ?? [];
  const own = variants.flatMap((cost, variant): Line[] => {
    const totals = head.variants[variant];
    if (!isPriced(cost) || cost.currency !== currency || totals === undefined) return [];
    const spent = spentOf(totals);
    const paid = numberIn(spent, currency);
    return paid === 0 ? [] : [{ variant, cost, paid, unknown: spent.unknownCosts }];
  });
  // The estimate's sum is held against what it is the estimate of.
  const apart = head.variants.filter((_, variant) => variants.length > 0 && !isPriced(variants[variant] ?? null));
  const bill = paidBesides(head.paid.answers, apart.map(spentOf));
  const paid = numberIn(bill, currency);
  if (paid === 0) return [];
  const unknown = bill.unknownCosts;
  return [...(own.length > MANY || own.length === 1 ? [] : own), { variant: null, cost: only, paid, unknown }];
}

function numberIn(paid: Paid, currency: string): number {
  return Number(formatDecimal(paidIn(paid, currency)));
}

function findingOf({ head, words, format }: Page, { cost, paid, unknown }: Line): string {
  const { currency, low, high, expected, ceiling } = cost;
  const bill = format.money({ total: String(paid), currency });
  if (unknown > 0) return words.billPartly(format, bill, unknown);
  const { unpriced } = coverageOf(head, currency);
  if (unpriced > 0) return words.billUnpriced(format, bill, unpriced);
  if (expected === null || low === null || high === null) {
    return ceiling === null ? words.billOnly(bill) : words.billBelow(bill, format.money({ total: ceiling, currency }));
  }
  if (paid < Number(low) && head.total.cached > 0) return words.billSaved(bill);
  return Number(low) <= paid && paid <= Number(high) ? words.billInside(bill) : words.billOutside(bill);
}

/** The ends of a bar, as multiples of the bill; null without an upper bound. */
function endsOf({ cost, paid }: Line): { readonly low: number; readonly high: number } | null {
  const { low, high, ceiling } = cost;
  const most = high ?? ceiling;
  if (most === null) return null;
  const [from, to] = [Number(low ?? 0) / paid, Number(most) / paid];
  return { low: from, high: Math.max(from, to) };
}

function axisOf(lines: readonly Line[], hasRange: boolean): Axis {
  const values = lines.map(endsOf).flatMap((ends) => (ends === null ? [] : [ends.low, ends.high]));
  return linearAxis(hasRange ? [0.9, 1.1, ...values] : [0, 1, ...values], 5);
}

function BillRow({
  line,
  axis,
  hasRange,
}: {
  readonly line: Line;
  readonly axis: Axis;
  readonly hasRange: boolean;
}): JSX.Element {
  const { head, words, format, chosen } = usePage();
  const { variant, cost, paid, unknown } = line;
  const { currency, low, expected, high, ceiling } = cost;
  const ends = endsOf(line);
  const isOutside = hasRange && ends !== null && (ends.high < 1 || (ends.low > 1 && unknown === 0));
  const money = (total: string | null): string => (total === null ? words.unknown : format.money({ total, currency }));
  const at = placing(axis);
  const sumName = coverageOf(head, currency).unpriced > 0 ? words.pricedVariants : words.allVariants;
  return (
    <tr data-v={variant ?? undefined} class={variant === null ? 'sum' : variant === chosen ? 'chosen' : ''}>
      <td>{variant === null ? sumName : <Name variant={variant} />}</td>
      {hasRange && <td class="number">{money(expected)}</td>}
      {hasRange && <td class="number quiet">{`${money(low)} – ${money(high)}`}</td>}
      <td class="chart">
        <svg class={isOutside ? 'interval outside' : 'interval'} aria-hidden="true">
          {axis.ticks.map((tick) => (
            <line class="grid" key={tick} x1={percent(at(tick))} x2={percent(at(tick))} y1="0" y2="18" />
          ))}
          {ends !== null && (
            <rect
              class="span"
              x={percent(at(ends.low))}
              width={percent(Math.max(0, at(ends.high) - at(ends.low)))}
              y="6.5"
              height="5"
            />
          )}
          <line class="one" x1={percent(at(1))} x2={percent(at(1))} y1="2" y2="16" />
        </svg>
      </td>
      <td class="number quiet" data-label={words.atMost}>
        {money(ceiling)}
      </td>
      <td class="number" data-label={words.bill}>
        {unknown > 0 && '≥\u202F'}
        {format.money({ total: String(paid), currency })}
      </td>
      {hasRange && (
        <td class={isOutside ? 'number bad' : 'number'}>
          {expected === null || unknown > 0 ? '–' : `${format.signed(100 * (paid / Number(expected) - 1))}%`}
        </td>
      )}
    </tr>
  );
}

/** What was paid for results that are in no variant, if anything was. */
function BesidesRow({
  currency,
  hasRange,
}: {
  readonly currency: string;
  readonly hasRange: boolean;
}): JSX.Element | null {
  const { head, words, format } = usePage();
  const { besides } = head.paid;
  const amount = paidIn(besides, currency);
  if (amount === 0n && besides.unknownCosts === 0) return null;
  const known = amount === 0n ? words.unknown : format.money({ total: formatDecimal(amount), currency });
  return (
    <tr>
      <td>{words.billBesides}</td>
      {hasRange && <td />}
      {hasRange && <td />}
      <td />
      <td />
      <td class="number" data-label={words.bill}>
        {amount !== 0n && besides.unknownCosts > 0 && '≥\u202F'}
        {known}
      </td>
      {hasRange && <td />}
    </tr>
  );
}

function percent(place: number): string {
  return `${(100 * place).toFixed(2)}%`;
}
