#!/usr/bin/env bash
# undici@7.30.2 on Node 20: some hundred responses after its start, an HTTP client takes 29 MB at once.
# Guess: a client's memory is its sockets and its answers, so that a loop of small calls has its peak at the start, when
#   modules are loaded. WebAssembly, which parses the responses, is machine code once it is instantiated.
# What happens: V8 compiles the parser quickly and badly first. After some hundred responses it compiles its largest
#   function again, one of 34 kB, in another thread. The optimising compiler holds 29 MB for it and takes a tenth of a
#   second of processor time. That is the peak of the whole process: 106 MB, and 72 MB if the parser is left as it is.
#   Optimised, it saves less than a microsecond a response.
# Whom it hurts: workers in small containers, where the limit must hold that one moment, and short-lived processes such
#   as functions and command lines, which pay for it and end. `--no-wasm-tier-up` alone does not help: it takes
#   `--no-wasm-dynamic-tiering` too.
# Runs in a temporary folder, calls a server on the loopback interface, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2
cat >server.mjs <<'JS'
import { createServer } from 'node:http';
const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
JS
cat >client.mjs <<'JS'
import { Pool } from 'undici';
const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 4 });
let left = 4000;
const work = async () => {
  while (left-- > 0) await (await pool.request({ path: '/', method: 'POST', body: '{}' })).body.text();
};
await Promise.all([work(), work(), work(), work()]);
await pool.close();
console.log(`peak ${Math.round(process.resourceUsage().maxRSS / 1000)}`);
JS
cat >try.mjs <<'JS'
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';

const server = fork('server.mjs');
const [port] = await once(server, 'message');
/** What the client prints, V8's lines on WebAssembly included. */
const client = (...flags) => {
  const words = ['--trace-wasm-compilation-times', ...flags, 'client.mjs', String(port)];
  return execFileSync(process.execPath, words, { encoding: 'utf8' }).split('\n');
};
const optimised = (lines) => lines.filter((line) => line.includes('using TurboFan'));
/** Megabytes at the peak: the least of five runs. */
const peak = (...flags) =>
  Math.min(...Array.from({ length: 5 }, () => Number(client(...flags).find((line) => line.startsWith('peak')).slice(5))));

const lines = optimised(client());
const held = Math.max(...lines.map((line) => Number(/and (\d+) \//.exec(line)[1]))) / 1e6;
const [usual, half, without] = [peak(), peak('--no-wasm-tier-up'), peak('--no-wasm-tier-up', '--no-wasm-dynamic-tiering')];
console.error(`${held.toFixed(0)} MB for one function; peaks: ${usual} MB, ${half} and ${without} MB with one and both flags`);
console.log(`V8 holds more than 20 MB to compile one function again: ${held > 20}`);
console.log(`without that, the peak is more than 10 MB lower: ${usual - without > 10}`);
console.log(`one of the two flags is enough: ${usual - half > 10}`);
server.kill();
JS
cat >expected <<'TXT'
V8 holds more than 20 MB to compile one function again: true
without that, the peak is more than 10 MB lower: true
one of the two flags is enough: false
TXT
node try.mjs | tee seen
diff expected seen
