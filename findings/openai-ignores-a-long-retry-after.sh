#!/usr/bin/env bash
# openai@7.59.0: a server that says "wait 61 seconds" is asked again within one.
# Guess: the client waits as long as Retry-After asks, or gives up when that is too long for it.
# What happens: above 60 seconds the header is dropped and the wait is the client's own backoff, half a second to a
#   second for the first retry. So the default of two retries is used up within seconds of a limit that lasts a minute
#   or more. @anthropic-ai/sdk@1.14.0, which grew from the same generator, waits as asked, for minutes too.
# Whom it hurts: batch runs against limits per minute or per day: rows fail that one wait would have saved, and servers
#   that count refused requests keep the caller locked out.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openai@7.59.0 @anthropic-ai/sdk@1.14.0
cat >try.mjs <<'JS'
import http from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

let wait = '';
let asked = [];
const server = http.createServer((request, response) => {
  request.resume();
  asked.push(performance.now());
  response.writeHead(429, { 'retry-after': wait, 'content-type': 'application/json' });
  response.end('{"error": {"type": "rate_limit_error", "message": "slow down"}}');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const openai = new OpenAI({ apiKey: 'unused', baseURL: `${base}/v1`, maxRetries: 1 });
const anthropic = new Anthropic({ apiKey: 'unused', baseURL: base, maxRetries: 1 });
const messages = [{ role: 'user', content: '2 + 2 =' }];
const calls = {
  openai: (signal) => openai.chat.completions.create({ model: 'm', messages }, { signal }),
  anthropic: (signal) => anthropic.messages.create({ model: 'm', max_tokens: 5, messages }, { signal }),
};
for (const seconds of [2, 60, 61]) {
  wait = String(seconds);
  for (const [name, call] of Object.entries(calls)) {
    asked = [];
    await call(AbortSignal.timeout(5000)).catch(() => {});
    const [first, second] = asked;
    const early = second !== undefined && second - first < seconds * 1000 - 100;
    console.log(`Retry-After ${seconds}: ${name} ${early ? 'asks again too early' : 'waits'}`);
  }
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
Retry-After 2: openai waits
Retry-After 2: anthropic waits
Retry-After 60: openai waits
Retry-After 60: anthropic waits
Retry-After 61: openai asks again too early
Retry-After 61: anthropic waits
TXT
node try.mjs | tee seen
diff expected seen
