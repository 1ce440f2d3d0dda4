#!/usr/bin/env bash
# @langchain/core@1.4.0 (with @langchain/openai@1.6.0): an answer from the cache erases the usage of the one that was
#   paid.
# Guess: with InMemoryCache the second call returns an answer of its own with usage 0, and the first answer, already in
#   the caller's hands, keeps its counts. Or both keep them.
# What happens: both calls return the very same object, and the hit sets usage_metadata of it to 0. The paid call's
#   counts vanish from the caller's list after the fact. response_metadata keeps them, for the paid answer and the hit
#   alike.
# Whom it hurts: whoever adds up usage_metadata when a run is done: one repeated question and its cost is 0, not once;
#   adding up response_metadata.usage instead counts it twice.
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
import { ChatOpenAI } from '@langchain/openai';

let paid = 0;
const server = http.createServer((request, response) => {
  request.resume();
  paid++;
  const usage = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 };
  const choices = [{ index: 0, message: { role: 'assistant', content: '4' }, finish_reason: 'stop' }];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'gpt-4o', choices, usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const configuration = { baseURL: `http://127.0.0.1:${server.address().port}/v1` };
const model = new ChatOpenAI({ apiKey: 'unused', model: 'gpt-4o', cache: new InMemoryCache(), configuration });

const answers = [await model.invoke('2 + 2 =')];
const sum = (count) => answers.map(count).reduce((total, tokens) => total + tokens);
console.log(`1 answer, ${paid} paid: usage_metadata ${sum((answer) => answer.usage_metadata.total_tokens)}`);
answers.push(await model.invoke('2 + 2 ='));
console.log(`2 answers, ${paid} paid: usage_metadata ${sum((answer) => answer.usage_metadata.total_tokens)},`,
  `response_metadata ${sum((answer) => answer.response_metadata.usage.total_tokens)},`,
  `same object: ${answers[0] === answers[1]}`);
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
1 answer, 1 paid: usage_metadata 1200
2 answers, 1 paid: usage_metadata 0, response_metadata 2400, same object: true
TXT
node try.mjs | tee seen
diff expected seen
