#!/usr/bin/env bash
# promptfoo@0.121.20: a prompt function gets the run's id and time among the variables of the test.
# Guess: `vars` of a prompt function holds the variables of the test, so a prompt made of all of them is the same every
#   time, and its second run comes from the cache.
# What happens: `__evalId` (which ends in the time), `__evalStepId` and `__repeatIndex` are in it too. A function that
#   writes out all variables sends them to the model, and never finds an answer in the cache. In Python the function's
#   one argument is a dict around them, whatever its name: `def ask(question): return f"{question}"`, as in the
#   prompts.py of anthropics/courses, sends that dict.
# Whom it hurts: whoever renders rows by looping over variables, or by a Python function with a parameter for each:
#   models are compared on a prompt that nobody wrote, each run is paid again, and no row is marked.
# Needs python3. Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional --omit=peer --ignore-scripts promptfoo@0.121.20
cat >prompts.py <<'PY'
def ask(city):
    return f"city: {city}"
PY
cat >try.mjs <<'JS'
import { createServer } from 'node:http';
import promptfoo from 'promptfoo';

let calls = 0;
const server = createServer((_, response) => {
  calls += 1;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'ok' } }], usage: {} }));
}).listen(0, '127.0.0.1', async () => {
  const apiBaseUrl = `http://127.0.0.1:${server.address().port}/v1`;
  const listed = ({ vars }) => Object.entries(vars).map(([name, value]) => `${name}: ${value}`).join(', ');
  const named = ({ vars }) => `city: ${vars.city}`;
  for (const [name, prompt] of Object.entries({ listed, named })) {
    calls = 0;
    for (const round of [1, 2]) {
      const providers = [{ id: 'openai:chat:m', config: { apiBaseUrl, apiKey: 'key' } }];
      const suite = { prompts: [prompt], providers, tests: [{ vars: { city: 'Oslo' } }], writeLatestResults: false };
      const { results } = await (await promptfoo.evaluate(suite, { cache: true })).toEvaluateSummary();
      const sent = results[0].prompt.raw.replace(/eval-[\w-]+:[\d:.]+/, 'eval-ID-TIME');
      console.log(`${name}, run ${round}: ${calls} calls paid, sent: ${sent}`);
    }
  }
  server.close();
  const suite = { prompts: ['prompts.py:ask'], providers: ['echo'], tests: [{ vars: { city: 'Oslo' } }] };
  const { results } = await (await promptfoo.evaluate({ ...suite, writeLatestResults: false })).toEvaluateSummary();
  console.log(`Python, sent: ${results[0].prompt.raw.slice(0, 33)}...`);
  process.exit(0);
});
JS
cat >expected <<'TXT'
listed, run 1: 1 calls paid, sent: city: Oslo, __evalId: eval-ID-TIME, __evalStepId: test-0-prompt-0-repeat-0, __repeatIndex: 0
listed, run 2: 2 calls paid, sent: city: Oslo, __evalId: eval-ID-TIME, __evalStepId: test-0-prompt-0-repeat-0, __repeatIndex: 0
named, run 1: 1 calls paid, sent: city: Oslo
named, run 2: 1 calls paid, sent: city: Oslo
Python, sent: city: {'vars': {'city': 'Oslo', '...
TXT
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$work/config"
node try.mjs 2>/dev/null | grep sent: | tee seen
diff expected seen
