#!/usr/bin/env bash
# promptfoo@0.121.20: a variable that is a date in YAML reaches the model as "[object Object]".
# Guess: `day: 2024-05-01` in a file of tests renders as 2024-05-01, or at worst as a long date with a time.
# What happens: YAML without quotes makes a date of it, and what is rendered is an object without a text: the prompt
#   that is sent, and paid, says "[object Object]". The row is no error. A date with a time fares the same; in quotes it
#   is kept.
# Whom it hurts: prompts about invoices, events and news: answers are graded that were given without knowing the day.
# Seen with 0.123.1 on Node 24.21 too; pinned here to the last version that takes Node 20.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional --omit=peer --ignore-scripts promptfoo@0.121.20
cat >tests.yaml <<'YAML'
- vars: { day: 2024-05-01 }
- vars: { day: 2024-05-01T08:30:00Z }
- vars: { day: "2024-05-01" }
- vars: { day: May 2024 }
YAML
cat >try.mjs <<'JS'
import promptfoo from 'promptfoo';

const suite = {
  prompts: ['What happened on {{day}}?'],
  providers: ['echo'],
  tests: 'file://tests.yaml',
  writeLatestResults: false,
};
const { results } = await (await promptfoo.evaluate(suite)).toEvaluateSummary();
for (const { response, error } of results) console.log(`sent: ${response.output}, error: ${error}`);
JS
cat >expected <<'TXT'
sent: What happened on [object Object]?, error: undefined
sent: What happened on [object Object]?, error: undefined
sent: What happened on 2024-05-01?, error: undefined
sent: What happened on May 2024?, error: undefined
TXT
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$work/config"
node try.mjs 2>/dev/null | grep sent: | tee seen
diff expected seen
