#!/usr/bin/env bash
# @arizeai/openinference-instrumentation-openai@4.2.7 (with openai@7.59.0): a stream that a program leaves is still paid.
# Guess: tracing looks on. A loop over a stream that breaks off ends the request, as openai's client sees to; and a span
#   has the token counts of the answer, also of a streamed one that was asked for them by stream_options.include_usage.
# What happens: the instrumentation splits each stream in two and reads one half itself. A break ends the other half
#   only, so that the whole answer is written, read and billed in the background. controller.abort() does end both.
#   Of streamed chat completions no token is counted, with include_usage either, since the piece with the usage has no
#   choices and is skipped. So what was bought in vain is not seen where one would look. The Responses API breaks off
#   as badly, but has its tokens counted. Its README says nothing of streams.
# Whom it hurts: whoever stops reading to save money, at the first line, at a verdict, at a stop word that the API does
#   not take, and turns tracing on to see what it saves: from then on nothing is saved. Here 40 pieces are sent in place
#   of about 3, and the cost that Phoenix and the like work out from the spans of streams is nothing.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openai@7.59.0 @opentelemetry/api@1.9.0 \
  @opentelemetry/sdk-trace-base@2.12.1 @arizeai/openinference-instrumentation-openai@4.2.7
cat >try.mjs <<'JS'
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';

const length = 40;
let latest; // what became of the stream that was asked for last
const chatUsage = { prompt_tokens: 9, completion_tokens: length, total_tokens: 9 + length };
const usage = { input_tokens: 9, output_tokens: length, total_tokens: 9 + length };
const message = { role: 'assistant', content: 'PASS' };
const forms = {
  '/v1/chat/completions': {
    piece: (index) => ({ choices: [{ index: 0, delta: { content: index ? ` word${index}` : 'PASS' } }] }),
    last: { choices: [], usage: chatUsage },
    whole: { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage: chatUsage },
  },
  '/v1/responses': {
    piece: (index) => ({ type: 'response.output_text.delta', delta: index ? ` word${index}` : 'PASS' }),
    last: { type: 'response.completed', response: { id: 'r1', object: 'response', output: [], usage } },
  },
};
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const text of request) body += text;
  const { piece, last, whole } = forms[request.url];
  if (!JSON.parse(body).stream) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 'c1', created: 1, model: 'gpt-4o', ...whole }));
    return;
  }
  const stream = latest = { sent: 0, over: false };
  response.on('close', () => { stream.over = true; });
  response.setHeader('content-type', 'text/event-stream');
  const write = (event) => response.write(`data: ${JSON.stringify({ id: 'c1', model: 'gpt-4o', ...event })}\n\n`);
  for (; stream.sent < length && !stream.over; stream.sent++) {
    write(piece(stream.sent));
    await wait(25);
  }
  write(last);
  response.end('data: [DONE]\n\n');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Judge this.' }] };
const streamed = { ...chat, stream: true, stream_options: { include_usage: true } };
const ask = {
  chat: (client) => client.chat.completions.create(streamed),
  responses: (client) => client.responses.create({ model: 'gpt-4o', input: 'Judge this.', stream: true }),
};
const leave = { break: () => true, abort: (stream) => stream.controller.abort(), 'read on': () => false };
const read = async (api, how) => {
  const stream = await ask[api](new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 }));
  for await (const event of stream) {
    if (JSON.stringify(event).includes('PASS') && leave[how](stream)) break;
  }
  while (!latest.over) await wait(10);
  return latest.sent < length / 2 ? 'few pieces sent' : `${latest.sent} pieces sent`;
};
for (const api of ['chat', 'responses']) console.log(`untraced, ${api}, break: ${await read(api, 'break')}`);

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
new OpenAIInstrumentation({ tracerProvider }).manuallyInstrument(OpenAI);
const tokens = async () => {
  while (exporter.getFinishedSpans().length === 0) await wait(10);
  const [{ attributes }] = exporter.getFinishedSpans();
  exporter.reset();
  const counted = ['prompt', 'completion'].map((kind) => attributes[`llm.token_count.${kind}`] ?? 'none');
  return `tokens in the span: ${counted.join(' and ')}`;
};
for (const [api, how] of [['chat', 'break'], ['chat', 'abort'], ['responses', 'break'], ['chat', 'read on']]) {
  console.log(`traced, ${api}, ${how}: ${await read(api, how)}, ${await tokens()}`);
}
await new OpenAI({ apiKey: 'unused', baseURL }).chat.completions.create(chat);
console.log(`traced, chat, not streamed: ${await tokens()}`);
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
untraced, chat, break: few pieces sent
untraced, responses, break: few pieces sent
traced, chat, break: 40 pieces sent, tokens in the span: none and none
traced, chat, abort: few pieces sent, tokens in the span: none and none
traced, responses, break: 40 pieces sent, tokens in the span: 9 and 40
traced, chat, read on: 40 pieces sent, tokens in the span: none and none
traced, chat, not streamed: tokens in the span: 9 and 40
TXT
node try.mjs | tee seen
diff expected seen
