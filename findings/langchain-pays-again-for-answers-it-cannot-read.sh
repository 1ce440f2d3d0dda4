#!/usr/bin/env bash
# @langchain/openai@1.6.0: withStructuredOutput buys an answer again when it cannot read the one that it got.
# Guess: maxRetries repeats calls that failed: rate limits, status 5xx, lost connections. An answer with status 200 that
#   was cut off at max_tokens, filtered, or does not fit the schema is an error at once, after one call.
# What happens: the answer is read inside of the part that is retried. Each such answer is bought 1 + maxRetries times,
#   7 times by default, though a limit of tokens that was too small once is too small again; each wait is about twice
#   the one before. None of the answers' tokens reach the caller, who gets the error of the last one.
# Whom it hurts: extraction and judging over many rows: rows that never fit cost 7 times as much as those that do, and
#   the usage that was counted says nothing of it.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @langchain/openai@1.6.0 @langchain/core@1.4.0 zod@4.6.7
cat >try.mjs <<'JS'
import http from 'node:http';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';

let paid = 0;
let choice = {};
const server = http.createServer((request, response) => {
  request.resume();
  paid++;
  const usage = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 };
  response.setHeader('content-type', 'application/json');
  const choices = [choice];
  response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'gpt-4o', choices, usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const configuration = { baseURL: `http://127.0.0.1:${server.address().port}/v1` };

const schema = z.object({ score: z.number() });
for (const [label, content, finish_reason, maxRetries] of [
  ['fits', '{"score":1}', 'stop', 2],
  ['cut off', '{"score":', 'length', 1],
  ['cut off', '{"score":', 'length', 2],
  ['other fields', '{"points":1}', 'stop', 1],
  ['filtered', '', 'content_filter', 1],
]) {
  paid = 0;
  choice = { index: 0, message: { role: 'assistant', content }, finish_reason };
  const model = new ChatOpenAI({ apiKey: 'unused', model: 'gpt-4o', maxRetries, configuration });
  const result = await model
    .withStructuredOutput(schema)
    .invoke('Judge this.')
    .then((value) => JSON.stringify(value), (error) => error.constructor.name);
  console.log(`${label}, maxRetries ${maxRetries}: ${result}, paid ${paid} times`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
fits, maxRetries 2: {"score":1}, paid 1 times
cut off, maxRetries 1: LengthFinishReasonError, paid 2 times
cut off, maxRetries 2: LengthFinishReasonError, paid 3 times
other fields, maxRetries 1: $ZodError, paid 2 times
filtered, maxRetries 1: ContentFilterFinishReasonError, paid 2 times
TXT
node try.mjs | tee seen
diff expected seen
