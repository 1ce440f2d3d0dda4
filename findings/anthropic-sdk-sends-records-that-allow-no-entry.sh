#!/usr/bin/env bash
# @anthropic-ai/sdk@1.14.0 (and @langchain/anthropic@1.5.11, which uses it): z.record is sent as an object without keys.
# Guess: zodOutputFormat(schema) sends what the schema means, or raises an error for what structured outputs cannot
#   express. It does so for z.tuple, and the helper of openai@7.59.0 for this record. What is left out, as ranges
#   are, only lets more answers through, and parse() finds those.
# What happens: the type of a record's values, its additionalProperties, is replaced by false. Other rules that are
#   taken away are told to the model in the description; this one is not. The schema sent allows {} and nothing else, so
#   a model that is held to it must leave out each entry. {} fits the zod schema, so parse() reports no error. A record
#   over an enum becomes a schema that no answer fits.
# Whom it hurts: whoever extracts prices by product or scores by criterion: each row is paid and parsed, and empty, as
#   if the text held nothing. Anthropic's documentation lists other values of additionalProperties as not supported,
#   and that SDKs add false to all objects. That this empties records is left to the reader. The API was not tried here.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @anthropic-ai/sdk@1.14.0 @langchain/anthropic@1.5.11 @langchain/core@1.4.0 \
  openai@7.59.0 zod@4.6.7 ajv@8.20.0
cat >try.mjs <<'JS'
import http from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { ChatAnthropic } from '@langchain/anthropic';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';

let sent;
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  sent = JSON.parse(body);
  const content = [{ type: 'text', text: '{"prices":{}}' }];
  const usage = { input_tokens: 1000, output_tokens: 5 };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'm', type: 'message', role: 'assistant', model: 'claude-opus-4-8', content,
    stop_reason: 'end_turn', usage }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}`;
const options = { apiKey: 'unused', maxRetries: 0 };
const model = 'claude-opus-4-8';
const content = 'Extract the prices: tea 3, coffee 4';

const ajv = new Ajv2020({ strict: false });
const answers = [{ prices: { tea: 3, coffee: 4 } }, { prices: {} }];
const show = (label, { $schema, ...schema }) => {
  const fits = ajv.compile(schema);
  const verdicts = answers.map((answer) => `${JSON.stringify(answer)} ${fits(answer) ? 'fits' : 'does not'}`);
  console.log(`${label}: ${verdicts.join(', ')}`);
};
const record = z.object({ prices: z.record(z.string(), z.number()) });

show('zod', z.toJSONSchema(record));
const format = zodOutputFormat(record);
const parsed = await new Anthropic({ ...options, baseURL }).messages
  .parse({ model, max_tokens: 99, messages: [{ role: 'user', content }], output_config: { format } });
show('@anthropic-ai/sdk', sent.output_config.format.schema);
const { description, ...prices } = sent.output_config.format.schema.properties.prices;
console.log(`  prices: ${JSON.stringify(prices)}`);
console.log(`  their description: ${description}`);
console.log(`  parsed: ${JSON.stringify(parsed.parsed_output)}`);
const output = await new ChatAnthropic({ ...options, anthropicApiUrl: baseURL, model })
  .withStructuredOutput(record, { method: 'jsonSchema' })
  .invoke(content);
show('@langchain/anthropic', sent.output_config.format.schema);
console.log(`  parsed: ${JSON.stringify(output)}`);

const perEnum = zodOutputFormat(z.record(z.enum(['tea', 'coffee']), z.number())).schema;
console.log(`record over an enum: required ${perEnum.required}, properties ${JSON.stringify(perEnum.properties)},`,
  `additionalProperties ${perEnum.additionalProperties}`);
const pair = z.object({ pair: z.tuple([z.string(), z.number()]) });
for (const [label, convert] of [
  ['tuple, @anthropic-ai/sdk', () => zodOutputFormat(pair)],
  ['record, openai', () => zodResponseFormat(record, 'prices')],
]) {
  try {
    convert();
    console.log(`${label}: no error`);
  } catch (error) {
    console.log(`${label}: Error: ${error.message.slice(0, 81)}`);
  }
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TXT'
zod: {"prices":{"tea":3,"coffee":4}} fits, {"prices":{}} fits
@anthropic-ai/sdk: {"prices":{"tea":3,"coffee":4}} does not, {"prices":{}} fits
  prices: {"type":"object","properties":{},"additionalProperties":false}
  their description: {propertyNames: {"type":"string"}}
  parsed: {"prices":{}}
@langchain/anthropic: {"prices":{"tea":3,"coffee":4}} does not, {"prices":{}} fits
  parsed: {"prices":{}}
record over an enum: required tea,coffee, properties {}, additionalProperties false
tuple, @anthropic-ai/sdk: Error: JSON schema must have a type defined if anyOf/oneOf/allOf/enum/const are not used
record, openai: Error: Object schema at `properties/prices` must set `additionalProperties: false` to be
TXT
node try.mjs | tee seen
diff expected seen
