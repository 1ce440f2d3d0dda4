#!/usr/bin/env bash
# @copilotkit/aimock@1.43.0 with @ai-sdk/google@3.0.141 (ai@6.0.326): a tool call of Gemini's ends as "other" in tests.
# Guess: a test double for Gemini ends an answer that calls a function as Gemini does, with finishReason "STOP" and a
#   functionCall among the parts.
# What happens: it ends with "FUNCTION_CALL", which the FinishReason of Google's own client (@google/genai@3.3.0) does
#   not have. The AI SDK makes "tool-calls" of STOP with a call and "other" of a reason that it does not know, streamed
#   or not. A fixture with finishReason "stop" ends with STOP; "tool_calls", which other APIs call it, ends with
#   FUNCTION_CALL again. promptTokenCount and the like are 0, while answers in OpenAI's form have estimated counts.
# Whom it hurts: whoever tests agents or scorers of tool calls against it: code that waits for "tool-calls" looks
#   broken, and code that was written until the test passed waits for a reason that never comes. Tests of costs pass
#   with 0.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @copilotkit/aimock@1.43.0 @google/genai@3.3.0 @ai-sdk/google@3.0.141 \
  ai@6.0.326 zod@4.6.7
cat >try.mjs <<'JS'
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { LLMock } from '@copilotkit/aimock';
import { FinishReason } from '@google/genai';
import { generateText, streamText, tool } from 'ai';
import { z } from 'zod';

const toolCalls = [{ name: 'weather', arguments: '{"city":"Rome"}' }];
const FIXTURES = [
  ['as it is', { toolCalls }],
  ['with "tool_calls"', { toolCalls, finishReason: 'tool_calls' }],
  ['with "stop"', { toolCalls, finishReason: 'stop' }],
];
const double = new LLMock({ port: 0 });
for (const [prompt, answer] of FIXTURES) double.on({ userMessage: prompt }, answer);
const origin = await double.start();
const google = createGoogleGenerativeAI({ apiKey: 'unused', baseURL: `${origin}/v1beta` });
const model = google('gemini-2.5-flash');
const tools = { weather: tool({ inputSchema: z.object({ city: z.string() }) }) };

const isKnown = (reason) => (Object.values(FinishReason).includes(reason) ? 'known' : 'unknown');
for (const [prompt] of FIXTURES) {
  const { finishReason, rawFinishReason, toolCalls: calls, usage } = await generateText({ model, prompt, tools });
  const streamed = await streamText({ model, prompt, tools }).finishReason;
  console.log(`${prompt}: ${rawFinishReason} (${isKnown(rawFinishReason)} to Google's client), ${calls.length} call,`,
    `AI SDK "${finishReason}", streamed "${streamed}", ${usage.totalTokens} tokens`);
}
const answer = await fetch(`${origin}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'as it is' }] }),
});
const { choices, usage } = await answer.json();
console.log(`the same as OpenAI's: ${choices[0].finish_reason}, ${usage.total_tokens > 0 ? 'some' : 'no'} tokens`);
await double.stop();
JS
cat >expected <<'TXT'
as it is: FUNCTION_CALL (unknown to Google's client), 1 call, AI SDK "other", streamed "other", 0 tokens
with "tool_calls": FUNCTION_CALL (unknown to Google's client), 1 call, AI SDK "other", streamed "other", 0 tokens
with "stop": STOP (known to Google's client), 1 call, AI SDK "tool-calls", streamed "tool-calls", 0 tokens
the same as OpenAI's: tool_calls, some tokens
TXT
node try.mjs | tee seen
diff expected seen
