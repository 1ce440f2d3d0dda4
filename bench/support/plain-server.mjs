// A minimal completion server in a separate process; reports its address, ends with its parent.
import { createServer } from 'node:http';

const TEXT = 'An answer of a usual length, some forty words or so, which says the same whatever was asked. '.repeat(2);
let calls = 0;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    if (request.method === 'GET') return response.writeHead(404).end('{}');
    calls += 1;
    const { model } = JSON.parse(body);
    const choices = [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 20, completion_tokens: 48, total_tokens: 68, total_cost: 0.058 };
    const answer = JSON.stringify({ id: `plain-${calls}`, object: 'chat.completion', model, choices, usage });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  });
});

server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}/v1`));
process.on('disconnect', () => process.exit());
