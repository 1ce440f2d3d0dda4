import type { JSX } from 'preact';
import type { Interval } from '../../core/stats/wilson.ts';
import { type Axis, placing } from './axis.ts';

const percent = (place: number): string => `${(100 * place).toFixed(2)}%`;

/** A mean with its interval on an axis; the figures beside it say the same in words. */
export function IntervalBar(props: {
  readonly axis: Axis;
  readonly mean: number | null;
  readonly interval: Interval | null;
  readonly kind?: string;
  readonly isHollow?: boolean;
  readonly zero?: number;
  readonly shade?: Interval;
}): JSX.Element {
  const { axis, mean, interval, kind = '', isHollow = false, zero, shade } = props;
  const at = placing(axis);
  return (
    <svg class={`interval ${kind}`} aria-hidden="true">
      {shade !== undefined && (
        <rect
          class="shade"
          x={percent(at(shade.low))}
          width={percent(at(shade.high) - at(shade.low))}
          y="2"
          height="14"
        />
      )}
      {axis.ticks.map((tick) => (
        <line class="grid" key={tick} x1={percent(at(tick))} x2={percent(at(tick))} y1="0" y2="18" />
      ))}
      {zero !== undefined && <line class="zero" x1={percent(at(zero))} x2={percent(at(zero))} y1="0" y2="18" />}
      {interval !== null && (
        <line class="range" x1={percent(at(interval.low))} x2={percent(at(interval.high))} y1="9" y2="9" />
      )}
      {mean !== null && <circle class={isHollow ? 'dot hollow' : 'dot'} cx={percent(at(mean))} cy="9" r="4.5" />}
    </svg>
  );
}

/** A mark of an axis; at its ends it stays within it, so that it touches nothing beside it. @param place from 0 to 1 */
export function AxisMark({ place, text }: { readonly place: number; readonly text: string }): JSX.Element {
  return (
    <text x={percent(place)} y="11" text-anchor={anchorOf(place, text)}>
      {text}
    </text>
  );
}

function anchorOf(place: number, text: string): 'start' | 'middle' | 'end' {
  const room = text.length * HALF_CHARACTER;
  if (place < room) return 'start';
  return place > 1 - room ? 'end' : 'middle';
}

/** Half the width of a character as a share of a narrow axis. */
const HALF_CHARACTER = 0.025;

/** Marks of a narrow axis; with more, every other one is left out. */
const FEW_MARKS = 4;

/** Marks of an axis above such bars. */
export function AxisMarks({
  axis,
  textOf,
  isNarrow = false,
}: {
  readonly axis: Axis;
  readonly textOf: (tick: number) => string;
  readonly isNarrow?: boolean;
}): JSX.Element {
  const at = placing(axis);
  const step = isNarrow && axis.ticks.length > FEW_MARKS ? 2 : 1;
  const marked = axis.ticks.filter((_tick, index) => index % step === 0);
  return (
    <svg class="axis" aria-hidden="true">
      {marked.map((tick) => (
        <AxisMark key={tick} place={at(tick)} text={textOf(tick)} />
      ))}
    </svg>
  );
}
