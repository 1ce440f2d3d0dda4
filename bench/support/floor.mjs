// The minimum work of running every row: reads a CSV, posts over undici, scores, writes one line each; no plan, journal
// or limits. node floor.mjs <dataset> <address> <out> <concurrency>

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { parse } from 'csv-parse';
import { Pool } from 'undici';

const [dataset, address, out, concurrency] = process.argv.slice(2);
const pool = new Pool(new URL(address).origin, { connections: Number(concurrency), pipelining: 1 });
const file = createWriteStream(out, { highWaterMark: 1 << 20 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer key' };

async function* requests() {
  for await (const row of createReadStream(dataset).pipe(parse({ columns: true, bom: true }))) {
    for (const model of ['plain-a', 'plain-b']) {
      for (const temperature of [0, 0.7]) yield { row, model, temperature };
    }
  }
}

const queue = requests();
async function work() {
  for (let next = await queue.next(); !next.done; next = await queue.next()) {
    const { row, model, temperature } = next.value;
    const startMs = performance.now();
    const messages = [{ role: 'user', content: `Answer briefly. ${row.question}` }];
    const body = JSON.stringify({ model, messages, temperature, max_tokens: 128 });
    const answer = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body });
    const { choices, usage } = await answer.body.json();
    const output = choices[0].message.content;
    const passed = output.includes(row.expected);
    const latency_ms = Math.round(performance.now() - startMs);
    const line = JSON.stringify({ id: row.id, model, temperature, output, passed, ...usage, latency_ms });
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, work));
file.end();
await once(file, 'close');
await pool.close();
