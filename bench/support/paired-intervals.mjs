// Intervals of a difference of paired shares that promptgrid does not use, for comparison with its own.

/** Two-sided points of the normal distribution at the levels that benches use. */
const POINTS = { 0.95: 1.959963984540054, 0.9: 1.6448536269514722 };

function wilson(share, n, z) {
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { below: share - (centre - spread) / scale, above: (centre + spread) / scale - share };
}

/**
 * R. G. Newcombe, Statistics in Medicine 17 (1998), 2635–2650, method 10: Wilson's intervals of both shares, combined
 * for correlated shares. promptgrid used it before.
 */
export function newcombe({ both, onlyFirst, onlySecond, neither }, level) {
  const n = both + onlyFirst + onlySecond + neither;
  const z = POINTS[level];
  const [first, second] = [wilson((both + onlyFirst) / n, n, z), wilson((both + onlySecond) / n, n, z)];
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  const alike = both * neither - onlyFirst * onlySecond;
  const correlation = margins === 0 ? 0 : (alike > 0 ? Math.max(0, alike - n / 2) : alike) / Math.sqrt(margins);
  const together = (a, b) => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  const difference = (onlyFirst - onlySecond) / n;
  return {
    low: Math.max(-1, difference - together(first.below, second.above)),
    high: Math.min(1, difference + together(first.above, second.below)),
  };
}

/** T. Tango, Statistics in Medicine 17 (1998), 891–908: the differences that a score test does not reject. */
export function tango({ both, onlyFirst, onlySecond, neither }, level) {
  const n = both + onlyFirst + onlySecond + neither;
  const z = POINTS[level];
  const lower = (more, less) => {
    let [low, high] = [-1, (more - less) / n];
    for (let step = 0; step < 45; step++) {
      const difference = (low + high) / 2;
      const b = (2 * n - more + less) * difference - more - less;
      const share = (Math.sqrt(Math.max(0, b * b + 8 * n * less * difference * (1 - difference))) - b) / (4 * n);
      const error = Math.sqrt(n * (2 * share + difference * (1 - difference)));
      if (more - less - n * difference > z * error) low = difference;
      else high = difference;
    }
    return (low + high) / 2;
  };
  return { low: lower(onlyFirst, onlySecond), high: -lower(onlySecond, onlyFirst) };
}
