import type { JSX } from 'preact';
import type { AnalysedVariant, ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { shortenedApart } from '../data/names.ts';
import { usePage } from '../view/page.ts';
import { type Axis, percentAxis, placing } from './axis.ts';
import { haveRoom } from './labels.ts';

/** Variants that differ in their temperature only. */
export interface Family {
  readonly name: string;
  /** By ascending temperature. */
  readonly points: readonly {
    readonly variant: number;
    readonly temperature: number;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Models with several temperatures, in plan order. */
export function temperatureFamilies(
  variants: readonly AnalysedVariant[],
  { leaderboard }: ScorerAnalysis,
): readonly Family[] {
  const prompts = new Set(variants.map(({ prompt }) => prompt));
  const families = new Map<string, Family['points'][number][]>();
  for (const [variant, { prompt, model, label = model, temperature }] of variants.entries()) {
    const { mean = null, interval = null } = leaderboard.find((entry) => entry.variant === variant) ?? {};
    if (temperature === null || mean === null) continue;
    const name = prompts.size > 1 ? `${prompt} · ${label}` : label;
    const points = families.get(name) ?? [];
    points.push({
      variant,
      temperature,
      mean: 100 * mean,
      low: 100 * (interval?.low ?? mean),
      high: 100 * (interval?.high ?? mean),
    });
    families.set(name, points);
  }
  return [...families]
    .filter(([, points]) => points.length > 1)
    .map(([name, points]) => ({ name, points: points.toSorted((one, other) => one.temperature - other.temperature) }));
}

/** With more models, panels are smaller. */
const MANY = 8;

/** A panel for each model, on one scale. */
export function TemperatureChart({ families }: { readonly families: readonly Family[] }): JSX.Element {
  const axis = percentAxis(families.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])));
  const isSmall = families.length > MANY;
  const titles = shortenedApart(
    families.map(({ name }) => name),
    MOST_OF_NAME,
  );
  return (
    <div class={isSmall ? 'panels small' : 'panels'}>
      {families.map((family, place) => (
        <Panel
          key={family.name}
          family={family}
          title={titles[place] ?? family.name}
          axis={axis}
          size={isSmall ? { width: SMALL_WIDTH, height: 62 } : { width: WIDTH, height: 120 }}
        />
      ))}
    </div>
  );
}

/** Characters of a name above a panel. */
const MOST_OF_NAME = 40;
/** Width of a panel; a small one has the same size of text. */
const WIDTH = 200;
const SMALL_WIDTH = 110;
const LEFT = 28;

interface PanelProps {
  readonly family: Family;
  readonly title: string;
  readonly axis: Axis;
  readonly size: { readonly width: number; readonly height: number };
}

function Panel({ family, title, axis, size }: PanelProps): JSX.Element {
  const { width, height } = size;
  const { format, chosen, names } = usePage();
  const { points, name } = family;
  const up = placing(axis);
  const inset = width < WIDTH ? 12 : 26;
  const y = (value: number): number => height - 20 - up(value) * (height - 28);
  const x = (index: number): number =>
    LEFT + inset + (index * (width - LEFT - 2 * inset)) / Math.max(1, points.length - 1);
  const ticks = height < 100 ? [axis.low, axis.high] : axis.ticks;
  const isMarked = haveRoom(
    points.map(({ variant }, index) => ({ text: names[variant]?.temperature ?? '', x: x(index) })),
  );
  const label = points
    .map(({ temperature, mean }) => `${format.plain(temperature)}: ${format.percent(mean / 100)}`)
    .join(', ');
  return (
    <figure>
      <figcaption title={name}>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} class="temperature" role="img" aria-label={`${name}: ${label}`}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
              {format.count(tick)}
            </text>
          </g>
        ))}
        <path
          class="path"
          d={points.map(({ mean }, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(mean)}`).join('')}
        />
        {points.map(({ variant, mean, low, high }, index) => (
          <g key={variant} data-v={variant} class={variant === chosen ? 'point chosen' : 'point'}>
            <line class="range" x1={x(index)} x2={x(index)} y1={y(high)} y2={y(low)} />
            <circle class="dot" cx={x(index)} cy={y(mean)} r="4" />
            {isMarked[index] === true && (
              <text x={x(index)} y={height - 4} text-anchor="middle">
                {names[variant]?.temperature ?? ''}
              </text>
            )}
          </g>
        ))}
      </svg>
    </figure>
  );
}
