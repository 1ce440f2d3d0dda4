#!/usr/bin/env bash
# undici@7.30.2, openai@6.10.0 and the fetch of Node 20: an interim "100 Continue" that nobody asked for costs the answer.
# Guess: interim responses are skipped. HTTP has clients accept them although they asked for none (RFC 9110, section 15.2),
#   and undici does so with 102 and 103. node:http, curl and Python's urllib do it with 100 as well.
# What happens: undici ends the connection at 100 alone, with "bad response", and never reads the answer behind it. fetch
#   says "fetch failed". It looks like a broken network, so that a client that retries sends the request again: openai
#   makes three calls, which the server answers and bills, and reports "Connection error.".
# Whom it hurts: who calls a model behind a server or a proxy that greets each POST with 100. curl shows a good answer,
#   fetch and SDKs over it a network that fails each time, and the bill is a multiple.
# Runs in a temporary folder, calls a server on the loopback interface, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2 openai@6.10.0
cat >try.mjs <<'JS'
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import OpenAI from 'openai';
import { Pool } from 'undici';

const BODY = '{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Paris"}}]}';
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;
let interim = '';
let answered = 0;

/** Answers each POST of a JSON object, the interim response before it. */
const server = createServer((socket) => {
  let seen = '';
  socket.on('error', () => undefined).on('data', (part) => {
    seen += part;
    if (!seen.endsWith('}')) return;
    seen = '';
    answered += 1;
    socket.write(interim + HEAD + BODY);
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${server.address().port}`;

const clients = {
  'node:http': async () => {
    const call = request(origin, { method: 'POST' }).end('{}');
    const [response] = await once(call, 'response');
    response.resume();
    return response.statusCode;
  },
  undici: async () => {
    const pool = new Pool(origin);
    try {
      const { statusCode, body } = await pool.request({ method: 'POST', path: '/', body: '{}' });
      await body.dump();
      return statusCode;
    } finally {
      await pool.close();
    }
  },
  fetch: async () => (await fetch(origin, { method: 'POST', body: '{}' })).status,
  openai: async () => {
    const api = new OpenAI({ apiKey: 'any', baseURL: origin });
    const { choices } = await api.chat.completions.create({ model: 'm', messages: [] });
    return choices[0].message.content;
  },
};
for (const line of ['', '102 Processing', '103 Early Hints', '100 Continue']) {
  interim = line === '' ? '' : `HTTP/1.1 ${line}\r\n\r\n`;
  for (const [name, call] of Object.entries(clients)) {
    answered = 0;
    const end = await call().catch(({ message, cause }) => `${message}${name === 'fetch' ? ` (${cause.message})` : ''}`);
    console.log(`${line || 'nothing'} before the answer, ${name}: ${end}; answers sent: ${answered}`);
  }
}
process.exit(0);
JS
cat >expected <<'TXT'
nothing before the answer, node:http: 200; answers sent: 1
nothing before the answer, undici: 200; answers sent: 1
nothing before the answer, fetch: 200; answers sent: 1
nothing before the answer, openai: Paris; answers sent: 1
102 Processing before the answer, node:http: 200; answers sent: 1
102 Processing before the answer, undici: 200; answers sent: 1
102 Processing before the answer, fetch: 200; answers sent: 1
102 Processing before the answer, openai: Paris; answers sent: 1
103 Early Hints before the answer, node:http: 200; answers sent: 1
103 Early Hints before the answer, undici: 200; answers sent: 1
103 Early Hints before the answer, fetch: 200; answers sent: 1
103 Early Hints before the answer, openai: Paris; answers sent: 1
100 Continue before the answer, node:http: 200; answers sent: 1
100 Continue before the answer, undici: bad response; answers sent: 1
100 Continue before the answer, fetch: fetch failed (bad response); answers sent: 1
100 Continue before the answer, openai: Connection error.; answers sent: 3
TXT
node try.mjs | tee seen
diff expected seen
