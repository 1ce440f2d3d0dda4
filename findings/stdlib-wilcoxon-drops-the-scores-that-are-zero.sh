#!/usr/bin/env bash
# @stdlib/stats-wilcoxon@0.2.3: against a median other than 0 the test leaves out each value that is 0.
# Guess: Wilcoxon's test of one sample against `mu` leaves out what equals mu, as it says nothing either way, and so
#   wilcoxon(x, { mu }) is wilcoxon of x - mu, or of x against as many times mu.
# What happens: with the default zeroMethod the values themselves are compared with 0, not their differences. Each 0 is
#   thrown away as if it were undecided, and a value that equals mu is kept and ranked. With mu 0 the two are the same.
#   The paired form and zeroMethod "pratt" or "zsplit" look at the differences. The documentation says that
#   this option governs how zero-differences are handled.
# Whom it hurts: whoever tests scores from 0 to 1 against a bar. The failures, the zeros, are not counted: here 12 of 20
#   answers score 0, and the test finds at 5 % that the median is above 0.5 (p 0.007), where the same test of the
#   differences finds that it is below (p 0.008). The exact p by all 2^20 signs agrees with the latter.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @stdlib/stats-wilcoxon@0.2.3
cat >try.cjs <<'JS'
const wilcoxon = require('@stdlib/stats-wilcoxon');

const mu = 0.5;
const scores = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1];
const differences = scores.map((score) => score - mu);

// P(W >= w) and P(W <= w) over all signs that the differences could have had, each as likely.
function exact(values) {
  const sizes = values.map((value) => Math.round(Math.abs(value) * 1000));
  const ranks = sizes.map((size) => {
    const same = sizes.filter((other) => other === size).length;
    return 2 * sizes.filter((other) => other < size).length + same + 1; // twice the rank, a whole number
  });
  const statistic = ranks.reduce((sum, rank, index) => sum + (values[index] > 0 ? rank : 0), 0);
  let counts = new Map([[0, 1]]);
  for (const rank of ranks) {
    const next = new Map(counts);
    for (const [sum, count] of counts) next.set(sum + rank, (next.get(sum + rank) ?? 0) + count);
    counts = next;
  }
  const share = (fits) =>
    [...counts].reduce((all, [sum, count]) => all + (fits(sum) ? count : 0), 0) / 2 ** ranks.length;
  return { greater: share((sum) => sum >= statistic), less: share((sum) => sum <= statistic) };
}
const row = (greater, less) => `above 0.5: p ${greater.toFixed(4)}, below 0.5: p ${less.toFixed(4)}`;
const test = (...args) => {
  const options = args.at(-1);
  const p = (alternative) => wilcoxon(...args.slice(0, -1), { ...options, alternative }).pValue;
  return row(p('greater'), p('less'));
};
console.log(`${scores.filter((score) => score < mu).length} of ${scores.length} scores are below ${mu}`);
console.log(`scores, mu 0.5: ${test(scores, { mu })}`);
const passed = scores.filter((score) => score !== 0);
console.log(`statistic of all ${wilcoxon(scores, { mu }).statistic}, of the ${passed.length} above 0 alone`,
  wilcoxon(passed, { mu }).statistic);
console.log(`scores, mu 0.5, pratt: ${test(scores, { mu, zeroMethod: 'pratt' })}`);
console.log(`scores - 0.5: ${test(differences, {})}`);
console.log(`scores and 0.5 in pairs: ${test(scores, scores.map(() => mu), {})}`);
const { greater, less } = exact(differences);
console.log(`exact: ${row(greater, less)}`);

const nothing = [0.5, 0.5, 0.5, 0.6, 0.7, 0.8, 0.4, 0.3];
console.log(`three of eight equal to mu: statistic ${wilcoxon(nothing, { mu }).statistic},`,
  `of the differences ${wilcoxon(nothing.map((score) => score - mu)).statistic}`);
JS
cat >expected <<'TXT'
12 of 20 scores are below 0.5
scores, mu 0.5: above 0.5: p 0.0071, below 0.5: p 0.9952
statistic of all 36, of the 8 above 0 alone 36
scores, mu 0.5, pratt: above 0.5: p 0.9928, below 0.5: p 0.0080
scores - 0.5: above 0.5: p 0.9928, below 0.5: p 0.0080
scores and 0.5 in pairs: above 0.5: p 0.9928, below 0.5: p 0.0080
exact: above 0.5: p 0.9938, below 0.5: p 0.0070
three of eight equal to mu: statistic 18.5, of the differences 9.5
TXT
node try.cjs | tee seen
diff expected seen
