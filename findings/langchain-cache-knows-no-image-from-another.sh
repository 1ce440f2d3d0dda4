#!/usr/bin/env bash
# @langchain/core@1.4.0 (with @langchain/openai@1.6.0): the cache answers a question about one image for any other.
# Guess: a cache of a chat model keys on all that is sent: messages, model and parameters. Another image, PDF or
#   recording under the same question is another request.
# What happens: the key holds the conversation as readable text, in which each image is "[image]", each file "[file]"
#   and each recording "[audio]". The second image gets the answer to the first, without a call and without a warning.
#   So does a question without an image that holds the text "[image]". The model's name and parameters are in the key.
#   The core makes it, so that every cache of LangChain.js is asked for it.
# Whom it hurts: whoever asks one question about many images or documents, as evaluations and extraction do, with a
#   cache against paying twice: one answer for all rows, and only the first was paid. The authors know of it (issue
#   10092 of langchain-ai/langchainjs, open since February 2026).
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @langchain/openai@1.6.0 @langchain/core@1.4.0
cat >try.mjs <<'JS'
import http from 'node:http';
import { InMemoryCache } from '@langchain/core/caches';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';

// The model "reads" what it is sent: it answers with the content of the first part.
let paid = 0;
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  paid++;
  const [{ content }] = JSON.parse(body).messages;
  const [{ image_url, file, input_audio }] = Array.isArray(content) ? content : [{}];
  const data = image_url?.url ?? file?.file_data ?? input_audio?.data;
  const text = data ? Buffer.from(data.split(',').at(-1), 'base64').toString() : 'I see no image.';
  const usage = { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 };
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'gpt-4o', choices, usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const configuration = { baseURL: `http://127.0.0.1:${server.address().port}/v1` };

const base64 = (text) => Buffer.from(text).toString('base64');
const image = (text) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${base64(text)}` } });
const pdf = (text) => `data:application/pdf;base64,${base64(text)}`;
const file = (text) => ({ type: 'file', file: { filename: 'a.pdf', file_data: pdf(text) } });
const audio = (text) => ({ type: 'input_audio', input_audio: { data: base64(text), format: 'wav' } });
for (const cache of [undefined, new InMemoryCache()]) {
  console.log(cache ? 'with a cache:' : 'without a cache:');
  const model = new ChatOpenAI({ apiKey: 'unused', model: 'gpt-4o', cache, configuration });
  for (const part of [image, file, audio]) {
    paid = 0;
    const answers = [];
    for (const text of ['invoice of 10', 'invoice of 99']) {
      const message = new HumanMessage({ content: [part(text), { type: 'text', text: 'What is the total?' }] });
      answers.push((await model.invoke([message])).text);
    }
    console.log(`  ${part.name}: ${answers.join(', ')}; paid ${paid}`);
  }
  console.log(`  no image: ${(await model.invoke('[image]What is the total?')).text}`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
without a cache:
  image: invoice of 10, invoice of 99; paid 2
  file: invoice of 10, invoice of 99; paid 2
  audio: invoice of 10, invoice of 99; paid 2
  no image: I see no image.
with a cache:
  image: invoice of 10, invoice of 10; paid 1
  file: invoice of 10, invoice of 10; paid 1
  audio: invoice of 10, invoice of 10; paid 1
  no image: invoice of 10
TXT
node try.mjs | tee seen
diff expected seen
