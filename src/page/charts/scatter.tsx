import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { currencyText } from '../../core/money-text.ts';
import { dominatedOf, knownCost } from '../data/choice.ts';
import { shortened } from '../data/names.ts';
import { namesText, type Page, usePage } from '../view/page.ts';
import { type Axis, logAxis, percentAxis, placing } from './axis.ts';
import { type Label, marksWithRoom, placeLabels } from './labels.ts';
import { type Point, type PointMark, pointMarks, stepsOf } from './points.ts';
import { useWidth } from './width.ts';

const HEIGHT = 300;
const MARGIN = { left: 34, right: 14, top: 8, bottom: 26 };
/** With more points, only those on the frontier and the chosen one have labels and intervals. */
const MANY = 14;
/** Characters of a name beside its point. */
const MOST_OF_NAME = 32;

/** Cost against score, with intervals and the frontier as steps. */
export function Scatter({
  scorer,
  currency,
}: {
  readonly scorer: ScorerAnalysis;
  readonly currency: string;
}): JSX.Element {
  const page = usePage();
  const { words } = page;
  const ref = useRef<HTMLElement>(null);
  const width = useWidth(ref);
  const { points, x, y } = pointsOf(page, { scorer, currency, width });
  const frontier = scorer.frontiers.find((one) => one.currency === currency)?.frontier ?? [];
  const marks = pointMarks(points, page.chosen);
  const labels = placeLabels(
    marks.filter(({ isNamed, variants }) => isNamed || variants.length > 1).map((mark) => labelOf(page, mark)),
    width,
  );
  const caption = words.byCost(scorer.scorer, currencyText(currency));
  return (
    <figure ref={ref}>
      <figcaption class="caption">{caption}</figcaption>
      <svg width={width} height={HEIGHT} class="scatter" role="img" aria-label={caption}>
        <Grid x={x} y={y} width={width} />
        <path class="frontier" d={stepsOf(frontier, points, width - MARGIN.right)} />
        {marks.map((point) => (
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
              <title>{namesText(page, point.variants)}</title>
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

/** The name beside a mark; of several variants, their temperatures, or how many others there are. */
function labelOf({ names, chosen }: Page, { variant, variants, x, y, low, high, isNamed }: PointMark): Label {
  const { model, temperature } = names[variant] ?? { model: '', temperature: '' };
  const line = isNamed ? { top: high, bottom: low } : undefined;
  const place = { x, y, isStrong: variant === chosen, line };
  if (!isNamed) return { text: `×${variants.length}`, more: '', ...place };
  const text = shortened(model, MOST_OF_NAME);
  if (variants.every((other) => names[other]?.model === model)) {
    const own = variants.map((other) => names[other]?.temperature ?? '').filter((one) => one !== '');
    return { text, more: own.join(', '), ...place };
  }
  return { text: temperature === '' ? text : `${text} ${temperature}`, more: `+${variants.length - 1}`, ...place };
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
  const [x, y] = [
    logAxis(entries.map(({ variant }) => costs.get(variant) ?? 1)),
    percentAxis(ends.map((end) => 100 * end)),
  ];
  const [across, up] = [placing(x, true), placing(y)];
  const toX = (cost: number): number => MARGIN.left + across(cost) * (width - MARGIN.left - MARGIN.right);
  const toY = (percent: number): number => HEIGHT - MARGIN.bottom - up(percent) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const dominated = dominatedOf(scorer);
  const points = entries.map(({ variant, mean, interval }): Point => {
    return {
      variant,
      x: toX(costs.get(variant) ?? 1),
      y: toY(100 * (mean ?? 0)),
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
  const inner = width - MARGIN.left - MARGIN.right;
  const marks = x.ticks.map((tick) => ({ place: across(tick), text: format.plain(Number(tick.toPrecision(1))) }));
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
      {marksWithRoom(marks, inner).map(({ text, place, anchor }) => (
        <text key={place} x={MARGIN.left + place * inner} y={HEIGHT - 6} text-anchor={anchor}>
          {text}
        </text>
      ))}
    </g>
  );
}
