#!/usr/bin/env bash
# @dsnp/parquetjs@1.8.8: a DECIMAL column is written a cent short, and read back with every second value 0.
# Guess: DECIMAL with scale 2 is what keeps 0.29 at 0.29; that is what it is for. And what a package writes, it reads.
# What happens: a value is multiplied by 100 as a floating point number, and what stands behind the point is cut off:
#   0.29 * 100 is 28.999999999999996, which is stored as 0.28. So it goes for 573 of the 10,001 amounts from 0 to 100,
#   always downwards. Every reader finds the wrong amount, as @duckdb/node-api@1.5.6-r.1 does here.
#   The package itself finds more: up to precision 9 it writes 8 bytes a value and reads 4. Half of the values come
#   back, each followed by a 0 in the place of another; the other half is gone. The number of rows is right, and there
#   is no error. With precision 10 or more it reads what is in the file. Its documentation says nothing of DECIMAL.
# Whom it hurts: whoever chose DECIMAL so that money adds up: totals are too low, never too high, and do not fit the
#   invoice. Read again in the same program, a sum is about half, and averages and joins by row are of other rows.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @dsnp/parquetjs@1.8.8 @duckdb/node-api@1.5.6-r.1
cat >try.mjs <<'JS'
import parquet from '@dsnp/parquetjs';
import { DuckDBInstance } from '@duckdb/node-api';

const duckdb = await (await DuckDBInstance.create()).connect();
const two = (value) => Number(value).toFixed(2);
const sum = (values) => two(values.reduce((total, value) => total + Number(value), 0));

async function write(file, precision, costs) {
  const schema = new parquet.ParquetSchema({ cost: { type: 'DECIMAL', precision, scale: 2 } });
  const writer = await parquet.ParquetWriter.openFile(schema, file);
  for (const cost of costs) await writer.appendRow({ cost });
  await writer.close();
}
async function readByItself(file) {
  const reader = await parquet.ParquetReader.openFile(file);
  const cursor = reader.getCursor();
  const costs = [];
  for (let row = await cursor.next(); row !== null; row = await cursor.next()) costs.push(row.cost);
  await reader.close();
  return costs;
}
async function readByDuckdb(file) {
  return (await duckdb.runAndReadAll(`SELECT cost::VARCHAR FROM '${file}'`)).getRows().flat();
}

const costs = [0.29, 1.1, 4.35, 0.57, 19.99, 2.3];
console.log(`costs: ${costs.map(two).join(' ')}, sum ${sum(costs)}`);
for (const precision of [9, 10]) {
  const file = `precision-${precision}.parquet`;
  await write(file, precision, costs);
  for (const [reader, read] of [['DuckDB', readByDuckdb], ['parquetjs', readByItself]]) {
    const seen = await read(file);
    console.log(`precision ${precision}, read by ${reader}: ${seen.map(two).join(' ')}, sum ${sum(seen)}`);
  }
}

const amounts = Array.from({ length: 10_001 }, (_, cents) => cents / 100);
await write('amounts.parquet', 10, amounts);
const stored = await readByDuckdb('amounts.parquet');
const wrong = amounts.filter((amount, index) => two(amount) !== stored[index]);
const higher = amounts.filter((amount, index) => amount < Number(stored[index]));
console.log(`0.00 to 100.00: ${wrong.length} of ${amounts.length} amounts wrong, ${higher.length} too high`);
console.log(`their sum ${sum(amounts)}, stored ${sum(stored)}`);
JS
cat >expected <<'TXT'
costs: 0.29 1.10 4.35 0.57 19.99 2.30, sum 28.60
precision 9, read by DuckDB: 0.28 1.10 4.34 0.56 19.98 2.29, sum 28.55
precision 9, read by parquetjs: 0.28 0.00 1.10 0.00 4.34 0.00, sum 5.72
precision 10, read by DuckDB: 0.28 1.10 4.34 0.56 19.98 2.29, sum 28.55
precision 10, read by parquetjs: 0.28 1.10 4.34 0.56 19.98 2.29, sum 28.55
0.00 to 100.00: 573 of 10001 amounts wrong, 0 too high
their sum 500050.00, stored 500044.27
TXT
node try.mjs | tee seen
diff expected seen
