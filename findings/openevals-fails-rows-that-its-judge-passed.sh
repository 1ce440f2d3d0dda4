#!/usr/bin/env bash
# openevals@0.2.2: createJsonMatchEvaluator scores a judged key of a list 0, though the judge passed it in each row.
# Guess: a key with a rubric is sent to the judge, which reads the values in question. For a list the key's score is 1
#   if the judge passes every row: that is listAggregator "all", the default, as documented.
# What happens: with two rows or more the judge's verdicts, true or { score: true }, are compared with the number 1.
#   None equals it, so the key is 0 whatever the judge says. One row, listAggregator "average" or an aggregator gives 1;
#   keys without a rubric are right. Nothing says that the call was in vain. And a value that is an object reaches the
#   judge as "[object Object]" on both sides, so that it compares two equal texts.
# Whom it hurts: whoever scores extracted line items by it with the defaults: the judge is paid, and all models look
#   equally bad, at 0. Objects look equally good.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openevals@0.2.2 @langchain/core@1.4.0
cat >try.mjs <<'JS'
import { createJsonMatchEvaluator } from 'openevals';

// A judge in the form of OpenAI's client that passes what it is asked about.
let asked = [];
const judge = { chat: { completions: { create: async ({ messages, response_format: { json_schema } }) => {
  asked.push(messages.at(-1).content);
  const keys = Object.entries(json_schema.schema.properties);
  const verdicts = keys.map(([key, { type }]) => [key, type === 'boolean' ? true : { reasoning: 'same', score: true }]);
  return { choices: [{ message: { content: JSON.stringify(Object.fromEntries(verdicts)) } }] };
} } } };
const rubric = { note: 'Says the same.' };
const items = [{ id: 1, note: 'tea' }, { id: 2, note: 'coffee' }];
for (const [label, outputs, options] of [
  ['one object', items[0]],
  ['list of 1', items.slice(0, 1)],
  ['list of 2', items],
  ['list of 2, useReasoning false', items, { useReasoning: false }],
  ['list of 2, listAggregator average', items, { listAggregator: 'average' }],
  ['list of 2, aggregator all', items, { aggregator: 'all' }],
]) {
  asked = [];
  const evaluate = createJsonMatchEvaluator({ rubric, judge, model: 'judge', ...options });
  const results = [await evaluate({ outputs, referenceOutputs: structuredClone(outputs) })].flat();
  const scores = results.map(({ key, score }) => `${key} ${score}`);
  console.log(`${label}: ${scores.join(', ')}, judge asked: ${asked.length}`);
}
const evaluate = createJsonMatchEvaluator({ rubric, judge, model: 'judge' });
asked = [];
await evaluate({ outputs: { note: { drink: 'tea' } }, referenceOutputs: { note: { drink: 'coffee' } } });
console.log(`objects: judge reads ${asked[0].match(/^note: .*/gm).join(' and ')}`);
JS
cat >expected <<'TXT'
one object: json_match:id 1, json_match:note 1, judge asked: 1
list of 1: json_match:id 1, json_match:note 1, judge asked: 1
list of 2: json_match:id 1, json_match:note 0, judge asked: 1
list of 2, useReasoning false: json_match:id 1, json_match:note 0, judge asked: 1
list of 2, listAggregator average: json_match:id 1, json_match:note 1, judge asked: 1
list of 2, aggregator all: json_match:all 1, judge asked: 1
objects: judge reads note: [object Object] and note: [object Object]
TXT
node try.mjs | tee seen
diff expected seen
