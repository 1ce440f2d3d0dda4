#!/usr/bin/env bash
# @mastra/evals@1.10.2 (with @mastra/core@1.71.0): an order with one tool twice scores 0, whatever the agent did.
# Guess: createToolCallAccuracyScorerCode with expectedToolOrder asks, in its default mode, that these tools were called
#   in this order, with others in between allowed, and with strictMode that there were no others. So what strictMode
#   passes, the default passes too.
# What happens: the default mode looks each tool up by its first call. A tool that is expected twice has the same place
#   twice, which is no order: the very sequence that was expected scores 0, and 1 with strictMode. A tool that the agent
#   called too early once as well counts from there: search, login, search is no login before search. What is between
#   the calls is allowed only if it is another tool. checks.toolOrder of the same package takes all of these.
# Whom it hurts: whoever scores agents that search, read and search again, or that try once more after a failed call:
#   each run scores 0, for all models, so that the worst and the best look alike, and no change of the prompt helps.
# It asks for Node 22.13; seen with 20.20 and 22.23. Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @mastra/evals@1.10.2 @mastra/core@1.71.0
cat >try.mjs <<'JS'
import { checks } from '@mastra/evals/checks';
import { createToolCallAccuracyScorerCode } from '@mastra/evals/scorers/prebuilt';
import { createAgentTestRun, createTestMessage, createToolInvocation } from '@mastra/evals/scorers/utils';

const runOf = (tools) => createAgentTestRun({
  inputMessages: [createTestMessage({ id: 'question', role: 'user', content: 'Find it.' })],
  output: [createTestMessage({ id: 'answer', role: 'assistant', content: 'Found.',
    toolInvocations: tools.map((toolName, index) => createToolInvocation({ toolCallId: `call-${index}`, toolName,
      args: {}, result: {}, state: 'result' })) })],
});
for (const [expected, called] of [
  ['search, read', 'search, read'],
  ['search, read', 'search, search, list, read'],
  ['search, read', 'read, search'],
  ['search, read, search', 'search, read, search'],
  ['search, read, search', 'search, list, read, search'],
  ['login, search', 'search, login, search'],
]) {
  const expectedToolOrder = expected.split(', ');
  const run = runOf(called.split(', '));
  const score = async (scorer) => (await scorer.run(run)).score;
  console.log(`expected ${expected}; called ${called}:`,
    `default ${await score(createToolCallAccuracyScorerCode({ expectedToolOrder }))},`,
    `strictMode ${await score(createToolCallAccuracyScorerCode({ expectedToolOrder, strictMode: true }))},`,
    `checks.toolOrder ${await score(checks.toolOrder(expectedToolOrder))}`);
}
JS
cat >expected <<'TXT'
expected search, read; called search, read: default 1, strictMode 1, checks.toolOrder 1
expected search, read; called search, search, list, read: default 1, strictMode 0, checks.toolOrder 1
expected search, read; called read, search: default 0, strictMode 0, checks.toolOrder 0
expected search, read, search; called search, read, search: default 0, strictMode 1, checks.toolOrder 1
expected search, read, search; called search, list, read, search: default 0, strictMode 0, checks.toolOrder 1
expected login, search; called search, login, search: default 0, strictMode 0, checks.toolOrder 1
TXT
node try.mjs | tee seen
diff expected seen
