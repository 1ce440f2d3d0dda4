#!/usr/bin/env bash
# gpt-tokenizer@4.0.0: estimateCost gives gpt-4o, gpt-4.1, gpt-5 and o1-mini the same price, up to nine times the real
#   one.
# Guess: estimateCost of 'gpt-tokenizer/model/gpt-4o', the example of its documentation, knows gpt-4o's price.
# What happens: they all answer what gpt-4-turbo cost, 10 dollars for a million tokens of input and 30 for output; o3
#   answers what o1 cost, 15 and 60. OpenAI lists 2.50 and 10 for gpt-4o, 2 and 8 for gpt-4.1 and for o3, 1.25 and 10
#   for gpt-5, 1.10 and 4.40 for o1-mini, 15 and 60 for o1-preview, as @pydantic/genai-prices@0.1.8 has them. For models
#   that it has no price for, such as gpt-4o-mini, it raises an error, which makes the other figures look known.
# Whom it hurts: whoever shows or limits the cost of a run before it starts: a budget stops runs that cost a quarter of
#   it, and for o1-preview lets through what costs half as much again.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund gpt-tokenizer@4.0.0 @pydantic/genai-prices@0.1.8
cat >try.mjs <<'JS'
import { calcPrice } from '@pydantic/genai-prices';

const million = 1_000_000;
for (const model of ['gpt-4o', 'gpt-4.1', 'gpt-5', 'o1-mini', 'o1-preview', 'o3', 'gpt-4-turbo', 'o1']) {
  const { estimateCost } = await import(`gpt-tokenizer/model/${model}`);
  const { input, output } = estimateCost(million).main;
  const listed = calcPrice({ input_tokens: million, output_tokens: million }, model, { providerId: 'openai' });
  console.log(`${model}: $${input} in, $${output} out; listed: $${listed.input_price} in, $${listed.output_price} out`);
}
JS
cat >expected <<'TXT'
gpt-4o: $10 in, $30 out; listed: $2.5 in, $10 out
gpt-4.1: $10 in, $30 out; listed: $2 in, $8 out
gpt-5: $10 in, $30 out; listed: $1.25 in, $10 out
o1-mini: $10 in, $30 out; listed: $1.1 in, $4.4 out
o1-preview: $10 in, $30 out; listed: $15 in, $60 out
o3: $15 in, $60 out; listed: $2 in, $8 out
gpt-4-turbo: $10 in, $30 out; listed: $10 in, $30 out
o1: $15 in, $60 out; listed: $15 in, $60 out
TXT
node try.mjs | tee seen
diff expected seen
