#!/usr/bin/env bash
# tokenlens@1.3.1 with usage of ai@6.0.326 (AI SDK) or OpenAI: tokens that came from the cache make a call dearer.
# Guess: getTokenCosts and costFromUsage price the cached tokens of a prompt at the cached rate and the others at the
#   full one. The documentation says that they take the AI SDK's usage and providers' own.
# What happens: all of inputTokens is charged at the full rate, and cachedInputTokens, which it includes, once more at
#   the cached rate. A prompt of 10,000 tokens to gpt-4.1 costs 0.0208 dollars, and 0.0253 with 9000 of them cached.
#   By the same rates the bill is 0.0073 then. With Claude Sonnet 4 it is 0.0315, 0.0342 and 0.0072. OpenAI's own usage
#   fares the same. Anthropic's own is priced right, as its input_tokens leaves the cached ones out.
# Whom it hurts: whoever shows the cost of a chat or stops at a budget: 3.5 and 4.8 times the bill here, and more the
#   better prompts are cached. And whoever compares with and without prompt caching by it finds that caching costs more.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund tokenlens@1.3.1 ai@6.0.326 @ai-sdk/openai@3.0.141 @ai-sdk/anthropic@3.0.140
cat >try.mjs <<'JS'
import http from 'node:http';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { costFromUsage, getTokenCosts, resolveModel } from 'tokenlens';

let cached = 0;
const usages = {
  openai: () => ({ prompt_tokens: 10_000, completion_tokens: 100, total_tokens: 10_100,
    prompt_tokens_details: { cached_tokens: cached } }),
  anthropic: () => ({ input_tokens: 10_000 - cached, cache_read_input_tokens: cached, cache_creation_input_tokens: 0,
    output_tokens: 100 }),
};
const answers = {
  openai: () => ({ id: 'c1', object: 'chat.completion', created: 1, model: 'gpt-4.1', usage: usages.openai(),
    choices: [{ index: 0, message: { role: 'assistant', content: '4' }, finish_reason: 'stop' }] }),
  anthropic: () => ({ id: 'm1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-20250514',
    content: [{ type: 'text', text: '4' }], stop_reason: 'end_turn', usage: usages.anthropic() }),
};
const server = http.createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answers[request.url.endsWith('/messages') ? 'anthropic' : 'openai']()));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const options = { apiKey: 'unused', baseURL: `http://127.0.0.1:${server.address().port}/v1` };
const models = {
  openai: createOpenAI(options).chat('gpt-4.1'),
  anthropic: createAnthropic(options)('claude-sonnet-4-20250514'),
};
const dollars = (number) => number.toFixed(4);

for (const [provider, model] of Object.entries(models)) {
  const id = `${provider}:${model.modelId}`;
  const rates = resolveModel(id).pricing;
  const { inputPerMTokens: full, cacheReadPerMTokens: reduced, outputPerMTokens: output } = rates;
  console.log(`${id}: ${full} dollars a million tokens, cached ${reduced}, output ${output}`);
  for (cached of [0, 9000]) {
    const { usage } = await generateText({ model, prompt: '2 + 2 =' });
    const bill = ((10_000 - cached) * full + cached * reduced + 100 * output) / 1e6;
    console.log(`  ${usage.inputTokens} of input, ${usage.cachedInputTokens} of them cached: bill ${dollars(bill)},`,
      `AI SDK's usage ${dollars(getTokenCosts({ modelId: id, usage }).totalUSD)},`,
      `${provider}'s usage ${dollars(costFromUsage({ id, usage: usages[provider]() }))}`);
  }
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
openai:gpt-4.1: 2 dollars a million tokens, cached 0.5, output 8
  10000 of input, 0 of them cached: bill 0.0208, AI SDK's usage 0.0208, openai's usage 0.0208
  10000 of input, 9000 of them cached: bill 0.0073, AI SDK's usage 0.0253, openai's usage 0.0253
anthropic:claude-sonnet-4-20250514: 3 dollars a million tokens, cached 0.3, output 15
  10000 of input, 0 of them cached: bill 0.0315, AI SDK's usage 0.0315, anthropic's usage 0.0315
  10000 of input, 9000 of them cached: bill 0.0072, AI SDK's usage 0.0342, anthropic's usage 0.0072
TXT
node try.mjs | tee seen
diff expected seen
