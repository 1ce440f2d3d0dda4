#!/usr/bin/env bash
# @portkey-ai/gateway@1.15.2: answers in OpenAI's form carry counts that OpenAI's rules cannot price.
# Guess: in the usage of a chat completion, prompt_tokens includes the cached tokens and completion_tokens includes the
#   reasoning tokens, as OpenAI defines them; so cost = (prompt - cached) * input + cached * cached input + completion *
#   output, whatever provider stands behind a gateway that speaks this form.
# What happens: for Anthropic the gateway copies input_tokens, which excludes what the prompt cache read and wrote: 10
#   prompt tokens with 3000 cached ones among them. For Google it copies candidatesTokenCount, which excludes thinking:
#   5 completion tokens with 900 reasoning ones among them. Only total_tokens holds the rest. OpenAI's formula gives
#   less than nothing for the one and 1/181 of the output's cost for the other; @pydantic/genai-prices@0.1.8 raises an
#   error for the first and returns the second without a word.
# Whom it hurts: whoever compares models, or stops at a budget, by usage that a gateway has put into one form.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @portkey-ai/gateway@1.15.2 @pydantic/genai-prices@0.1.8
cat >try.mjs <<'JS'
import { spawn } from 'node:child_process';
import http from 'node:http';
import { calcPrice, extractUsage, findProvider } from '@pydantic/genai-prices';

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};

// What the two providers answer in their own forms: a prompt that the cache held, and a model that thought.
const anthropic = {
  id: 'm1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: '4' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, cache_creation_input_tokens: 2000, cache_read_input_tokens: 3000, output_tokens: 5 },
};
const google = {
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '4' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 900, totalTokenCount: 915 },
  modelVersion: 'gemini-2.5-flash',
};
const upstream = http.createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(request.url.includes('generateContent') ? google : anthropic));
});
const upstreamPort = await listen(upstream);

const probe = http.createServer();
const port = await listen(probe);
await new Promise((resolve) => probe.close(resolve));
const program = 'node_modules/@portkey-ai/gateway/build/start-server.js';
const gateway = spawn(process.execPath, [program, '--headless', `--port=${port}`], { stdio: 'ignore' });
const isUp = () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
for (let tries = 0; tries < 200 && !(await isUp()); tries++) await new Promise((resolve) => setTimeout(resolve, 100));

for (const [provider, model] of [['anthropic', 'claude-sonnet-4-5'], ['google', 'gemini-2.5-flash']]) {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer unused',
      'x-portkey-provider': provider,
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}`,
    },
    body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: '2 + 2 =' }] }),
  });
  const { usage } = await answer.json();
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  console.log(`${provider}: prompt ${usage.prompt_tokens} (cached ${cached}),`,
    `completion ${usage.completion_tokens} (reasoning ${reasoning}), total ${usage.total_tokens}`);
  const own = provider === 'google' ? google : anthropic;
  for (const [form, of, answered] of [
    ["provider's form", provider, own],
    ["gateway's form", 'openai', { model, usage }],
  ]) {
    const flavor = of === 'openai' ? 'chat' : 'default';
    try {
      const counted = extractUsage(findProvider({ providerId: of }), answered, flavor);
      const price = calcPrice(counted.usage, model, { providerId: provider });
      console.log(`  ${form}: input $${price.input_price.toFixed(7)}, output $${price.output_price.toFixed(7)}`);
    } catch (error) {
      console.log(`  ${form}: ${error.message}`);
    }
  }
}
gateway.kill();
upstream.closeAllConnections();
upstream.close();
JS
cat >expected <<'TXT'
anthropic: prompt 10 (cached 3000), completion 5 (reasoning 0), total 5015
  provider's form: input $0.0084300, output $0.0000750
  gateway's form: Invalid usage data: cache_read_tokens (3000) cannot exceed input_tokens (10)
google: prompt 10 (cached 0), completion 5 (reasoning 900), total 915
  provider's form: input $0.0000030, output $0.0022625
  gateway's form: input $0.0000030, output $0.0000125
TXT
node try.mjs | tee seen
diff expected seen
