#!/usr/bin/env bash
# undici@7.30.2 on Node 20: one AbortSignal for all requests of a loop makes each of them leave memory that stays.
# Guess: undici takes its listener off the signal when a request ends, so nothing is left: what was young dies young, and
#   the way to stop a loop of calls, one AbortController for the whole of it, costs nothing while nobody aborts.
# What happens: the listener is taken off, and its memory still outlives the call. The signal is old by then, each new
#   listener hangs on it while the call is under way, and what was taken off still points to what came after. So the
#   collector of young memory moves about 1.6 KB a request to the old space, 16 times what requests without a signal
#   leave there, until a full collection comes. It is no leak, but such a loop pays for it. A new controller for every
#   request is no way out: it moves about 3 KB.
# Whom it hurts: batch runners and crawlers that stop all calls by one signal: more and longer collections, and memory
#   that looks like a leak. A flag that is looked at between calls, or one listener for all calls, does not do it.
# Runs in a temporary folder, calls a server on the loopback interface, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2
cat >try.mjs <<'JS'
import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import { getHeapSpaceStatistics } from 'node:v8';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Pool } from 'undici';

const CALLS = 20_000;

/** Bytes in the old space, where what outlived young collections is. */
const oldSpace = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size;

/** Bytes a request that move to the old space. */
async function moved(port, signalOf) {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 16 });
  let [left, last, sum] = [CALLS, oldSpace(), 0];
  const work = async () => {
    while (left-- > 0) {
      const { body } = await pool.request({ path: '/', method: 'POST', body: '{}', signal: signalOf() });
      await body.text();
      if (left % 500 !== 0) continue;
      const now = oldSpace();
      sum += Math.max(now - last, 0);
      last = now;
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  await pool.close();
  return sum / CALLS;
}

if (isMainThread) {
  const server = new Worker(new URL(import.meta.url));
  const port = await new Promise((resolve) => server.once('message', resolve));
  const shared = new AbortController();
  setMaxListeners(0, shared.signal);
  await moved(port, () => undefined); // until the code is compiled
  const without = await moved(port, () => undefined);
  const one = await moved(port, () => shared.signal);
  const own = await moved(port, () => new AbortController().signal);
  console.error(`bytes a request: ${without.toFixed(0)} without, ${one.toFixed(0)} shared, ${own.toFixed(0)} own`);
  console.log(`a shared signal leaves more than 5 times as much: ${one > 5 * without}`);
  console.log(`more than 1,000 bytes a request: ${one > 1000}`);
  console.log(`a signal for each request leaves more than 5 times as much: ${own > 5 * without}`);
  await server.terminate();
} else {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
}
JS
cat >expected <<'TXT'
a shared signal leaves more than 5 times as much: true
more than 1,000 bytes a request: true
a signal for each request leaves more than 5 times as much: true
TXT
node try.mjs | tee seen
diff expected seen
