#!/usr/bin/env bash
# @google/genai@3.3.0: pieces of a streamed answer vanish where an event has more lines than one "data:".
# Guess: generateContentStream reads server-sent events by their standard: an event may also have the lines id:, event:
#   and retry:, comments and several lines data:, in any order. ai@6.0.326 with @ai-sdk/google@3.0.141 does so.
# What happens: an event is used if its text begins with "data:". If not, it is dropped without a word, and the stream
#   goes on. One line of comment right before a piece, with which proxies and servers keep a connection open, takes
#   that piece with it: "The price is not 12 dollars" arrives without "not". If each event has an id or a name, all
#   are dropped: the answer is empty, the usage undefined, and no error says so. If such a line comes after data:, or
#   data: takes several lines, JSON.parse fails. A comment with an empty line behind it does no harm. Google itself
#   sends none of all this, so that it shows behind a gateway only.
# Whom it hurts: whoever sets httpOptions.baseUrl to a gateway, a proxy or a test server whose framework writes ids, as
#   many do: answers that were paid for are graded as empty, or with a word less and another meaning, at a price of 0.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @google/genai@3.3.0 ai@6.0.326 @ai-sdk/google@3.0.141
cat >try.mjs <<'JS'
import http from 'node:http';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { GoogleGenAI } from '@google/genai';
import { streamText } from 'ai';

const words = ['The price ', 'is ', 'not ', '12 dollars.'];
const pieces = words.map((text, index) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] },
    ...(index === words.length - 1 ? { finishReason: 'STOP' } : {}) }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: index + 1, totalTokenCount: index + 8 },
}));
const data = (piece) => `data: ${JSON.stringify(piece)}\n`;
const forms = {
  'data alone': (piece) => data(piece),
  'a comment as an event of its own': (piece) => `: wait\n\n${data(piece)}`,
  'a comment before "not"': (piece, index) => `${index === 2 ? ': wait\n' : ''}${data(piece)}`,
  'id first': (piece, index) => `id: ${index}\n${data(piece)}`,
  'event first': (piece) => `event: message\n${data(piece)}`,
  'id last': (piece, index) => `${data(piece)}id: ${index}\n`,
  'data in several lines': (piece) => JSON.stringify(piece, null, 1).replace(/^/gm, 'data: ').concat('\n'),
};
let form;
const server = http.createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'text/event-stream');
  response.end(pieces.map((piece, index) => `${forms[form](piece, index)}\n`).join(''));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const client = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl } });
const model = createGoogleGenerativeAI({ apiKey: 'unused', baseURL: `${baseUrl}/v1beta` })('gemini-2.5-flash');

for (form of Object.keys(forms)) {
  let [text, usage, error] = [''];
  try {
    const request = { model: 'gemini-2.5-flash', contents: 'What does it cost?' };
    for await (const piece of await client.models.generateContentStream(request)) {
      text += piece.text ?? '';
      usage = piece.usageMetadata;
    }
  } catch ({ name }) {
    error = name;
  }
  console.log(`${form}: ${error ?? `"${text}", ${usage?.candidatesTokenCount} tokens`}`);
  const same = (await streamText({ model, prompt: 'What does it cost?' }).text) === words.join('');
  console.log(`  AI SDK: ${same ? 'the whole answer' : 'another answer'}`);
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
data alone: "The price is not 12 dollars.", 4 tokens
  AI SDK: the whole answer
a comment as an event of its own: "The price is not 12 dollars.", 4 tokens
  AI SDK: the whole answer
a comment before "not": "The price is 12 dollars.", 4 tokens
  AI SDK: the whole answer
id first: "", undefined tokens
  AI SDK: the whole answer
event first: "", undefined tokens
  AI SDK: the whole answer
id last: SyntaxError
  AI SDK: the whole answer
data in several lines: SyntaxError
  AI SDK: the whole answer
TXT
node try.mjs | tee seen
diff expected seen
