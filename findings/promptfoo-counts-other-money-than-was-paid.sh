#!/usr/bin/env bash
# promptfoo@0.121.20: costs are counted for calls that were not made, and a cost limit that failed passes the next time.
# Guess: the cost of an eval is what its calls cost: rows with the same prompt that share one call cost once. And an
#   assertion `cost` says the same of the same answer today and tomorrow.
# What happens: three rows with one prompt, asked at the same time, share one HTTP call; each row carries its whole cost
#   and cached: false, so the total is three times the bill. Run again, the answers come from the cache with cost 0, and
#   `cost` below 1 dollar, failed at 3.5, passes.
# Whom it hurts: whoever stops at a budget or compares providers by cost over data with repeated rows; and whoever lets
#   a CI job guard a price: run the job again and it is green.
# Seen with 0.123.1 on Node 24.21 too; pinned here to the last version that takes Node 20.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional --omit=peer --ignore-scripts promptfoo@0.121.20
cat >try.mjs <<'JS'
import http from 'node:http';
import promptfoo from 'promptfoo';

let paid = 0;
const server = http.createServer((request, response) => {
  request.resume();
  paid++;
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 100_000, total_tokens: 1_100_000 };
  const choices = [{ index: 0, message: { role: 'assistant', content: 'long' }, finish_reason: 'stop' }];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'gpt-4o', choices, usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const row = { vars: { text: 'the same' }, assert: [{ type: 'cost', threshold: 1 }] };
const config = { apiKey: 'unused', apiBaseUrl: `http://127.0.0.1:${server.address().port}/v1` };
const suite = {
  prompts: ['Sum up: {{text}}'],
  providers: [{ id: 'openai:chat:gpt-4o', config }],
  tests: [row, row, row],
  writeLatestResults: false,
};
for (const run of ['first run', 'second run']) {
  paid = 0;
  const { results, prompts } = await (await promptfoo.evaluate(suite)).toEvaluateSummary();
  const rows = results.map((result) => `$${result.cost} ${result.success ? 'pass' : 'fail'}`);
  console.log(`${run}: calls ${paid}, rows ${rows.join(', ')}, total $${prompts[0].metrics.cost}`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
first run: calls 1, rows $3.5 fail, $3.5 fail, $3.5 fail, total $10.5
second run: calls 0, rows $0 pass, $0 pass, $0 pass, total $0
TXT
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$work/config"
node try.mjs 2>/dev/null | grep run: | tee seen
diff expected seen
