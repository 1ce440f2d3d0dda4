import type { JSX } from 'preact';
import { type Axis, linearAxis, logAxis } from '../charts/axis.ts';
import { AxisMarks } from '../charts/interval.tsx';
import { pairsOf, quantile, Strip } from '../charts/strip.tsx';
import { endsOf } from '../data/ends.ts';
import { namesText, type Page, sentenceName, usePage } from './page.ts';
import { Name, Section } from './parts.tsx';

const MANY = 14;
const FIRST = 12;

/** How long answers took and how long they are. */
export function Time(): JSX.Element | null {
  const page = usePage();
  const { head, words, chosen } = page;
  const order = orderOf(page);
  const shown = order.length <= MANY ? order : order.filter((variant, place) => place < FIRST || variant === chosen);
  const latencies = head.shapes.flatMap(({ latencies: own }) => pairsOf(own).map(([value]) => value));
  const lengths = head.shapes.flatMap(({ lengths: own }) => pairsOf(own).map(([value]) => value));
  if (latencies.length === 0 && lengths.length === 0) return null;
  const time = logAxis(spanOf(latencies).map((latency) => Math.max(1, latency)));
  const length = linearAxis(lengths.length === 0 ? [] : [0, ...spanOf(lengths)], 4, 1);
  const notes = [words.timeNote, words.timeNote2, ...(head.run.simulated ? [words.timeSimulated] : [])];
  return (
    <Section id="time" topic={words.sections.time} finding={findingOf(page)} notes={notes}>
      <table class="figures strips">
        <TimeHead time={time} length={length} />
        <tbody>
          {shown.map((variant) => (
            <TimeRow key={variant} variant={variant} time={time} length={length} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** Of many values only the ends matter, and too many arguments overflow the stack. */
function spanOf(values: readonly number[]): readonly number[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return values.length === 0 ? [] : [low, high];
}

function orderOf({ head, scorer }: Page): readonly number[] {
  const own = head.variants.map((_variant, place) => place);
  return scorer === null ? own : scorer.leaderboard.map(({ variant }) => variant);
}

function findingOf(page: Page): string {
  const { head, words, format } = page;
  const ends = endsOf(
    head.variants.map(({ p95 }) => p95),
    (p95) => format.duration(p95),
  );
  if (ends === null) return words.sections.time;
  const [fastest, slowest] = ends;
  const names = namesText(page, fastest.places);
  if (fastest.text !== slowest.text) {
    return words.fastestIs(names, fastest.text, namesText(page, slowest.places), slowest.text);
  }
  if (fastest.places.length === 1) return words.fastestIs(names, fastest.text, '', '');
  return fastest.places.length === head.variants.length ? words.sameTime(fastest.text) : words.sections.time;
}

function TimeHead({ time, length }: { readonly time: Axis; readonly length: Axis }): JSX.Element {
  const { words, format } = usePage();
  return (
    <thead>
      <tr>
        <th>{words.variant}</th>
        <th class="chart">
          {words.timeOf}
          <AxisMarks axis={time} textOf={(tick) => format.duration(tick)} isLog />
        </th>
        <th class="number">{words.p50}</th>
        <th class="number">{words.p95}</th>
        <th class="chart">
          {words.lengthOf}
          <AxisMarks axis={length} textOf={(tick) => format.count(tick)} />
        </th>
        <th class="number">{words.p50}</th>
        <th class="number">{words.p95}</th>
        <th class="number">{words.cut}</th>
      </tr>
    </thead>
  );
}

function TimeRow({
  variant,
  time,
  length,
}: {
  readonly variant: number;
  readonly time: Axis;
  readonly length: Axis;
}): JSX.Element {
  const page = usePage();
  const { head, words, format, chosen } = page;
  const { latencies = [], lengths = [] } = head.shapes[variant] ?? {};
  const { p50 = null, p95 = null, cut = 0 } = head.variants[variant] ?? {};
  const durationText = (value: number | null): string => (value === null ? '–' : format.duration(value));
  const countText = (value: number | null): string => (value === null ? '–' : format.count(value));
  const name = sentenceName(page, variant);
  return (
    <tr data-v={variant} class={variant === chosen ? 'chosen' : ''}>
      <td>
        <Name variant={variant} />
      </td>
      <td class="chart">
        <Strip counts={latencies} axis={time} isLog label={`${words.timeOf}: ${name}`} />
      </td>
      <td class="number" data-label={words.p50}>
        {durationText(p50 ?? quantile(latencies, 0.5))}
      </td>
      <td class="number" data-label={words.p95}>
        {durationText(p95 ?? quantile(latencies, 0.95))}
      </td>
      <td class="chart">
        <Strip counts={lengths} axis={length} isLog={false} label={`${words.lengthOf}: ${name}`} />
      </td>
      <td class="number" data-label={words.tokens50}>
        {countText(quantile(lengths, 0.5))}
      </td>
      <td class="number" data-label={words.p95}>
        {countText(quantile(lengths, 0.95))}
      </td>
      <td class={cut > 0 ? 'number bad' : 'number quiet usual'} data-label={words.cut}>
        {format.count(cut)}
      </td>
    </tr>
  );
}
