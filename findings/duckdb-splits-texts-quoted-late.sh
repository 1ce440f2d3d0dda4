#!/usr/bin/env bash
# @duckdb/node-api@1.5.6-r.1: a quoted text far down in a CSV file may become two rows, or keep its quotes.
# Guess: `"` quotes in CSV (RFC 4180), also where the first quoted field comes late. What read_csv finds out by itself
#   is the delimiter and the types.
# What happens: it finds out the quote too. If no field in the first 20,480 lines is quoted, nothing quotes in the
#   rest: the quotes stay in the text, doubled ones doubled, and commas and line ends divide. A letter with a comma
#   and a line end fits the two columns as two rows, without an error. A comma alone is an error; of the fixes that it
#   proposes, one drops the row, and one cuts the text in two and loses the label. quote = '"' reads every row right,
#   sample_size = -1 too.
# Whom it hurts: whoever queries exports where most texts are one short line: counts, groups and joins are off by some
#   rows or labels once the first long text is far enough down. A test with a short file shows nothing.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1
cat >try.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const database = await (await DuckDBInstance.create()).connect();
/** Queries what stands behind so many plain lines, the header among them. */
async function show(title, { lines = 21_000, late, options = '' }) {
  const plain = Array.from({ length: lines - 1 }, (_, index) => `text ${index},a`);
  writeFileSync('texts.csv', ['text,label', ...plain, late, ''].join('\n'));
  try {
    const select = `SELECT * FROM read_csv('texts.csv'${options}) OFFSET ${lines - 1}`;
    const rows = (await database.runAndReadAll(select)).getRows();
    console.log(`${title}: ${rows.length === 0 ? 'no row' : rows.map((row) => JSON.stringify(row)).join(' and ')}`);
  } catch (error) {
    console.log(`${title}: ${error.message.split('\n').slice(0, 3).join('; ')}`);
  }
}
const [letter, speech, comma] = ['"Hello, Ann\nthanks",b', '"she said ""no""",b', '"1,5 kg",b'];
await show('letter in line 20,480', { lines: 20_479, late: letter });
await show('letter in line 20,481', { lines: 20_480, late: letter });
for (const [title, late] of Object.entries({ letter, speech, comma, label: 'fine,"b"' })) {
  await show(title, { late });
  await show(`${title}, quote given`, { late, options: `, quote = '"'` });
}
await show('letter, all lines looked at', { late: letter, options: ', sample_size = -1' });
await show('comma, ignore_errors', { late: comma, options: ', ignore_errors = true' });
await show('comma, strict_mode off', { late: comma, options: ', strict_mode = false' });
JS
cat >expected <<'TXT'
letter in line 20,480: ["Hello, Ann\nthanks","b"]
letter in line 20,481: ["\"Hello"," Ann"] and ["thanks\"","b"]
letter: ["\"Hello"," Ann"] and ["thanks\"","b"]
letter, quote given: ["Hello, Ann\nthanks","b"]
speech: ["\"she said \"\"no\"\"\"","b"]
speech, quote given: ["she said \"no\"","b"]
comma: Invalid Input Error: CSV Error on Line: 21001; Original Line: "1,5 kg",b; Expected Number of Columns: 2 Found: 3
comma, quote given: ["1,5 kg","b"]
label: ["fine","\"b\""]
label, quote given: ["fine","b"]
letter, all lines looked at: ["Hello, Ann\nthanks","b"]
comma, ignore_errors: no row
comma, strict_mode off: ["\"1","5 kg\""]
TXT
node try.mjs | tee seen
diff expected seen
