#!/usr/bin/env bash
# simple-statistics@7.12.1: no two-sided p-value from its normal distribution is below 0.002.
# Guess: cumulativeStdNormalProbability(z) is the normal distribution's integral to many digits, and probit(0.975) is
#   1.95996.
# What happens: the first looks z, rounded to two decimals, up in a printed table of four decimals that ends at 3.09: a
#   two-sided p-value is never below 0.002, however far apart two groups are, and moves in steps. The second
#   approximates: 1.9572, and 2.5692 for 2.5758. errorFunction of the same package gives the missing digits.
# Whom it hurts: whoever corrects for many comparisons: with 26 or more at 5 % (Bonferroni) nothing can be significant;
#   and sorting variants by p ties all that matter.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund simple-statistics@7.12.1
cat >try.mjs <<'JS'
import { cumulativeStdNormalProbability, errorFunction, probit } from 'simple-statistics';

// Passes of two variants, 1000 rows each: the z of two proportions and its two-sided p.
for (const [a, b] of [[520, 500], [560, 500], [600, 500], [700, 500], [900, 500]]) {
  const pooled = (a + b) / 2000;
  const z = (a - b) / 1000 / Math.sqrt(pooled * (1 - pooled) * (2 / 1000));
  const table = 2 * (1 - cumulativeStdNormalProbability(z));
  const exact = 1 - errorFunction(z / Math.SQRT2);
  const shown = exact < 0.000001 ? 'below 0.000001' : exact.toFixed(6);
  console.log(`${a} and ${b} of 1000: z ${z.toFixed(3)}, p ${table.toFixed(4)}, by errorFunction ${shown}`);
}
console.log(`probit(0.975) = ${probit(0.975).toFixed(5)}, probit(0.995) = ${probit(0.995).toFixed(5)}`);
JS
cat >expected <<'TXT'
520 and 500 of 1000: z 0.895, p 0.3734, by errorFunction 0.370998
560 and 500 of 1000: z 2.688, p 0.0072, by errorFunction 0.007185
600 and 500 of 1000: z 4.495, p 0.0020, by errorFunction 0.000007
700 and 500 of 1000: z 9.129, p 0.0020, by errorFunction below 0.000001
900 and 500 of 1000: z 19.518, p 0.0020, by errorFunction below 0.000001
probit(0.975) = 1.95716, probit(0.995) = 2.56915
TXT
node try.mjs | tee seen
diff expected seen
