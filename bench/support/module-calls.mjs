// The same calls by a module in a thread, through promptgrid's provider: its completions, with tokens and costs.
// node module-calls.mjs <module> <calls> <concurrency> <dist/modules>
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { questionOf } from './grid.mjs';

const [path, calls, concurrency, modules] = process.argv.slice(2);
const { openProgram } = await import(pathToFileURL(resolve(modules, 'providers/index.js')).href);
const provider = await openProgram({
  name: `module:${path}`,
  kind: 'module',
  target: [pathToFileURL(resolve(path)).href],
  digest: '',
  environment: {},
  secrets: [],
  currency: 'USD',
  now: Date.now,
  onWarning: console.error,
});
const { signal } = new AbortController();
const params = { max_tokens: 128 };
let left = Number(calls);

async function work() {
  while (left > 0) {
    left -= 1;
    const messages = [{ role: 'user', content: questionOf(left) }];
    const { output, cost } = await provider.complete({ model: path, messages, temperature: 0, params }, signal);
    if (!output.includes('value-') || cost.source !== 'provider') throw new Error('not the answer');
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, work));
await provider.close();
