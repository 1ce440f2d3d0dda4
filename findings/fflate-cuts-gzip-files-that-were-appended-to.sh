#!/usr/bin/env bash
# fflate@0.8.3: gunzipSync of a file that was appended to returns some of its beginning, or nothing at all.
# Guess: a gzip file may consist of several members (RFC 1952, section 2.2), as when each run appends its own or files
#   are joined with cat. Readers give all of them, as gzip, zlib, pako@3.0.3 and DecompressionStream do, or complain.
# What happens: gunzipSync reads the first member only, and takes its length from the end of the file, which is that of
#   the last member. 1000 rows with 10 behind them are returned as the first 10. A last member without content, which
#   an idle run and each file of bgzip ends with, makes the whole file empty. Where the last is longer, all of the
#   first is returned and nothing of the others. The functions gunzip, decompressSync and decompress do the same.
#   No error, no checksum. The class Gunzip of the same package, which streams, gives everything; only there the
#   documentation mentions members.
# Whom it hurts: whoever reads packed logs or data sets at once. The rows that come are right, only fewer, and a test
#   file that was packed in one go shows nothing.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fflate@0.8.3 pako@3.0.3
cat >try.mjs <<'JS'
import { appendFileSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import * as fflate from 'fflate';
import * as pako from 'pako';

const readers = {
  'node:zlib': (packed) => zlib.gunzipSync(packed),
  pako: (packed) => pako.ungzip(packed),
  DecompressionStream: async (packed) => {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  },
  'fflate, Gunzip': (packed) => {
    const parts = [];
    new fflate.Gunzip((part) => parts.push(part)).push(packed, true);
    return Buffer.concat(parts);
  },
  'fflate, gunzipSync': (packed) => fflate.gunzipSync(packed),
  'fflate, gunzip': (packed) => promisify(fflate.gunzip)(packed),
  'fflate, decompressSync': (packed) => fflate.decompressSync(packed),
};
const runsOf = (bytes) => {
  const runs = Buffer.from(bytes).toString().split('\n').slice(0, -1).map((row) => row.split(',')[0]);
  const counts = [...new Set(runs)].map((run) => `${runs.filter((other) => other === run).length} of ${run}`);
  return counts.join(', ') || 'nothing';
};
for (const [index, lengths] of [[1000], [1000, 500, 10], [10, 1000], [1000, 500, 0]].entries()) {
  const file = `${index}.csv.gz`;
  // Each run opens the log, writes its rows, and closes it.
  for (const [run, rows] of lengths.entries()) appendFileSync(file, zlib.gzipSync(`run ${run + 1},0.5\n`.repeat(rows)));
  const packed = new Uint8Array(readFileSync(file));
  console.log(`runs of ${lengths.join(', ')} rows`);
  for (const [name, read] of Object.entries(readers)) console.log(`  ${name}: ${runsOf(await read(packed))}`);
}
JS
cat >expected <<'TXT'
runs of 1000 rows
  node:zlib: 1000 of run 1
  pako: 1000 of run 1
  DecompressionStream: 1000 of run 1
  fflate, Gunzip: 1000 of run 1
  fflate, gunzipSync: 1000 of run 1
  fflate, gunzip: 1000 of run 1
  fflate, decompressSync: 1000 of run 1
runs of 1000, 500, 10 rows
  node:zlib: 1000 of run 1, 500 of run 2, 10 of run 3
  pako: 1000 of run 1, 500 of run 2, 10 of run 3
  DecompressionStream: 1000 of run 1, 500 of run 2, 10 of run 3
  fflate, Gunzip: 1000 of run 1, 500 of run 2, 10 of run 3
  fflate, gunzipSync: 10 of run 1
  fflate, gunzip: 10 of run 1
  fflate, decompressSync: 10 of run 1
runs of 10, 1000 rows
  node:zlib: 10 of run 1, 1000 of run 2
  pako: 10 of run 1, 1000 of run 2
  DecompressionStream: 10 of run 1, 1000 of run 2
  fflate, Gunzip: 10 of run 1, 1000 of run 2
  fflate, gunzipSync: 10 of run 1
  fflate, gunzip: 10 of run 1
  fflate, decompressSync: 10 of run 1
runs of 1000, 500, 0 rows
  node:zlib: 1000 of run 1, 500 of run 2
  pako: 1000 of run 1, 500 of run 2
  DecompressionStream: 1000 of run 1, 500 of run 2
  fflate, Gunzip: 1000 of run 1, 500 of run 2
  fflate, gunzipSync: nothing
  fflate, gunzip: nothing
  fflate, decompressSync: nothing
TXT
node try.mjs | tee seen
diff expected seen
