import { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';

/** An OpenAI-compatible server that is not ours. */
let server = new LLMock();

async function serve(options: ConstructorParameters<typeof LLMock>[0] = {}): Promise<void> {
  server = new LLMock({ port: 0, ...options });
  const usage = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
  server.onMessage(/./, { content: 'An answer.', usage });
  await server.start();
}

beforeEach(() => serve());

afterEach(() => server.stop());

/** Bodies of the chat calls that came in, in order. */
function bodies(): readonly object[] {
  return chatCalls().map(({ body }) => body ?? {});
}

function chatCalls(): ReturnType<LLMock['getRequests']> {
  return server.getRequests().filter(({ path }) => path.endsWith('/chat/completions'));
}

describe('a run against a third-party server', () => {
  it('completes, and survives the 429 and 503 mixed in', async ({ desk }) => {
    for (const status of [429, 503, 503, 429, 500]) server.nextRequestError(status, { message: 'not now' });
    await desk.write('rows.csv', questions(12));
    const words = ['run', 'rows.csv', '--provider', 'custom', '--base-url', `${server.url}/v1`, '-m', 'gpt-4o'];
    await desk.pass([...words, '--out', 'run', '--max-attempts', '20']);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => [row['status'], row['output']])).toEqual(rows.map(() => ['completed', 'An answer.']));
    expect(rows).toHaveLength(12);
    expect(rows[0]).toMatchObject({ prompt_tokens: '11', completion_tokens: '3', total_tokens: '14' });
    const statuses = chatCalls().map(({ response }) => response.status);
    expect(statuses.filter((status) => status !== 200).toSorted((a, b) => a - b)).toEqual([429, 429, 500, 503, 503]);
    expect(statuses.filter((status) => status === 200)).toHaveLength(12);
  });

  it('leaves unreported costs unknown instead of 0', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    const words = ['run', 'rows.csv', '--provider', 'custom', '--base-url', `${server.url}/v1`, '-m', 'gpt-4o'];
    const { stdout } = await desk.pass([...words, '--out', 'run', '--json']);
    expect((await csvResults(desk, 'run'))[0]).toMatchObject({ total_cost: '', currency: '', cost_source: 'unknown' });
    expect(JSON.parse(stdout)).toMatchObject({ cost: { total: null, currency: null }, completed: 2 });
  });

  it("sends what the settings say, in the API's own names", async ({ desk }) => {
    await desk.write('rows.csv', 'id,word\n1,tree\n');
    await desk.write('functions.json', '[{"name": "look_up", "parameters": {"type": "object"}}]');
    const grid = ['-m', 'gpt-4o', '-t', '0.3', '--system', 'You know {{ word }}s', '--prompt', 'Say {{ word }}'];
    const penalties = ['--top-p', '0.9', '--frequency-penalty', '-1', '--presence-penalty', '0.5'];
    await desk.write('format.json', '{"type": "json_object"}\n');
    const params = ['seed=7', 'user=anna', 'response_format=@format.json'].flatMap((param) => ['--param', param]);
    const fields = ['--max-tokens', '9', '--functions', 'functions.json', ...params];
    const endpoint = ['--provider', 'custom', '--base-url', `${server.url}/v1/`, '--no-model-check', '--out', 'run'];
    await desk.pass(['run', 'rows.csv', ...grid, ...penalties, ...fields, ...endpoint], {
      env: { CUSTOM_API_KEY: 'team-key' },
    });
    expect(bodies()).toMatchObject([
      {
        model: 'gpt-4o',
        temperature: 0.3,
        top_p: 0.9,
        frequency_penalty: -1,
        presence_penalty: 0.5,
        max_tokens: 9,
        functions: [{ name: 'look_up' }],
        seed: 7,
        user: 'anna',
        response_format: { type: 'json_object' },
        messages: [
          { role: 'system', content: 'You know trees' },
          { role: 'user', content: 'Say tree' },
        ],
      },
    ]);
  });

  it('omits settings that were not given from a request', async ({ desk }) => {
    await desk.write('rows.csv', 'prompt,system\nhello,Be brief\n');
    const endpoint = ['--provider', 'custom', '--base-url', `${server.url}/v1`, '--out', 'run'];
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', ...endpoint]);
    const messages = [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'hello' },
    ];
    // The server records with each body which of its own endpoints it came to.
    const [body] = bodies();
    expect({ ...body, _endpointType: null }).toEqual({ model: 'gpt-4o', messages, _endpointType: null });
  });

  it('sends the key as a bearer', async ({ desk }) => {
    await server.stop();
    await serve({ auth: { apiKeys: ['team-key'] } });
    await desk.write('rows.csv', questions(2));
    const endpoint = ['--provider', 'custom', '--base-url', `${server.url}/v1`, '--out', 'run'];
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', ...endpoint];
    expect((await desk.run(words, { env: { CUSTOM_API_KEY: 'other-key' } })).status).toBe(4);
    await desk.pass(words, { env: { CUSTOM_API_KEY: 'team-key' } });
    expect(await csvResults(desk, 'run')).toHaveLength(2);
  });
});
