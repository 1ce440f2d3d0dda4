#!/usr/bin/env bash
# @langchain/core@1.4.0 (with @langchain/openai@1.6.0): one row that needs its fallback makes batch() ask all again.
# Guess: model.withFallbacks([other]) asks `other` about the inputs on which `model` failed. invoke() does so, and
#   batch() is invoke() for each input, some at the same time. In LangChain for Python, batch asks again for those
#   that failed, and keeps the rest.
# What happens: batch() has the first model answer the whole list. If one row fails, the other rows' answers are thrown
#   away, and the whole list goes to the fallback: 19 calls too many for 20 rows, and all answers are the fallback's.
#   The first model is not stopped either: it works through its rows while the fallback does, so that maxConcurrency 2
#   lets more than 2 calls run at once. And if each model fails on another row, the batch fails, though each row has a
#   model that answers it. batch() with returnExceptions, the way out without fallbacks, throws "Not implemented.".
#   The documentation says "when it fails" of the runnable, and nothing of batches.
# Whom it hurts: whoever runs rows through batch() with a dearer model in reserve for content filters and long rows: one
#   row in a thousand buys the dear model for all of them, and a comparison credits one model with another's answers.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @langchain/core@1.4.0 @langchain/openai@1.6.0
cat >try.mjs <<'JS'
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { ChatOpenAI } from '@langchain/openai';

const refused = { cheap: 'row 2', dear: 'none', other: 'row 5' };
const calls = {};
let [running, most] = [0, 0];
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const { model, messages } = JSON.parse(body);
  const row = messages.at(-1).content;
  calls[model] = (calls[model] ?? 0) + 1;
  most = Math.max(most, ++running);
  response.setHeader('content-type', 'application/json');
  if (row === refused[model]) {
    response.statusCode = 400;
    response.end(JSON.stringify({ error: { message: 'The prompt was filtered.', code: 'content_filter' } }));
  } else {
    await wait(40);
    const choices = [{ index: 0, message: { role: 'assistant', content: `by ${model}` }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
    response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model, choices, usage }));
  }
  running--;
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const configuration = { baseURL: `http://127.0.0.1:${server.address().port}/v1` };
const model = (name) => new ChatOpenAI({ apiKey: 'unused', model: name, maxRetries: 0, configuration });
const chain = (first, fallback) =>
  ChatPromptTemplate.fromTemplate('{row}').pipe(model(first).withFallbacks([model(fallback)]));

const rows = Array.from({ length: 20 }, (_, index) => ({ row: `row ${index + 1}` }));
const answers = (messages) => {
  const texts = messages.map(({ content }) => content);
  return ['by cheap', 'by dear', 'by other'].map((text) => texts.filter((other) => other === text).length).join(' + ');
};
const one = async (runnable) => {
  const messages = [];
  for (let index = 0; index < rows.length; index += 2) {
    messages.push(...await Promise.all(rows.slice(index, index + 2).map((row) => runnable.invoke(row))));
  }
  return messages;
};
const batch = (options) => (runnable) => runnable.batch(rows, { maxConcurrency: 2 }, options);
for (const [label, run, fallback] of [
  ['invoke, fallback dear', one, 'dear'],
  ['batch, fallback dear', batch(), 'dear'],
  ['invoke, fallback other', one, 'other'],
  ['batch, fallback other', batch(), 'other'],
  ['batch with returnExceptions', batch({ returnExceptions: true }), 'dear'],
]) {
  for (const name of Object.keys(calls)) delete calls[name];
  most = 0;
  const result = await run(chain('cheap', fallback)).then(
    (messages) => `answers by cheap + dear + other: ${answers(messages)}`, ({ message }) => `error "${message}"`);
  for (let quiet = 0; quiet < 10; quiet = running === 0 ? quiet + 1 : 0) await wait(20);
  const asked = Object.entries(calls).map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(`${label}: ${result}; calls: ${asked || 'none'}; more than 2 at once: ${most > 2 ? 'yes' : 'no'}`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
invoke, fallback dear: answers by cheap + dear + other: 19 + 1 + 0; calls: cheap 20, dear 1; more than 2 at once: no
batch, fallback dear: answers by cheap + dear + other: 0 + 20 + 0; calls: cheap 20, dear 20; more than 2 at once: yes
invoke, fallback other: answers by cheap + dear + other: 19 + 0 + 1; calls: cheap 20, other 1; more than 2 at once: no
batch, fallback other: error "400 The prompt was filtered."; calls: cheap 20, other 20; more than 2 at once: yes
batch with returnExceptions: error "Not implemented."; calls: none; more than 2 at once: no
TXT
node try.mjs | tee seen
diff expected seen
