#!/usr/bin/env bash
# jstat@1.9.6: jStat.percentile(values, 0.99) is the second largest value, not one near the largest.
# Guess: percentile interpolates between the two neighbours, like spreadsheets' PERCENTILE.INC, as it does further down.
# What happens: in the last step, from the second largest value to the largest, it does not interpolate and returns the
#   lower one. The largest value has no part in any percentile below 1: with ten values the 90th and above are
#   wrong, with twenty the 95th and above.
# Whom it hurts: whoever reports latencies or costs of some tens of calls: one call of 30 s leaves p95 and p99 at 1 s.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jstat@1.9.6
cat >try.mjs <<'JS'
import jstat from 'jstat';

const inclusive = (sorted, p) => {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
};
for (const seconds of [[1, 2, 3, 4, 5], [...Array(9).fill(1), 30], [...Array(19).fill(1), 30]]) {
  for (const p of [0.5, 0.95, 0.99, 1]) {
    const [own, expected] = [jstat.jStat.percentile(seconds, p), inclusive(seconds, p)];
    const values = `${seconds.length} values up to ${seconds.at(-1)}`;
    console.log(`${values}, p ${p}: ${own}, interpolated ${expected.toFixed(2)}`);
  }
}
JS
cat >expected <<'TXT'
5 values up to 5, p 0.5: 3, interpolated 3.00
5 values up to 5, p 0.95: 4, interpolated 4.80
5 values up to 5, p 0.99: 4, interpolated 4.96
5 values up to 5, p 1: 5, interpolated 5.00
10 values up to 30, p 0.5: 1, interpolated 1.00
10 values up to 30, p 0.95: 1, interpolated 16.95
10 values up to 30, p 0.99: 1, interpolated 27.39
10 values up to 30, p 1: 30, interpolated 30.00
20 values up to 30, p 0.5: 1, interpolated 1.00
20 values up to 30, p 0.95: 1, interpolated 2.45
20 values up to 30, p 0.99: 1, interpolated 24.49
20 values up to 30, p 1: 30, interpolated 30.00
TXT
node try.mjs | tee seen
diff expected seen
