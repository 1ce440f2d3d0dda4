#!/usr/bin/env bash
# apache-arrow@21.2.0: tableFromJSON types a column by its first value and forces all others into that type.
# Guess: the type of a column follows from the whole of it. vectorFromArray does so for the same values, and raises
#   "Unable to infer Vector type" where they are of several kinds. Keys that only later rows have become columns, nested
#   ones as well, as they do with vectorFromArray.
# What happens: what does not fit the first value is turned into something that does. A text among numbers is NaN, a
#   text among booleans is false ("yes" too), an object among texts is "[object Object]". Nested keys that the first
#   object lacks, or has with null, are gone, in all rows. Only columns themselves may come late. No error, and no null
#   that could be counted. A comment in the package's source says that the first instance of a key decides.
# Whom it hurts: whoever brings logs of model calls to Arrow, Parquet or DuckDB: usage that gains "cached" when the
#   cache first answers loses it, so that all input is priced in full; the sum over a column with one "n/a" is NaN; and
#   verdicts that a judge wrote as "yes" count as failed.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund apache-arrow@21.2.0
cat >try.mjs <<'JS'
import { tableFromIPC, tableFromJSON, tableToIPC, vectorFromArray } from 'apache-arrow';

const plain = (value) => (typeof value?.toJSON === 'function' ? value.toJSON() : value);
const text = (values) => values.map((value) => (typeof plain(value) === 'number' ? String(value)
  : JSON.stringify(plain(value)))).join(' ');
const attempt = (make) => {
  try {
    return make();
  } catch (error) {
    return error.message.split(',')[0];
  }
};
const columns = {
  usage: [{ input: 900, output: 5 }, { input: 900, output: 5, cached: 800 }],
  'usage, null first': [{ input: 900, cached: null }, { input: 900, cached: 800 }],
  score: [0.9, 'n/a', 0.7],
  passed: [true, 'yes', false],
  answer: ['4', { value: 4 }],
};
for (const [name, values] of Object.entries(columns)) {
  const table = tableFromIPC(tableToIPC(tableFromJSON(values.map((value) => ({ value })))));
  console.log(`${name}: ${values.map((value) => JSON.stringify(value)).join(' ')}`);
  console.log(`  tableFromJSON, ${table.schema.fields[0].type}: ${text([...table.getChild('value')])}`);
  console.log(`  vectorFromArray: ${attempt(() => text([...vectorFromArray(values)]))}`);
}
const late = tableFromJSON([{ input: 900 }, { input: 900, cached: 800 }]);
console.log(`a column that comes late: ${text(late.toArray())}`);

// 2 dollars a million tokens of input, 0.5 for cached ones.
const rows = [{ usage: { input: 10_000 } }, ...Array(9).fill({ usage: { input: 10_000, cached: 9_000 } })];
const bill = (list) => list.reduce((sum, { usage: { input, cached = 0 } }) =>
  sum + ((input - cached) * 2 + cached * 0.5) / 1e6, 0).toFixed(4);
console.log(`ten calls: ${bill(rows)} dollars, by the table ${bill(tableFromJSON(rows).toArray().map(plain))}`);
JS
cat >expected <<'TXT'
usage: {"input":900,"output":5} {"input":900,"output":5,"cached":800}
  tableFromJSON, Struct<{input:Float64, output:Float64}>: {"input":900,"output":5} {"input":900,"output":5}
  vectorFromArray: {"input":900,"output":5,"cached":null} {"input":900,"output":5,"cached":800}
usage, null first: {"input":900,"cached":null} {"input":900,"cached":800}
  tableFromJSON, Struct<{input:Float64}>: {"input":900} {"input":900}
  vectorFromArray: {"input":900,"cached":null} {"input":900,"cached":800}
score: 0.9 "n/a" 0.7
  tableFromJSON, Float64: 0.9 NaN 0.7
  vectorFromArray: Unable to infer Vector type from input values
passed: true "yes" false
  tableFromJSON, Bool: true false false
  vectorFromArray: Unable to infer Vector type from input values
answer: "4" {"value":4}
  tableFromJSON, Dictionary<Int32, Utf8>: "4" "[object Object]"
  vectorFromArray: Unable to infer Vector type from input values
a column that comes late: {"input":900,"cached":null} {"input":900,"cached":800}
ten calls: 0.0785 dollars, by the table 0.2000
TXT
node try.mjs | tee seen
diff expected seen
