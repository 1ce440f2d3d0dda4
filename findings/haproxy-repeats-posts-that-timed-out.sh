#!/usr/bin/env bash
# haproxy 2.6 (Debian's 2.6.12-1+deb12u4): "retry-on all-retryable-errors" sends a POST again whose answer was slow.
# Guess: a proxy repeats requests that never reached a server, and a POST not at all once it was sent, since it is not
#   idempotent (nginx's proxy_next_upstream leaves POST out unless told otherwise).
# What happens: among "all retryable errors" is response-timeout, and no method is left out. A try that exceeds `timeout
#   server` is made again while the server may still be at work on it: with `retries 2` a slow completion is asked for
#   three times. The client gets one 504. `http-request disable-l7-retry if METH_POST` is what keeps POST out.
# Whom it hurts: whoever balances over model servers or paid APIs: long answers cost three times as much and are all
#   lost.
# Needs haproxy, which npm does not have: says so and ends where it is not installed or is not of the line 2.6.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
version=$(haproxy -v 2>/dev/null || true)
if [[ $version != *'version 2.6.'* ]]; then
  echo 'skipped: no haproxy 2.6 here (Debian 12: apt-get install haproxy)'
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >try.mjs <<'JS'
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import http from 'node:http';

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};
let asked = 0;
const model = http.createServer((request, response) => {
  request.resume();
  if (request.url === '/ready') return response.end('ready');
  asked++;
  setTimeout(() => response.end('late answer'), 6000);
});
const modelPort = await listen(model);

for (const [label, lines] of [
  ['retry-on conn-failure', ['retry-on conn-failure']],
  ['retry-on all-retryable-errors', ['retry-on all-retryable-errors']],
  ['the same without POST', ['retry-on all-retryable-errors', 'http-request disable-l7-retry if METH_POST']],
]) {
  const probe = http.createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  writeFileSync('haproxy.cfg', `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 2s
  retries 2
listen models
  bind 127.0.0.1:${port}
  ${lines.join('\n  ')}
  server one 127.0.0.1:${modelPort}
`);
  const haproxy = spawn('haproxy', ['-db', '-f', 'haproxy.cfg'], { stdio: 'ignore' });
  const isUp = () => fetch(`http://127.0.0.1:${port}/ready`).then(() => true, () => false);
  for (let tries = 0; tries < 200 && !(await isUp()); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  asked = 0;
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: '{}' });
  console.log(`${label}: status ${status}, asked ${asked} times`);
  haproxy.kill('SIGKILL');
}
model.closeAllConnections();
model.close();
JS
cat >expected <<'TXT'
retry-on conn-failure: status 504, asked 1 times
retry-on all-retryable-errors: status 504, asked 3 times
the same without POST: status 504, asked 1 times
TXT
node try.mjs | tee seen
diff expected seen
