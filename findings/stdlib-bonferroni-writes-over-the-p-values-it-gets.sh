#!/usr/bin/env bash
# @stdlib/stats-padjust@0.2.1: the method "bonferroni" overwrites the p-values that it is given with the adjusted ones.
# Guess: padjust(pvalues, method) returns adjusted p-values and leaves its argument alone, so that methods can be
#   compared on one array and a table can show p and adjusted p. "bh", "by", "holm" and "hommel" do.
# What happens: "bonferroni" multiplies in place and returns the very array that it was given. From then on the raw
#   p-values are gone: the next method adjusts adjusted values, and a second "bonferroni" multiplies by the square of
#   the number of tests. The README's example fell for it: it has bh, bonferroni, by, holm and hommel one after another
#   on one array, and what it says holm returns, [ 0.2, 0.6, 1, 1, 1 ], is holm of the output of bonferroni. Holm of
#   those p-values is [ 0.04, 0.12, 0.369, 0.6, 0.4 ]. Nothing in the documentation says that the argument is changed.
# Whom it hurts: whoever compares variants pair by pair and reports more than one correction, or p beside adjusted p.
#   Here two of four differences hold at 5 % by Holm, and none after a look at Bonferroni first; the table shows no
#   raw p-values any more, and ranking or filtering by them uses the adjusted ones.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @stdlib/stats-padjust@0.2.1
cat >try.cjs <<'JS'
const padjust = require('@stdlib/stats-padjust');

const show = (values) => values.map((value) => Number(value.toFixed(4))).join(' ');
const measured = [0.012, 0.013, 0.2, 0.4];
for (const method of ['bh', 'by', 'holm', 'hommel', 'bonferroni']) {
  const pvalues = [...measured];
  const adjusted = padjust(pvalues, method);
  const itself = adjusted === pvalues;
  console.log(`${method}: ${show(adjusted)}; the argument is now ${show(pvalues)}, returned itself: ${itself}`);
}

const significant = (values) => values.filter((value) => value <= 0.05).length;
const holm = (label, pvalues) => {
  const adjusted = padjust(pvalues, 'holm');
  console.log(`${label}: ${show(adjusted)}, ${significant(adjusted)} of 4 at 5 %`);
};
holm('holm alone', [...measured]);
const shared = [...measured];
padjust(shared, 'bonferroni');
holm('holm after bonferroni', shared);

const twice = [...measured];
const [once, again] = [show(padjust(twice, 'bonferroni')), show(padjust(twice, 'bonferroni'))];
console.log(`bonferroni once: ${once}; asked again: ${again}`);

const example = [0.008, 0.03, 0.123, 0.6, 0.2];
console.log(`the README's p-values, holm alone: ${show(padjust([...example], 'holm'))}`);
padjust(example, 'bonferroni');
console.log(`after bonferroni, as in the README: ${show(padjust(example, 'holm'))}`);
JS
cat >expected <<'TXT'
bh: 0.026 0.026 0.2667 0.4; the argument is now 0.012 0.013 0.2 0.4, returned itself: false
by: 0.0542 0.0542 0.5556 0.8333; the argument is now 0.012 0.013 0.2 0.4, returned itself: false
holm: 0.048 0.048 0.4 0.4; the argument is now 0.012 0.013 0.2 0.4, returned itself: false
hommel: 0.036 0.039 0.4 0.4; the argument is now 0.012 0.013 0.2 0.4, returned itself: false
bonferroni: 0.048 0.052 0.8 1; the argument is now 0.048 0.052 0.8 1, returned itself: true
holm alone: 0.048 0.048 0.4 0.4, 2 of 4 at 5 %
holm after bonferroni: 0.192 0.192 1 1, 0 of 4 at 5 %
bonferroni once: 0.048 0.052 0.8 1; asked again: 0.192 0.208 1 1
the README's p-values, holm alone: 0.04 0.12 0.369 0.6 0.4
after bonferroni, as in the README: 0.2 0.6 1 1 1
TXT
node try.cjs | tee seen
diff expected seen
