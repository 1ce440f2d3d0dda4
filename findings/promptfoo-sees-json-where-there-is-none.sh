#!/usr/bin/env bash
# promptfoo@0.121.20: contains-json passes answers that hold no JSON, and JSON that was cut off.
# Guess: contains-json looks for a part of the answer that JSON.parse takes; with a schema, for one that fits it.
# What happens: each part in braces is read as YAML, and missing braces are added at the end. "{name}" of a template
#   that was left unfilled is an object with the key "name"; JSON cut off within a number is complete, with another
#   number, and fits the schema. An array, which is JSON, is not seen.
# Whom it hurts: whoever guards structured answers with it: letters with unfilled places pass, and so do answers that
#   hit max_tokens, with wrong figures.
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

const properties = { city: { type: 'string' }, people: { type: 'integer' } };
const schema = { type: 'object', properties, required: ['city', 'people'] };
for (const [output, value] of [
  ['Dear {name}, thank you for your order.', undefined],
  ['The set {1, 2} has two elements.', undefined],
  ['[{"city": "Paris"}]', { type: 'array' }],
  ['["Paris", "Lyon"]', undefined],
  ['{"city": "Paris", "people": 2102650}', schema],
  ['{"city": "Paris", "people": 21', schema],
]) {
  const assertion = { type: 'contains-json', ...(value === undefined ? {} : { value }) };
  const { pass } = await promptfoo.assertions.runAssertion({ assertion, test: {}, providerResponse: { output } });
  console.log(`${output}${value ? ` (schema: ${value.type})` : ''} -> ${pass ? 'pass' : 'fail'}`);
}
JS
cat >expected <<'TXT'
Dear {name}, thank you for your order. -> pass
The set {1, 2} has two elements. -> pass
[{"city": "Paris"}] (schema: array) -> fail
["Paris", "Lyon"] -> fail
{"city": "Paris", "people": 2102650} (schema: object) -> pass
{"city": "Paris", "people": 21 (schema: object) -> pass
TXT
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$work/config"
node try.mjs 2>/dev/null | tee seen
diff expected seen
