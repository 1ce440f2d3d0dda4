#!/usr/bin/env bash
# @pydantic/genai-prices@0.1.8: DeepSeek's peak rates apply on Sundays, and on days before there were peak hours.
# Guess: deepseek-v4-flash and -pro cost one rate until 16 August 2026 and two since, by the hour of `timestamp`; and
#   peak hours are those of DeepSeek's price list, 01:00-04:00 and 06:00-10:00 UTC from Monday to Friday.
# What happens: a price of this package has one condition, a day or hours, and no weekday. So the peak rate holds every
#   day: 14 of 49 hours a week cost twice what DeepSeek bills. And the hours win over the day: a call of June 2026 at
#   02:00 UTC gets the peak rate that came in August, three to five times the rate of that time, which the same day's
#   12:00 does get.
# Whom it hurts: whoever compares costs of runs that were started at other hours or on a weekend, or prices stored usage
#   again: the same calls differ by up to 4.7 times, and nothing in the result says that the price is of another time.
# DeepSeek's hours and weekdays are those of its pricing page as nesquikm/mcp-rubber-duck, pull request 148 (September
#   2026), quotes it; Sundays were not paid for here.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @pydantic/genai-prices@0.1.8
cat >try.mjs <<'JS'
import { calcPrice } from '@pydantic/genai-prices';

const usage = { input_tokens: 1_000_000, output_tokens: 1_000_000 };
for (const model of ['deepseek-v4-flash', 'deepseek-v4-pro']) {
  for (const [day, date] of [
    ['Monday', '2026-11-02'],
    ['Sunday', '2026-11-01'],
    ['before peak hours', '2026-06-16'],
  ]) {
    const at = (hour) => {
      const price = calcPrice(usage, model, { providerId: 'deepseek', timestamp: new Date(`${date}T${hour}Z`) });
      return `${hour.slice(0, 5)} $${price.input_price} in, $${price.output_price} out`;
    };
    console.log(`${model}, ${date} (${day}): ${at('02:00:00')}; ${at('12:00:00')}`);
  }
}
JS
cat >expected <<'TXT'
deepseek-v4-flash, 2026-11-02 (Monday): 02:00 $0.44 in, $1.32 out; 12:00 $0.22 in, $0.66 out
deepseek-v4-flash, 2026-11-01 (Sunday): 02:00 $0.44 in, $1.32 out; 12:00 $0.22 in, $0.66 out
deepseek-v4-flash, 2026-06-16 (before peak hours): 02:00 $0.44 in, $1.32 out; 12:00 $0.14 in, $0.28 out
deepseek-v4-pro, 2026-11-02 (Monday): 02:00 $1.32 in, $3.96 out; 12:00 $0.66 in, $1.98 out
deepseek-v4-pro, 2026-11-01 (Sunday): 02:00 $1.32 in, $3.96 out; 12:00 $0.66 in, $1.98 out
deepseek-v4-pro, 2026-06-16 (before peak hours): 02:00 $1.32 in, $3.96 out; 12:00 $0.435 in, $0.87 out
TXT
node try.mjs | tee seen
diff expected seen
