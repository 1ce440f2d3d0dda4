#!/usr/bin/env bash
# @langfuse/client@5.11.1: after a task that failed, an experiment's report shows answers beside other items' questions.
# Guess: format({ includeItemResults: true }) shows each item with its input, its expected output, its answer and its
#   scores. An item whose task failed is shown as failed, or is missing.
# What happens: the failed item's answer is missing, its input is not. Inputs and expected outputs are counted off from
#   the start of the data, answers from the start of those that came. So each answer behind a failure stands beside
#   the question of an item before it. The scores are those of the answer: "Expected: Rome, Actual: Paris, exact:
#   1.000". The last question is not shown, the count is "2 items" of 3, and the averages are those of the rest, so that
#   no failure lowers them. One line of the log says that an item was skipped. result.itemResults has the right pairs.
# Whom it hurts: whoever reads, prints or lets a model judge such a report after one call met a rate limit: right
#   answers look wrong, a scorer looks broken, and errors look like success.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @langfuse/client@5.11.1
cat >try.mjs <<'JS'
import http from 'node:http';
import { LangfuseClient } from '@langfuse/client';

const server = http.createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  const project = request.url.startsWith('/api/public/projects');
  response.end(JSON.stringify(project ? { data: [{ id: 'p1', name: 'p' }] } : { successes: [], errors: [] }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const langfuse = new LangfuseClient({ publicKey: 'unused', secretKey: 'unused', baseUrl });

const capitals = { Italy: 'Rome', France: 'Paris', Spain: 'Madrid' };
const data = Object.entries(capitals).map(([input, expectedOutput]) => ({ input, expectedOutput }));
for (const down of ['nothing', 'Italy']) {
  const result = await langfuse.experiment.run({
    name: 'capitals',
    data,
    task: async ({ input }) => {
      if (input === down) throw new Error('429 Too Many Requests');
      return capitals[input];
    },
    evaluators: [async ({ output, expectedOutput }) => ({ name: 'exact', value: output === expectedOutput ? 1 : 0 })],
  });
  console.log(`${down} fails:`);
  const report = await result.format({ includeItemResults: true });
  const shown = /^ *(?:Input:|Expected:|Actual:|\S exact:|\d+ items|Average)/u;
  const lines = report.split('\n').filter((line) => shown.test(line));
  const text = lines.map((line) => line.replace(/[ •]+/g, ' ').trim()).join(', ');
  console.log(`  report: ${text.replace(/, (?=Input|\d+ items)/g, '\n    ')}`);
  console.log(`  itemResults: ${result.itemResults.map(({ item, output }) => `${item.input} ${output}`).join(', ')}`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
nothing fails:
  report: Input: Italy, Expected: Rome, Actual: Rome, exact: 1.000
    Input: France, Expected: Paris, Actual: Paris, exact: 1.000
    Input: Spain, Expected: Madrid, Actual: Madrid, exact: 1.000
    3 items, Average Scores:, exact: 1.000
  itemResults: Italy Rome, France Paris, Spain Madrid
Italy fails:
  report: Input: Italy, Expected: Rome, Actual: Paris, exact: 1.000
    Input: France, Expected: Paris, Actual: Madrid, exact: 1.000
    2 items, Average Scores:, exact: 1.000
  itemResults: France Paris, Spain Madrid
Task failed with error: 429 Too Many Requests. Skipping item.
TXT
node try.mjs 2>log | tee seen
grep -o 'Task failed.*' log | tee -a seen
diff expected seen
