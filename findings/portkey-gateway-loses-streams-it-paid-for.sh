#!/usr/bin/env bash
# @portkey-ai/gateway@1.15.2 (self-hosted on Node, with openai@7.59.0 in front): every streamed answer is paid and lost.
# Guess: a gateway that passes a chat completion through also passes the same call with "stream": true through.
# What happens: the gateway calls the upstream, gets a whole and valid event stream, then fails while it adds its own
#   headers to that answer and sends status 500. The upstream has done the work. A client retries a 500: with the
#   defaults of openai the one call is paid three times and brings no answer. The same call without "stream" works.
# Whom it hurts: whoever runs this gateway on Node and streams: the invoice grows, all that shows is "500".
# Seen with Node 20.20, 22.22 and 24.21.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @portkey-ai/gateway@1.15.2 openai@7.59.0
cat >try.mjs <<'JS'
import { spawn } from 'node:child_process';
import http from 'node:http';
import OpenAI from 'openai';

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};

let answered = 0;
const upstream = http.createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  answered++;
  const common = { id: 'c1', created: 1, model: 'm' };
  if (JSON.parse(body).stream) {
    response.setHeader('content-type', 'text/event-stream');
    for (const choice of [
      { index: 0, delta: { role: 'assistant', content: '4' }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]) {
      response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [choice] })}\n\n`);
    }
    response.end('data: [DONE]\n\n');
    return;
  }
  response.setHeader('content-type', 'application/json');
  const choices = [{ index: 0, message: { role: 'assistant', content: '4' }, finish_reason: 'stop' }];
  response.end(JSON.stringify({ ...common, object: 'chat.completion', choices }));
});
const upstreamPort = await listen(upstream);

const probe = http.createServer();
const port = await listen(probe);
await new Promise((resolve) => probe.close(resolve));
const program = 'node_modules/@portkey-ai/gateway/build/start-server.js';
const gateway = spawn(process.execPath, [program, '--headless', `--port=${port}`], { stdio: 'ignore' });
const isUp = () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
for (let tries = 0; tries < 200 && !(await isUp()); tries++) await new Promise((resolve) => setTimeout(resolve, 100));

const client = new OpenAI({
  apiKey: 'unused',
  baseURL: `http://127.0.0.1:${port}/v1`,
  defaultHeaders: {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  },
});
const call = { model: 'm', messages: [{ role: 'user', content: '2 + 2 =' }] };

const whole = await client.chat.completions.create(call);
console.log(`not streamed: "${whole.choices[0].message.content}", answered by the upstream: ${answered}`);

answered = 0;
try {
  let text = '';
  for await (const part of await client.chat.completions.create({ ...call, stream: true })) {
    text += part.choices[0].delta.content ?? '';
  }
  console.log(`streamed: "${text}", answered by the upstream: ${answered}`);
} catch (error) {
  console.log(`streamed: status ${error.status}, answered by the upstream: ${answered}`);
}
gateway.kill();
upstream.closeAllConnections();
upstream.close();
JS
cat >expected <<'TXT'
not streamed: "4", answered by the upstream: 1
streamed: status 500, answered by the upstream: 3
TXT
node try.mjs | tee seen
diff expected seen
