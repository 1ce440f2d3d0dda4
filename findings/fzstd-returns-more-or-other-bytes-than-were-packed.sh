#!/usr/bin/env bash
# fzstd@0.1.1: bytes that nobody packed come back without an error: behind the data, or in its place.
# Guess: decompress(data) fails if the checksum in the frame does not fit. decompress(data, buffer) returns "the
#   decompressed data", the part of the buffer that was filled, and is faster for several frames, as its types say.
# What happens: no checksum is compared. A frame in which one letter was changed is returned as if whole, by the
#   streaming Decompress too; decompress also takes one whose checksum is cut off halfway. The reference library (here
#   as @bokuweb/zstd-wasm@0.0.27) refuses both. With a buffer the result is the whole buffer: behind the data are old
#   bytes or pieces of the data, and nothing says where it ends. Two frames with a buffer of their size are an error;
#   without a buffer they are read.
# Whom it hurts: whoever relies on the checksum of a log or data set against damage on a disk or a line: a changed
#   score is a score. And whoever uses one buffer for many files: the end of a longer file turns up behind a shorter
#   one.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fzstd@0.1.1 @bokuweb/zstd-wasm@0.0.27
cat >try.mjs <<'JS'
import zstd from '@bokuweb/zstd-wasm';
import { Decompress, decompress } from 'fzstd';

await zstd.init();
/** Packed by zstd 1.5.4, which adds a checksum of its own accord: 16 bytes, stored as they are, and 480, packed. */
const short = Buffer.from('28b52ffd045881000069642c616e737765720a312c7965730ad9c2e263', 'hex');
const long = Buffer.from(
  '28b52ffd0458fd0000c07b226964223a312c22616e73776572223a22796573227d0a010014af3ac7baf4e064',
  'hex',
);
const changed = Buffer.from(short);
changed.write('n', short.indexOf('yes'));
const cut = short.subarray(0, -2);

const parts = (packed) => {
  const seen = [];
  new Decompress((part) => seen.push(part)).push(packed, true);
  return Buffer.concat(seen);
};
function show(title, unpack) {
  try {
    console.log(`${title}: ${JSON.stringify(Buffer.from(unpack()).toString())}`);
  } catch (error) {
    console.log(`${title}: error: ${error.message}`);
  }
}
for (const [title, packed] of Object.entries({ whole: short, 'a letter changed': changed, 'checksum cut': cut })) {
  show(`${title}, decompress`, () => decompress(packed));
  show(`${title}, Decompress`, () => parts(packed));
  show(`${title}, reference`, () => zstd.decompress(packed));
}

const buffer = Buffer.from('id,answer\n1,no\n2,no\n3,no\n');
show('16 bytes into a used buffer of 25', () => decompress(short, buffer));
const much = decompress(long, Buffer.alloc(600));
const behind = Buffer.from(much.subarray(480)).toString();
console.log(`480 bytes into an empty buffer of 600: ${much.length}, ends with ${JSON.stringify(behind.slice(-24))}`);
const two = Buffer.concat([short, short]);
show('two frames', () => decompress(two));
show('two frames, a buffer of 32', () => decompress(two, Buffer.alloc(32)));
JS
cat >expected <<'TXT'
whole, decompress: "id,answer\n1,yes\n"
whole, Decompress: "id,answer\n1,yes\n"
whole, reference: "id,answer\n1,yes\n"
a letter changed, decompress: "id,answer\n1,nes\n"
a letter changed, Decompress: "id,answer\n1,nes\n"
a letter changed, reference: error: Failed to compress with code -22
checksum cut, decompress: "id,answer\n1,yes\n"
checksum cut, Decompress: error: unexpected EOF
checksum cut, reference: error: Failed to compress with code -22
16 bytes into a used buffer of 25: "id,answer\n1,yes\n,no\n3,no\n"
480 bytes into an empty buffer of 600: 600, ends with "{\"id\":1,\"answer\":\"yes\"}\n"
two frames: "id,answer\n1,yes\nid,answer\n1,yes\n"
two frames, a buffer of 32: error: offset is out of bounds
TXT
node try.mjs | tee seen
diff expected seen
