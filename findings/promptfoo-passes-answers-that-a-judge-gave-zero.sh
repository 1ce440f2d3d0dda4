#!/usr/bin/env bash
# promptfoo@0.121.20: llm-rubric passes an answer to which the judge gave the score 0.
# Guess: the verdict of an llm-rubric follows the judge's score, or a judge's answer that lacks "pass" is an error.
# What happens: "pass" counts as true when it is missing, and the score is compared with nothing unless the assertion
#   has a threshold. A judge that answers {"score": 0, "reason": ...} fails nothing; the row is green with score 0.
#   not-llm-rubric turns the same answer into a failed row with score 1.
# Whom it hurts: suites with a rubricPrompt of their own that asks for a score: all rows pass, in CI too.
# Seen with 0.123.1 on Node 24.21 too; pinned here to the last version that takes Node 20.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional --omit=peer --ignore-scripts promptfoo@0.121.20
cat >try.mjs <<'JS'
import promptfoo from 'promptfoo';

const grade = async (assertion, output) => {
  const provider = { id: () => 'judge', callApi: async () => ({ output }) };
  const providerResponse = { output: 'Rome is the capital of France.' };
  const test = { options: { provider } };
  return await promptfoo.assertions.runAssertion({ assertion, test, providerResponse });
};
const rubric = { type: 'llm-rubric', value: 'names the right capital' };
for (const [assertion, verdict] of [
  [rubric, '{"score": 0, "reason": "wrong"}'],
  [rubric, '{"reason": "wrong", "pass": false, "score": 0}'],
  [rubric, '{"reason": "wrong"}'],
  [{ ...rubric, threshold: 0.5 }, '{"score": 0, "reason": "wrong"}'],
  [{ ...rubric, type: 'not-llm-rubric' }, '{"score": 0, "reason": "wrong"}'],
]) {
  const { pass, score } = await grade(assertion, verdict);
  const threshold = assertion.threshold === undefined ? '' : ` with threshold ${assertion.threshold}`;
  console.log(`${assertion.type}${threshold}, judge ${verdict} -> ${pass ? 'pass' : 'fail'}, score ${score}`);
}
JS
cat >expected <<'TXT'
llm-rubric, judge {"score": 0, "reason": "wrong"} -> pass, score 0
llm-rubric, judge {"reason": "wrong", "pass": false, "score": 0} -> fail, score 0
llm-rubric, judge {"reason": "wrong"} -> pass, score 1
llm-rubric with threshold 0.5, judge {"score": 0, "reason": "wrong"} -> fail, score 0
not-llm-rubric, judge {"score": 0, "reason": "wrong"} -> fail, score 1
TXT
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$work/config"
node try.mjs 2>/dev/null | tee seen
diff expected seen
