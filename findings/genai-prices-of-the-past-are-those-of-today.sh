#!/usr/bin/env bash
# @pydantic/genai-prices@0.1.8: for nearly every model the price of a day in the past is the price of today.
# Guess: calcPrice's `timestamp` picks the price of that day, as it does for o3: 10 dollars a million tokens before 10
#   June 2025, 2 since.
# What happens: 4 of 93 models of OpenAI have prices with a date. The others answer the latest price for any day, also
#   for days before they existed, and nothing in the result tells the two kinds apart. gpt-3.5-turbo cost 1.50 and 2
#   dollars in July 2023 (OpenAI, "Function calling and other API updates", 13 June 2023), not 0.50 and 1.50; gpt-4o
#   cost 5 and 15 in June 2024, when gpt-4o-2024-05-13, which this package has at 5 and 15, was the only gpt-4o.
# Whom it hurts: whoever prices stored usage again or draws cost over time: an old run comes out at a third to three
#   quarters of what was paid, and a price cut looks like thrift.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @pydantic/genai-prices@0.1.8
cat >try.mjs <<'JS'
import { calcPrice, findProvider } from '@pydantic/genai-prices';

const usage = { input_tokens: 1_000_000, output_tokens: 1_000_000 };
for (const [model, ...days] of [
  ['o3', '2025-06-09', '2025-06-11'],
  ['gpt-3.5-turbo', '2020-01-01', '2023-07-01', '2026-01-01'],
  ['gpt-3.5-turbo-0613', '2023-07-01'],
  ['gpt-4o', '2024-06-15', '2026-01-01'],
  ['gpt-4o-2024-05-13', '2024-06-15'],
]) {
  for (const day of days) {
    const price = calcPrice(usage, model, { providerId: 'openai', timestamp: new Date(`${day}T12:00:00Z`) });
    console.log(`${model} on ${day}: $${price.input_price} in, $${price.output_price} out`);
  }
}
const { models } = findProvider({ providerId: 'openai' });
const dated = models.filter(({ prices }) => JSON.stringify(prices).includes('start_date'));
console.log(`models of OpenAI with a dated price: ${dated.length} of ${models.length}`);
JS
cat >expected <<'TXT'
o3 on 2025-06-09: $10 in, $40 out
o3 on 2025-06-11: $2 in, $8 out
gpt-3.5-turbo on 2020-01-01: $0.5 in, $1.5 out
gpt-3.5-turbo on 2023-07-01: $0.5 in, $1.5 out
gpt-3.5-turbo on 2026-01-01: $0.5 in, $1.5 out
gpt-3.5-turbo-0613 on 2023-07-01: $1.5 in, $2 out
gpt-4o on 2024-06-15: $2.5 in, $10 out
gpt-4o on 2026-01-01: $2.5 in, $10 out
gpt-4o-2024-05-13 on 2024-06-15: $5 in, $15 out
models of OpenAI with a dated price: 4 of 93
TXT
node try.mjs | tee seen
diff expected seen
