#!/usr/bin/env bash
# @pydantic/genai-prices@0.1.8: usage that is added up first and priced then costs up to twice what its calls cost.
# Guess: a price is so much a million tokens, so calcPrice of a run's total usage is the sum of calcPrice of its calls.
# What happens: some models have dearer rates for long prompts, and what decides is input_tokens of the usage given, as
#   if it were one request. Once a total passes 200,000 tokens (Gemini, Grok) or 272,000 (GPT), all of it, output too,
#   gets the rates of a long prompt, though no call came near. A running total jumps there: the 67th call of 3000
#   tokens adds 49 times what each before it added. The documentation of this package says nothing of it, and the
#   result names no tier.
# Whom it hurts: whoever adds up usage by model and prices it at the end, or stops at a budget by the running total: the
#   run stops at about half of the money, and comparisons turn against the models that have such rates.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @pydantic/genai-prices@0.1.8
cat >try.mjs <<'JS'
import { calcPrice } from '@pydantic/genai-prices';

const timestamp = new Date('2026-11-02T12:00:00Z');
const spent = (calls, model, providerId) => {
  const usage = { input_tokens: 3000 * calls, output_tokens: 500 * calls };
  return calcPrice(usage, model, { providerId, timestamp }).total_price;
};
const dollars = (amount) => `$${amount.toFixed(4)}`;

console.log('100 calls of 3000 tokens of input and 500 of output, added up and priced, or priced and added up:');
for (const [providerId, model] of [
  ['google', 'gemini-2.5-pro'],
  ['openai', 'gpt-5.4'],
  ['x-ai', 'grok-4.5'],
  ['openai', 'gpt-5'],
]) {
  const [total, each] = [spent(100, model, providerId), 100 * spent(1, model, providerId)];
  console.log(`  ${model}: ${dollars(total)} or ${dollars(each)}, ${(total / each).toFixed(2)} times`);
}
console.log('gemini-2.5-pro, running total:');
for (const calls of [65, 66, 67, 68]) {
  const [total, before] = [spent(calls, 'gemini-2.5-pro', 'google'), spent(calls - 1, 'gemini-2.5-pro', 'google')];
  console.log(`  after call ${calls}: ${dollars(total)}, ${dollars(total - before)} more`);
}
JS
cat >expected <<'TXT'
100 calls of 3000 tokens of input and 500 of output, added up and priced, or priced and added up:
  gemini-2.5-pro: $1.5000 or $0.8750, 1.71 times
  gpt-5.4: $2.6250 or $1.5000, 1.75 times
  grok-4.5: $1.8000 or $0.9000, 2.00 times
  gpt-5: $0.8750 or $0.8750, 1.00 times
gemini-2.5-pro, running total:
  after call 65: $0.5687, $0.0087 more
  after call 66: $0.5775, $0.0088 more
  after call 67: $1.0050, $0.4275 more
  after call 68: $1.0200, $0.0150 more
TXT
node try.mjs | tee seen
diff expected seen
