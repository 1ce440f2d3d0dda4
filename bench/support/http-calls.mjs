// The floor's calls without the rest of the floor: posts over undici's Pool and parses the answers.
// node http-calls.mjs <address> <calls> <concurrency>
import { Pool } from 'undici';
import { questionOf } from './grid.mjs';

const [address, calls, concurrency] = process.argv.slice(2);
const pool = new Pool(new URL(address).origin, { connections: Number(concurrency), pipelining: 1 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer key' };
let left = Number(calls);

async function work() {
  while (left > 0) {
    left -= 1;
    const messages = [{ role: 'user', content: questionOf(left) }];
    const body = JSON.stringify({ model: 'plain-a', messages, temperature: 0, max_tokens: 128 });
    const answer = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body });
    const { choices } = await answer.body.json();
    if (!choices[0].message.content.includes('value-')) throw new Error('not the answer');
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, work));
await pool.close();
