#!/usr/bin/env bash
# openai@7.59.0, @anthropic-ai/sdk@1.14.0, @langchain/openai@1.6.0: a stream that stops halfway ends like a whole one.
# Guess: event streams of both APIs have an explicit end (finish_reason and [DONE]; message_stop), so a loop over a
#   stream that ends without it raises an error.
# What happens: when the response ends in an orderly way without it, as when a proxy in between stops at a limit of its
#   own, `for await` over the stream just ends. No error, no flag; the text so far is all there is. Only the collecting
#   helpers (finalChatCompletion, finalMessage) look for the end and raise an error.
# Whom it hurts: whoever gathers streamed answers and grades or stores them: half an answer is graded as a bad one, or
#   is good enough to pass.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openai@7.59.0 @anthropic-ai/sdk@1.14.0 @langchain/openai@1.6.0 @langchain/core@1.4.0
cat >try.mjs <<'JS'
import http from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';

const text = 'Paris has 21';
const choices = [{ index: 0, delta: { content: text }, finish_reason: null }];
const ofOpenAI = [{ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices }];
const usage = { input_tokens: 9, output_tokens: 1 };
const message = { id: 'm1', type: 'message', role: 'assistant', content: [], model: 'm', stop_reason: null, usage };
const ofAnthropic = [
  { type: 'message_start', message },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
];
const server = http.createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'text/event-stream');
  for (const event of request.url.endsWith('/messages') ? ofAnthropic : ofOpenAI) {
    response.write(`${event.type ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const openai = new OpenAI({ apiKey: 'unused', baseURL: `${base}/v1` });
const anthropic = new Anthropic({ apiKey: 'unused', baseURL: base });
const langchain = new ChatOpenAI({ apiKey: 'unused', model: 'm', configuration: { baseURL: `${base}/v1` } });
const chat = { model: 'm', messages: [{ role: 'user', content: 'How many people live in Paris?' }] };

const gather = async (stream, textOf) => {
  let gathered = '';
  for await (const part of await stream) gathered += textOf(part) ?? '';
  return `"${gathered}"`;
};
const completions = openai.chat.completions;
const ofChat = (part) => part.choices[0].delta.content;
const ofMessages = (part) => part.delta?.text;
const limited = { ...chat, max_tokens: 99 };
for (const [label, run] of [
  ['openai, for await', () => gather(completions.create({ ...chat, stream: true }), ofChat)],
  ['openai, finalChatCompletion', () => completions.stream(chat).finalChatCompletion()],
  ['anthropic, for await', () => gather(anthropic.messages.create({ ...limited, stream: true }), ofMessages)],
  ['anthropic, finalMessage', () => anthropic.messages.stream(limited).finalMessage()],
  ['langchain, for await', () => gather(langchain.stream('How many people live in Paris?'), (part) => part.content)],
]) {
  console.log(`${label}: ${await run().catch(() => 'an error')}`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
openai, for await: "Paris has 21"
openai, finalChatCompletion: an error
anthropic, for await: "Paris has 21"
anthropic, finalMessage: an error
langchain, for await: "Paris has 21"
TXT
node try.mjs | tee seen
diff expected seen
