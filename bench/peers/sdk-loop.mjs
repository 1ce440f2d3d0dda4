// What a script of its own usually is: the openai SDK in a p-limit. Reads the whole dataset, posts, scores, writes one
// line each. node sdk-loop.mjs <dataset> <address> <out> <concurrency>, beside its packages.
import { createWriteStream, readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import OpenAI from 'openai';
import pLimit from 'p-limit';

const [dataset, baseURL, out, concurrency] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'key' });
const limit = pLimit(Number(concurrency));
const file = createWriteStream(out);

/** The dataset of the bench quotes one field of three, and breaks no line. */
function rows() {
  const lines = readFileSync(dataset, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [, id, question, expected] = /^(\d+),"(.*)",(.*)$/.exec(line);
    return { id, question: question.replaceAll('""', '"'), expected };
  });
}

async function call({ id, question, expected }, model, temperature) {
  const messages = [{ role: 'user', content: `Answer briefly. ${question}` }];
  const { choices, usage } = await client.chat.completions.create({ model, messages, temperature, max_tokens: 128 });
  const output = choices[0].message.content;
  file.write(`${JSON.stringify({ id, model, temperature, output, passed: output.includes(expected), ...usage })}\n`);
}

const calls = rows().flatMap((row) =>
  ['plain-a', 'plain-b'].flatMap((model) => [0, 0.7].map((temperature) => limit(() => call(row, model, temperature)))),
);
await Promise.all(calls);
await finished(file.end());
