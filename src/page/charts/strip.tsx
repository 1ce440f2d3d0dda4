import type { JSX } from 'preact';
import type { Counts } from '../../core/page-data.ts';
import { type Axis, placing } from './axis.ts';

/** Values in ascending order with how many there are of each. */
export function pairsOf(counts: Counts): readonly (readonly [value: number, count: number])[] {
  return Array.from({ length: Math.floor(counts.length / 2) }, (_, index) => [
    counts[2 * index] ?? 0,
    counts[2 * index + 1] ?? 0,
  ]);
}

/** The smallest value that at least this share does not exceed; null for none. */
export function quantile(counts: Counts, share: number): number | null {
  const pairs = pairsOf(counts);
  const wanted = Math.ceil(share * pairs.reduce((sum, [, count]) => sum + count, 0));
  let seen = 0;
  for (const [value, count] of pairs) {
    seen += count;
    if (seen >= wanted) return value;
  }
  return null;
}

const BINS = 48;
const HEIGHT = 24;

/** A histogram on an axis that others share, with ticks at half and 95 % of the values. */
export function Strip(props: {
  readonly counts: Counts;
  readonly axis: Axis;
  readonly isLog: boolean;
  readonly label: string;
}): JSX.Element {
  const { counts, axis, isLog, label } = props;
  const at = placing(axis, isLog);
  const bins = Array.from({ length: BINS }, () => 0);
  for (const [value, count] of pairsOf(counts)) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(at(value) * BINS)));
    bins[bin] = (bins[bin] ?? 0) + count;
  }
  const most = Math.max(1, ...bins);
  const ticks = [quantile(counts, 0.5), quantile(counts, 0.95)].flatMap((value) => (value === null ? [] : [at(value)]));
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${BINS * 5} ${HEIGHT + 3}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line class="base" x1="0" x2={BINS * 5} y1={HEIGHT} y2={HEIGHT} />
      {bins.map((count, bin) => {
        const height = count === 0 ? 0 : Math.max(1.5, (HEIGHT - 2) * (count / most));
        // oxlint-disable-next-line no-array-index-key -- a bin is its place
        return <rect key={bin} x={bin * 5} width="4" y={HEIGHT - height} height={height} />;
      })}
      {ticks.map((place, index) => (
        <rect
          key={index === 0 ? 'half' : 'most'}
          class="tick"
          x={place * BINS * 5}
          width="1.4"
          y={HEIGHT - 5}
          height="8"
        />
      ))}
    </svg>
  );
}
