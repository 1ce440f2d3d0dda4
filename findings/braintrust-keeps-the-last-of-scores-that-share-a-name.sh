#!/usr/bin/env bash
# braintrust@3.35.0 with autoevals@0.3.0: of several scorers that use one scorer of autoevals, only the last one counts.
# Guess: a scorer of Eval is named after its function, so that `title` and `price`, each of which compares its field by
#   ExactMatch, are two columns. That is so for functions that return a number. Or it is an error, as two
#   scores of one name are in the list that one scorer returns.
# What happens: what a scorer of autoevals returns has a name, "ExactMatch", and that goes before the function's. The
#   scores of a row are kept by name, one over the other in the order of the list. The summary and each row have one
#   "ExactMatch", which is the last scorer's; nothing says that there were more. Put in another order, the same run has
#   another score. With { ...result, name: 'title' } both are there.
#   Seen in what Eval returns, with noSendLogs; what the service makes of it was not tried.
# Whom it hurts: whoever scores extracted fields this way and lets CI look at the summary: a field that is wrong in each
#   row is never seen unless it is the last one. Judges that were paid for are lost in the same way.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund braintrust@3.35.0 autoevals@0.3.0 openai@7.59.0 zod@4.6.7
cat >try.mjs <<'JS'
import { ExactMatch, Levenshtein } from 'autoevals';
import { Eval } from 'braintrust';

// The model finds each price and no title.
const data = [1, 2, 3, 4].map((price) => ({ input: price, expected: { title: `Book ${price}`, price } }));
const task = (price) => ({ title: 'n/a', price });

const field = (key) => ({ output, expected }) => ExactMatch({ output: output[key], expected: expected[key] });
const named = (key) => async (args) => ({ ...(await field(key)(args)), name: key });
const [title, price] = [(args) => field('title')(args), (args) => field('price')(args)];
const [titleNumber, priceNumber] = ['title', 'price'].map((key) =>
  async (args) => (await field(key)(args)).score);
Object.defineProperty(titleNumber, 'name', { value: 'title' });
Object.defineProperty(priceNumber, 'name', { value: 'price' });
const both = async (args) => [await field('title')(args), await field('price')(args)];
const close = ({ output, expected }) => Levenshtein({ output: output.title, expected: expected.title });

const quiet = { start() {}, increment() {}, stop() {}, setTotal() {} };
for (const [label, scores] of [
  ['title, price', [title, price]],
  ['price, title', [price, title]],
  ['title, price, close', [title, price, close]],
  ['one scorer with a list of both', [both]],
  ['title, price as numbers', [titleNumber, priceNumber]],
  ['title, price with names', [named('title'), named('price')]],
]) {
  const { summary, results } = await Eval('books', { data, task, scores },
    { noSendLogs: true, progress: quiet, reporter: { name: 'none', reportEval: () => true, reportRun: () => true } });
  const means = Object.values(summary.scores).map(({ name, score }) => `${name} ${score.toFixed(2)}`);
  const error = Object.values(results[0].metadata?.scorer_errors ?? {}).map((text) => `, ${text.split('\n')[0]}`);
  console.log(`${label}: summary ${means.join(', ') || 'empty'};`,
    `first row ${JSON.stringify(results[0].scores)}${error}`);
}
JS
cat >expected <<'TXT'
title, price: summary ExactMatch 1.00; first row {"ExactMatch":1}
price, title: summary ExactMatch 0.00; first row {"ExactMatch":0}
title, price, close: summary ExactMatch 1.00, Levenshtein 0.00; first row {"ExactMatch":1,"Levenshtein":0}
one scorer with a list of both: summary empty; first row {}, Error: Duplicate score name 'ExactMatch' in score array
title, price as numbers: summary title 0.00, price 1.00; first row {"title":0,"price":1}
title, price with names: summary title 0.00, price 1.00; first row {"title":0,"price":1}
TXT
node try.mjs | tee seen
diff expected seen
