#!/usr/bin/env bash
# csv-parse@7.0.3: with cast_date, "Model 3", "Question 5" and "answer: 7" become days of the year 2001.
# Guess: cast_date turns cells that look like dates (2024-05-01, 01/05/2024) into dates and leaves words alone.
# What happens: whatever Date.parse of V8 takes is a date, and that takes words with a number from 1 to 12 behind them:
#   "Option 2" is 1 February 2001. The next number is none ("Option 13" stays a text), so one column holds dates for some
#   rows and texts for others. No error; the local time zone is used, so the day can differ between machines.
# Whom it hurts: tables of labels, models and numbered questions: an expected "Option 2" equals no answer, and a prompt
#   that is filled with it asks about a day in 2001.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3
cat >try.mjs <<'JS'
import { parse } from 'csv-parse/sync';

const words = ['Model 3', 'Option 2', 'Option 13', 'Question 5 (easy)', 'answer: 7', 'A-1', 'GPT 4', 'GPT', 'yes'];
const cells = ['2024-05-01', ...words];
const rows = parse(cells.join('\n'), { cast: true, cast_date: true });
for (const [index, [value]] of rows.entries()) {
  const shown = value instanceof Date ? `the date ${value.toISOString().slice(0, 10)}` : `"${value}"`;
  console.log(`${cells[index]} -> ${shown}`);
}
JS
cat >expected <<'TXT'
2024-05-01 -> the date 2024-05-01
Model 3 -> the date 2001-03-01
Option 2 -> the date 2001-02-01
Option 13 -> "Option 13"
Question 5 (easy) -> the date 2001-05-01
answer: 7 -> the date 2001-07-01
A-1 -> the date 2001-01-01
GPT 4 -> the date 2001-04-01
GPT -> "GPT"
yes -> "yes"
TXT
TZ=UTC node try.mjs | tee seen
diff expected seen
