#!/usr/bin/env bash
# @duckdb/node-api@1.5.6-r.1: a CSV column that begins with 0 sums to 0, whatever amounts follow.
# Guess: DuckDB looks at the beginning of a CSV file to choose the types. A later cell that does not fit its column's
#   type is an error with the line, as it is for a text in a column of numbers. So a sum without an error is right.
# What happens: it looks at 20,480 rows. If they all hold 0, the column is BIGINT, and a decimal that comes later fits:
#   it is rounded to a whole number without an error or a warning. 500 costs of 0.01275 add up to 0, and so do their
#   maximum and mean. A text in the same place ends the query with an error. Written as 0.0, or with sample_size = -1,
#   the column is DOUBLE and the sum right; DOUBLE is not exact, DECIMAL is.
# Whom it hurts: whoever adds up costs, times or scores of a log whose beginning holds zeros only: cached or free calls
#   first, paid ones later. The total is 0, and it looks like good news.
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

const FREE = 21_000;
const lines = (count, cost, from) => Array.from({ length: count }, (_, index) => `${from + index},${cost}`);
const write = (file, zero, ...late) => writeFileSync(file, ['id,cost', ...lines(FREE, zero, 1), ...late, ''].join('\n'));

const paid = lines(500, '0.01275', FREE + 1);
write('zeros.csv', '0', ...paid);
write('points.csv', '0.0', ...paid);
write('text.csv', '0', `${FREE + 1},unknown`);

const database = await (await DuckDBInstance.create()).connect();
async function show(title, source) {
  const select = `SELECT any_value(typeof(cost)) AS type, sum(cost) AS total, max(cost) AS most FROM ${source}`;
  try {
    const [row] = (await database.runAndReadAll(select)).getRowObjects();
    console.log(`${title}: ${row.type}, sum ${Number(row.total).toFixed(3)}, maximum ${Number(row.most).toFixed(5)}`);
  } catch (error) {
    console.log(`${title}: ${error.message.split('\n')[0].replace(/ on Line.*/i, '')}`);
  }
}
await show('0 first, 500 costs behind', "'zeros.csv'");
await show('0.0 first, the same costs behind', "'points.csv'");
await show('0 first, all rows looked at', "read_csv('zeros.csv', sample_size = -1)");
await show('0 first, the type given', "read_csv('zeros.csv', types = {'cost': 'DECIMAL(18,12)'})");
await show('0 first, a text behind', "'text.csv'");
JS
cat >expected <<'TXT'
0 first, 500 costs behind: BIGINT, sum 0.000, maximum 0.00000
0.0 first, the same costs behind: DOUBLE, sum 6.375, maximum 0.01275
0 first, all rows looked at: DOUBLE, sum 6.375, maximum 0.01275
0 first, the type given: DECIMAL(18,12), sum 6.375, maximum 0.01275
0 first, a text behind: Conversion Error: CSV Error
TXT
node try.mjs | tee seen
diff expected seen
