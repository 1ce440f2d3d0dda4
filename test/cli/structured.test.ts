import { describe, expect } from 'vitest';
import { chatServer } from '../support/chat-server.ts';
import { it } from '../support/in-process.ts';
import { jsonlResults, questions } from '../support/results.ts';

const SCHEMA = {
  type: 'object',
  properties: { price: { type: 'number' } },
  required: ['price'],
  additionalProperties: false,
};

const ANSWERS = ['{"price": 1.10}', '{"price": "1"}', 'none', '```json\n{"price": 1}\n```'];

function words(origin: string): readonly string[] {
  return ['run', 'rows.csv', '-m', 'm', '--provider', 'custom', '--base-url', `${origin}/v1`, '--out', 'run'];
}

describe('answers of a schema', () => {
  it('are asked for, parsed and scored', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, ({ content }) => {
      return ANSWERS[Number(/\d+/.exec(content)?.[0]) - 1] ?? '';
    });
    await desk.write('rows.csv', questions(4));
    await desk.write('price.json', JSON.stringify(SCHEMA));
    const { stdout } = await desk.pass([...words(server.origin), '--response-format', 'price.json']);
    expect(stdout).toContain('json-schema');
    const format = { type: 'json_schema', json_schema: { name: 'price', schema: SCHEMA, strict: true } };
    expect(server.calls.map(({ body }) => body['response_format'])).toEqual(Array.from({ length: 4 }, () => format));
    const lines = await jsonlResults(desk, 'run');
    const told = lines.map((line) => [line['output'], line['json'], line['score.json-schema'], line['passed']]);
    expect(told).toEqual([
      [ANSWERS[0], { price: 1.1 }, 1, true],
      [ANSWERS[1], { price: '1' }, 0, false],
      [ANSWERS[2], undefined, 0, false],
      [ANSWERS[3], undefined, 0, false],
    ]);
    expect(await desk.read('run/results.jsonl')).toContain('"json":{"price":1.10}}\n');
    expect(await desk.read('run/results.csv')).not.toContain(',json');
  });

  it('are the same after another scoring, and the run again has nothing to do', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => ANSWERS[0] ?? '');
    await desk.write('rows.csv', questions(2));
    await desk.write('price.json', JSON.stringify(SCHEMA));
    const run = [...words(server.origin), '--response-format', 'price.json'];
    await desk.pass(run);
    expect((await desk.pass(run)).stderr).toContain('nothing to do');
    await desk.pass(['score', 'run', '--score', 'json-valid']);
    expect((await jsonlResults(desk, 'run')).map(({ json }) => json)).toEqual([{ price: 1.1 }, { price: 1.1 }]);
    const copy = await desk.pass(['report', 'run', '--format', 'jsonl']);
    expect(copy.stdout).toContain('"json":{"price":1.10}');
  });

  it('of a schema that is refused cost nothing', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('rows.csv', questions(1));
    await desk.write('price.json', JSON.stringify({ ...SCHEMA, additionalProperties: true }));
    const ended = await desk.run([...words(server.origin), '--response-format', 'price.json']);
    expect(ended).toMatchObject({ status: 2, stderr: expect.stringContaining('additionalProperties must be false') });
    expect(server.calls).toEqual([]);
  });
});

it('tools, their choice and log probabilities go out as the API names them', async ({ desk, onTestFinished }) => {
  const server = await chatServer({ onTestFinished }, () => 'x');
  const tools = [{ type: 'function', function: { name: 'price', parameters: SCHEMA } }];
  await desk.write('rows.csv', questions(1));
  await desk.write('tools.json', JSON.stringify(tools));
  const flags = ['--tools', 'tools.json', '--tool-choice', 'price', '--logprobs', '2'];
  await desk.pass([...words(server.origin), ...flags]);
  expect(server.calls.map(({ body }) => body)).toMatchObject([
    { tools, tool_choice: { type: 'function', function: { name: 'price' } }, logprobs: true, top_logprobs: 2 },
  ]);
});
