#!/usr/bin/env bash
# ai-sdk-cost-calculator@7.1.14 with ai@6.0.326: of an agent that took several steps only the last one is priced.
# Guess: onFinish of withCost, createTracker and createCostAwareAI, "session tracking" as the README has it, charges
#   what the call cost, all of its steps. It counts the searches of all steps. The package asks for ai 6.0.0 or higher.
# What happens: it prices `usage` of the event or the result. In ai 6 that is the last step's, and the sum is in
#   `totalUsage`, which the package never reads. In ai 7 `usage` became the sum: this same program prices all steps
#   with ai@7.0.173. calculateCost({ usage: result.usage }), the README's first example, and calculateStreamCost do as
#   onFinish does. An agent that looks three things up and then answers is charged for the last of four calls, and one
#   that stops at its limit of steps likewise. No warning, and calls of one step are right.
# Whom it hurts: whoever compares agents by cost or stops at a budget with ai 6, the last one for Node 20: here 39 % of
#   the bill is seen, and the more steps a model takes, the less. That three lookups in one step cost a third of three
#   steps looks like a half. After an update to ai 7 all agents seem to cost two or three times as much.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ai-sdk-cost-calculator@7.1.14 ai@6.0.326 @ai-sdk/openai@3.0.141 zod@4.6.7
cat >try.mjs <<'JS'
import http from 'node:http';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { calculateCost, calculateStreamCost, createCostAwareAI, createTracker, withCost } from 'ai-sdk-cost-calculator';
import { z } from 'zod';

// gpt-4o costs 2.50 dollars for a million tokens of input and 10 for output.
let [calls, bill, steps, atOnce] = [0, 0, 1, 1];
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const { stream } = JSON.parse(body);
  calls++;
  const usage = { prompt_tokens: 2000 * calls, completion_tokens: 100, total_tokens: 2000 * calls + 100 };
  bill += (usage.prompt_tokens * 2.5 + usage.completion_tokens * 10) / 1e6;
  const last = calls === steps;
  const tool_calls = Array.from({ length: atOnce }, (_, index) => ({ index, id: `call_${calls}_${index}`,
    type: 'function', function: { name: 'lookup', arguments: '{"what":"price"}' } }));
  const message = last ? { role: 'assistant', content: 'Done.' } : { role: 'assistant', content: null, tool_calls };
  const finish_reason = last ? 'stop' : 'tool_calls';
  const answer = { id: 'c1', created: 1, model: 'gpt-4o' };
  if (stream) {
    const chunk = (fields) => `data: ${JSON.stringify({ ...answer, object: 'chat.completion.chunk', ...fields })}\n\n`;
    response.setHeader('content-type', 'text/event-stream');
    response.end(chunk({ choices: [{ index: 0, delta: message, finish_reason }] }) + chunk({ choices: [], usage }) +
      'data: [DONE]\n\n');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...answer, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }],
    usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
const model = createOpenAI({ apiKey: 'unused', baseURL }).chat('gpt-4o');
const tools = { lookup: tool({ inputSchema: z.object({ what: z.string() }), execute: () => '12 dollars' }) };

const question = { model, tools, prompt: 'What do they cost?', stopWhen: stepCountIs(4) };
const ask = (onFinish) => generateText({ ...question, onFinish });
const ways = {
  'withCost': async () => {
    let seen;
    await ask(withCost('gpt-4o', ({ cost }) => { seen = cost; }));
    return seen;
  },
  'createTracker': async () => {
    const tracker = createTracker();
    await ask(tracker.onFinish('gpt-4o'));
    return tracker.getTotal();
  },
  'createCostAwareAI': async () => {
    const aware = createCostAwareAI();
    await ask(aware.onFinish('gpt-4o'));
    return aware.getTotal();
  },
  'calculateCost of usage': async () => calculateCost({ model: 'gpt-4o', usage: (await ask()).usage }),
  'calculateCost of totalUsage': async () => calculateCost({ model: 'gpt-4o', usage: (await ask()).totalUsage }),
  'calculateStreamCost': async () => {
    const stream = streamText(question);
    await stream.consumeStream();
    return calculateStreamCost(stream, { model: 'gpt-4o' });
  },
};
const run = async (label, way) => {
  [calls, bill] = [0, 0];
  const { totalCost } = await way();
  console.log(`${label}: ${totalCost.toFixed(4)} dollars, ${calls} calls cost ${bill.toFixed(4)},`,
    `${Math.round(100 * totalCost / bill)} %`);
};
steps = 4;
for (const [name, way] of Object.entries(ways)) await run(`three lookups, ${name}`, way);
[steps, atOnce] = [2, 3];
await run('three lookups in one step, withCost', ways.withCost);
steps = Infinity;
await run('stopped after four steps, withCost', ways.withCost);
[steps, atOnce] = [1, 1];
await run('no lookup, withCost', ways.withCost);
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
three lookups, withCost: 0.0210 dollars, 4 calls cost 0.0540, 39 %
three lookups, createTracker: 0.0210 dollars, 4 calls cost 0.0540, 39 %
three lookups, createCostAwareAI: 0.0210 dollars, 4 calls cost 0.0540, 39 %
three lookups, calculateCost of usage: 0.0210 dollars, 4 calls cost 0.0540, 39 %
three lookups, calculateCost of totalUsage: 0.0540 dollars, 4 calls cost 0.0540, 100 %
three lookups, calculateStreamCost: 0.0210 dollars, 4 calls cost 0.0540, 39 %
three lookups in one step, withCost: 0.0110 dollars, 2 calls cost 0.0170, 65 %
stopped after four steps, withCost: 0.0210 dollars, 4 calls cost 0.0540, 39 %
no lookup, withCost: 0.0060 dollars, 1 calls cost 0.0060, 100 %
TXT
node try.mjs | tee seen
diff expected seen
