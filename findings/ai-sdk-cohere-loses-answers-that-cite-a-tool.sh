#!/usr/bin/env bash
# @ai-sdk/cohere@3.0.63 (ai@6.0.326): generateText fails at each answer of Cohere's that cites what a tool said.
# Guess: an agent with tools runs on Cohere as on other providers. Cohere cites its sources by default, also tools'
#   results; what the SDK has no use for is left out, as streamText leaves out citations of any kind.
# What happens: an answer is checked against a form in which each source of a citation has a document with a text and a
#   title. The source of a tool has tool_output instead (Cohere's reference, and the types of cohere-ai@8.1.0, which
#   reads the same answer here), so that the whole answer is refused: "Invalid JSON response", though it was valid and
#   paid. The steps before it are lost with it, and all usage that onStepFinish did not keep. Documents fare the same
#   when the file had no name: the SDK sends no title then, and none comes back. streamText gives all of these answers.
#   The form in the source of @ai-sdk/cohere@4.0.52, for ai@7, is the same. The documentation says nothing of it.
# Whom it hurts: whoever evaluates agents or retrieval on Command models: all rows in which the model used a tool and
#   cited it are errors, and only those in which it cited nothing count. The model looks broken, and the bill is whole.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ai@6.0.326 @ai-sdk/cohere@3.0.63 cohere-ai@8.1.0 zod@4.6.7
cat >try.mjs <<'JS'
import http from 'node:http';
import { createCohere } from '@ai-sdk/cohere';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { CohereClientV2 } from 'cohere-ai';
import { z } from 'zod';

let [paid, cites] = [0, true];
const text = 'It is 20 degrees.';
const call = { id: 'weather_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Toronto"}' } };
const usage = { billed_units: { input_tokens: 30, output_tokens: 10 }, tokens: { input_tokens: 90, output_tokens: 12 } };
const sourceOf = ({ documents }) => documents
  ? { type: 'document', id: 'doc:0', document: { id: 'doc:0', ...documents[0].data } }
  : { type: 'tool', id: 'weather_1:0', tool_output: { degrees: '20' } };
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const asked = JSON.parse(body);
  paid++;
  const wantsTool = asked.tools && asked.messages.every(({ role }) => role !== 'tool');
  const citations = [{ start: 6, end: 8, text: '20', type: 'TEXT_CONTENT', sources: [sourceOf(asked)] }];
  const finish_reason = wantsTool ? 'TOOL_CALL' : 'COMPLETE';
  if (asked.stream) {
    const message = (part) => ({ delta: { message: part } });
    const events = [{ type: 'message-start', id: 'm1', ...message({ role: 'assistant' }) }];
    if (wantsTool) {
      events.push({ type: 'tool-call-start', index: 0, ...message({ tool_calls: call }) },
        { type: 'tool-call-end', index: 0 });
    } else {
      events.push({ type: 'content-start', index: 0, ...message({ content: { type: 'text', text: '' } }) },
        { type: 'content-delta', index: 0, ...message({ content: { text } }) },
        { type: 'citation-start', index: 0, ...message({ citations: citations[0] }) },
        { type: 'citation-end', index: 0 }, { type: 'content-end', index: 0 });
    }
    events.push({ type: 'message-end', delta: { finish_reason, usage } });
    response.setHeader('content-type', 'text/event-stream');
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
    return;
  }
  const message = wantsTool
    ? { role: 'assistant', tool_plan: 'I will look the weather up.', tool_calls: [call] }
    : { role: 'assistant', content: [{ type: 'text', text }], ...(cites ? { citations } : {}) };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'm1', finish_reason, message, usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const model = createCohere({ apiKey: 'unused', baseURL: `${base}/v2` })('command-a-03-2025');

const tools = { weather: tool({ inputSchema: z.object({ city: z.string() }), execute: () => ({ degrees: '20' }) }) };
const agent = { model, tools, prompt: 'How warm is it in Toronto?', stopWhen: stepCountIs(3) };
const file = (filename) => ({ model, messages: [{ role: 'user', content: [{ type: 'text', text: 'How warm is it?' },
  { type: 'file', data: Buffer.from('Toronto: 20 degrees'), mediaType: 'text/plain', filename }] }] });
async function print(label, run, citesNow = true) {
  [paid, cites] = [0, citesNow];
  const result = await run().catch(({ message, cause, statusCode, isRetryable }) =>
    `error "${message}" with status ${statusCode} at ${JSON.parse(cause.cause.message)[0].path.slice(1).join('.')}, ` +
    `to be tried again: ${isRetryable}`);
  console.log(`${label}: ${result}; paid calls: ${paid}`);
}
await print('tool, not cited', async () => (await generateText(agent)).text, false);
await print('tool, cited', async () => (await generateText(agent)).text);
await print('tool, cited, streamText', () => streamText(agent).text);
await print('document with a name, cited', async () => (await generateText(file('weather.txt'))).text);
await print('document without a name, cited', async () => (await generateText(file())).text);

const client = new CohereClientV2({ token: 'unused', environment: base });
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } };
const messages = [{ role: 'user', content: 'How warm is it?' }, { role: 'assistant', toolCalls: [call] },
  { role: 'tool', toolCallId: call.id, content: '{"degrees":"20"}' }];
await print('tool, cited, cohere-ai', async () => {
  const { message } = await client.chat({ model: 'command-a-03-2025', tools: [weather], messages });
  return `${message.content[0].text} Source: ${JSON.stringify(message.citations[0].sources[0])}`;
});
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
tool, not cited: It is 20 degrees.; paid calls: 2
tool, cited: error "Invalid JSON response" with status 200 at citations.0.sources.0.document, to be tried again: false; paid calls: 2
tool, cited, streamText: It is 20 degrees.; paid calls: 2
document with a name, cited: It is 20 degrees.; paid calls: 1
document without a name, cited: error "Invalid JSON response" with status 200 at citations.0.sources.0.document.title, to be tried again: false; paid calls: 1
tool, cited, cohere-ai: It is 20 degrees. Source: {"type":"tool","id":"weather_1:0","toolOutput":{"degrees":"20"}}; paid calls: 1
TXT
node try.mjs | tee seen
diff expected seen
