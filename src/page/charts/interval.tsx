import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Interval } from '../../core/stats/wilson.ts';
import { type Axis, placing } from './axis.ts';
import { type AxisMark, marksWithRoom } from './labels.ts';
import { useWidth } from './width.ts';

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

/** Width of the narrowest axis, in px. */
const NARROW = 100;

/** Marks in one line, as many as have room. @param zero index of the one that stays; -1 for none */
export function Marks({
  marks,
  zero = -1,
}: {
  readonly marks: readonly AxisMark[];
  readonly zero?: number;
}): JSX.Element {
  const ref = useRef<SVGSVGElement>(null);
  const width = useWidth(ref, NARROW, NARROW);
  return (
    <svg class="axis" aria-hidden="true" ref={ref}>
      {marksWithRoom(marks, width, zero).map(({ text, place, anchor }) => (
        <text key={place} x={percent(place)} y="11" text-anchor={anchor}>
          {text}
        </text>
      ))}
    </svg>
  );
}

/** Marks of an axis above such bars. */
export function AxisMarks({
  axis,
  textOf,
  isLog = false,
}: {
  readonly axis: Axis;
  readonly textOf: (tick: number) => string;
  readonly isLog?: boolean;
}): JSX.Element {
  const at = placing(axis, isLog);
  return (
    <Marks marks={axis.ticks.map((tick) => ({ text: textOf(tick), place: at(tick) }))} zero={axis.ticks.indexOf(0)} />
  );
}
