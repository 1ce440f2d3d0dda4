// A minimal completion server in a separate process. node plain-server.mjs [<latency in ms>], forked: reports its
// address, and what it served since the last time whenever its parent sends a message; ends with its parent.
import { createServer } from 'node:http';

const latencyMs = Number(process.argv[2] ?? 0);
const REST =
  'This answer has some forty words like a usual one, so that a line of results has a usual length, ' +
  'and neither the model nor the temperature changes a word of it, whatever either of them may be.';

const nothing = () => ({ calls: 0, firstMs: 0, lastMs: 0 });
let served = nothing();
let answers = 0;

/** Contains what the dataset expects for its question. */
function completion({ model, messages }) {
  const question = messages.at(-1).content;
  const item = /#(\d+)/.exec(question)?.[1] ?? '?';
  const message = { role: 'assistant', content: `The answer to item ${item} is value-${item}. ${REST}` };
  const [prompt_tokens, completion_tokens] = [Math.ceil(question.length / 4), 48];
  const costs = { prompt_cost: prompt_tokens * 0.0005, completion_cost: completion_tokens * 0.001 };
  const total_cost = costs.prompt_cost + costs.completion_cost;
  const total_tokens = prompt_tokens + completion_tokens;
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  answers += 1;
  return {
    id: `plain-${answers}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices,
    usage: { prompt_tokens, completion_tokens, total_tokens, ...costs, total_cost },
  };
}

function respond(response, body) {
  const answer = JSON.stringify(completion(JSON.parse(body)));
  served.calls += 1;
  served.lastMs = performance.now();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
  response.end(answer);
}

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  if (request.method === 'GET') return response.writeHead(404).end('{}');
  if (served.firstMs === 0) served.firstMs = performance.now();
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    if (latencyMs === 0) respond(response, body);
    else setTimeout(respond, latencyMs, response, body);
  });
});

server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}/v1`));
process.on('message', () => {
  const { calls, firstMs, lastMs } = served;
  served = nothing();
  process.send({ calls, seconds: (lastMs - firstMs) / 1000 });
});
process.on('disconnect', () => process.exit());
