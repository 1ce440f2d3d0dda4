import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { dominatedOf, knownCost } from '../data/choice.ts';
import { shortened } from '../data/names.ts';
import { type Page, sentenceName, usePage } from '../view/page.ts';
import { type Axis, logAxis, percentAxis, placing } from './axis.ts';
import { type Label, placeLabels } from './labels.ts';

const HEIGHT = 300;
const MARGIN = { left: 34, right: 14, top: 8, bottom: 26 };
/** With more points, only those on the frontier and the chosen one have labels and intervals. */
const MANY = 14;
/** Characters of a name beside its point. */
const MOST_OF_NAME = 32;
/** Equal points are drawn this far apart. */
const DODGE = 7;

interface Point {
  readonly variant: number;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly isHollow: boolean;
  readonly isNamed: boolean;
}

/** Width of an element, as it changes. */
export function useWidth(): readonly [{ readonly current: HTMLDivElement | null }, number] {
  const ref = useRef<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(560);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(260, Math.floor(element.clientWidth))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** Cost against score, with intervals and the frontier as steps. */
export function Scatter({
  scorer,
  currency,
}: {
  readonly scorer: ScorerAnalysis;
  readonly currency: string;
}): JSX.Element {
  const page = usePage();
  const { words, format } = page;
  const [ref, width] = useWidth();
  const { points, x, y } = pointsOf(page, { scorer, currency, width });
  const frontier = scorer.frontiers.find((one) => one.currency === currency)?.frontier ?? [];
  const labels = placeLabels(
    points.filter(({ isNamed }) => isNamed).map((point) => labelOf(page, point)),
    width,
  );
  const caption = words.byCost(scorer.scorer, format.currency(currency));
  return (
    <figure ref={ref}>
      <figcaption class="caption">{caption}</figcaption>
      <svg width={width} height={HEIGHT} class="scatter" role="img" aria-label={caption}>
        <Grid x={x} y={y} width={width} />
        <path class="frontier" d={stepsOf(frontier, points, width)} />
        {points.map((point) => (
          <g
            key={point.variant}
            data-v={point.variant}
            class={point.variant === page.chosen ? 'point chosen' : 'point'}
          >
            {point.isNamed && <line class="range" x1={point.x} x2={point.x} y1={point.high} y2={point.low} />}
            <circle
              class={point.isHollow ? 'dot hollow' : 'dot'}
              cx={point.x}
              cy={point.y}
              r={point.variant === page.chosen ? 6 : 4.5}
            >
              <title>{sentenceName(page, point.variant)}</title>
            </circle>
          </g>
        ))}
        {labels.map(({ text, x: left, y: top, anchor, isStrong }) => (
          <text
            key={`${text} ${left} ${top}`}
            class={isStrong ? 'label chosen' : 'label'}
            x={left}
            y={top}
            text-anchor={anchor}
          >
            {text}
          </text>
        ))}
      </svg>
    </figure>
  );
}

function labelOf({ names, chosen }: Page, { variant, x, y }: Point): Label {
  const { model, temperature } = names[variant] ?? { model: '', temperature: '' };
  return { text: shortened(model, MOST_OF_NAME), more: temperature, x, y, isStrong: variant === chosen };
}

interface Drawing {
  readonly scorer: ScorerAnalysis;
  readonly currency: string;
  readonly width: number;
}

function pointsOf(
  page: Page,
  { scorer, currency, width }: Drawing,
): { readonly points: readonly Point[]; readonly x: Axis; readonly y: Axis } {
  const costs = new Map<number, number>();
  for (const [variant, own] of page.head.analysis.variants.entries()) {
    const cost = knownCost(own);
    if (cost?.currency === currency && Number(cost.total) > 0) costs.set(variant, Number(cost.total));
  }
  const entries = scorer.leaderboard.filter(({ variant, mean }) => costs.has(variant) && mean !== null);
  const onFrontier = new Set(scorer.frontiers.flatMap(({ frontier }) => frontier));
  const isNamed = (variant: number): boolean =>
    entries.length <= MANY || onFrontier.has(variant) || variant === page.chosen;
  const shown = entries.filter(({ variant }) => isNamed(variant));
  const ends = [
    ...shown.flatMap(({ interval }) => [interval?.low ?? 0, interval?.high ?? 1]),
    ...entries.map(({ mean }) => mean ?? 0),
  ];
  const [x, y] = [logAxis([...costs.values()]), percentAxis(ends.map((end) => 100 * end))];
  const [across, up] = [placing(x, true), placing(y)];
  const toX = (cost: number): number => MARGIN.left + across(cost) * (width - MARGIN.left - MARGIN.right);
  const toY = (percent: number): number => HEIGHT - MARGIN.bottom - up(percent) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const dominated = dominatedOf(scorer);
  const taken: { x: number; y: number }[] = [];
  const points = entries.map(({ variant, mean, interval }): Point => {
    const place = { x: toX(costs.get(variant) ?? 1), y: toY(100 * (mean ?? 0)) };
    while (taken.some((other) => Math.abs(other.x - place.x) < DODGE - 1 && Math.abs(other.y - place.y) < 3))
      place.x += DODGE;
    taken.push(place);
    return {
      variant,
      ...place,
      low: toY(100 * (interval?.low ?? mean ?? 0)),
      high: toY(100 * (interval?.high ?? mean ?? 0)),
      isHollow: dominated.has(variant),
      isNamed: isNamed(variant),
    };
  });
  return { points, x, y };
}

function Grid({ x, y, width }: { readonly x: Axis; readonly y: Axis; readonly width: number }): JSX.Element {
  const { format } = usePage();
  const [across, up] = [placing(x, true), placing(y)];
  return (
    <g class="axes">
      {y.ticks.map((tick) => {
        const at = HEIGHT - MARGIN.bottom - up(tick) * (HEIGHT - MARGIN.top - MARGIN.bottom);
        return (
          <g key={tick}>
            <line class="grid" x1={MARGIN.left} x2={width} y1={at} y2={at} />
            <text x={MARGIN.left - 8} y={at + 4} text-anchor="end">
              {format.count(tick)}
            </text>
          </g>
        );
      })}
      {x.ticks.map((tick) => (
        <text
          key={tick}
          x={MARGIN.left + across(tick) * (width - MARGIN.left - MARGIN.right)}
          y={HEIGHT - 6}
          text-anchor="middle"
        >
          {format.plain(Number(tick.toPrecision(1)))}
        </text>
      ))}
    </g>
  );
}

/** The best score for the money, from left to right. */
function stepsOf(frontier: readonly number[], points: readonly Point[], width: number): string {
  const found = frontier.flatMap((variant) => points.find((point) => point.variant === variant) ?? []);
  return found
    .map(({ x, y }, index) => (index === 0 ? `M${x} ${y}` : `H${x} V${y}`))
    .concat(found.length === 0 ? [] : [`H${width - MARGIN.right}`])
    .join(' ');
}
