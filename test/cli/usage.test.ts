import { describe, expect } from 'vitest';
import type { Desk, Ended } from '../support/cli.ts';
import { it as deskIt } from '../support/in-process.ts';
import { type PriceServer, priceServer } from '../support/price-server.ts';
import { csvResults, objectAt, parseObject, questions } from '../support/results.ts';

const it = deskIt.extend<{ server: PriceServer }>({
  server: async ({ task, onTestFinished }, use) => {
    const server = await priceServer({ onTestFinished }, [{ id: 'm', name: task.name }]);
    await use(server);
  },
});

const PRICE = ['--price', 'm=3,15', '--currency', 'USD'];

/** A run of two questions against the server. */
function words(server: PriceServer, ...more: readonly string[]): readonly string[] {
  return ['run', 'rows.csv', '--out', 'run', '-m', 'm', '--base-url', server.url, '--no-cache', ...more];
}

async function ask(desk: Desk, server: PriceServer, ...more: readonly string[]): Promise<Ended> {
  await desk.write('rows.csv', questions(2));
  return desk.pass(words(server, '--provider', 'custom', ...PRICE, ...more));
}

/** Completion tokens, total tokens, cost and its source of every row. */
async function figures(desk: Desk): Promise<readonly unknown[]> {
  const rows = await csvResults(desk, 'run');
  return rows.map((row) => [row['completion_tokens'], row['total_tokens'], row['total_cost'], row['cost_source']]);
}

/** The error of a refused run. */
function refusalOf({ status, stderr }: Ended): string {
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringMatching(/error \S[^\n]*\nhint {2}\S/) });
  return stderr;
}

function twice<T>(value: T): readonly T[] {
  return [value, value];
}

describe.concurrent('inconsistent usage', () => {
  it('bills reasoning outside the completion as output, and a budget includes it', async ({ desk, server }) => {
    const details = { completion_tokens_details: { reasoning_tokens: 200 } };
    server.usage = { prompt_tokens: 50, completion_tokens: 20, total_tokens: 270, ...details };
    const { stdout } = await ask(desk, server, '--max-tokens', '300', '--budget', '0.05');
    // 50 × 3 + 220 × 15 millionths of a dollar.
    expect(await figures(desk)).toEqual(twice(['220', '270', '0.00345', 'computed']));
    expect(stdout).toContain('2 of 2 trials: 2 completed · 0.0069 $ · 100 tokens in, 440 out');
  });

  it('stops a run whose budget the reasoning uses up', async ({ desk, server }) => {
    server.usage = { prompt_tokens: 50, completion_tokens: 20, total_tokens: 270, reasoning_tokens: 200 };
    await desk.write('rows.csv', questions(40));
    const budget = ['--provider', 'custom', ...PRICE, '--max-tokens', '300', '--budget', '0.05'];
    expect((await desk.run(words(server, ...budget))).status).toBe(4);
    const bill = 0.00345 * server.calls.length;
    expect(bill).toBeLessThanOrEqual(0.05);
    expect(bill).toBeGreaterThan(0.04);
  });

  it('gives an estimate the length of answers, reasoning included', async ({ desk, server }) => {
    server.usage = { prompt_tokens: 50, completion_tokens: 20, total_tokens: 270, reasoning_tokens: 200 };
    await desk.write('rows.csv', questions(10));
    const [, ...rest] = words(server, '--provider', 'custom', ...PRICE, '--max-tokens', '300');
    const { stdout } = await desk.pass(['estimate', ...rest, '--pilot', '4', '--json']);
    const total = objectAt(parseObject(stdout), 'total');
    expect(objectAt(total, 'completionTokens')).toMatchObject({ expected: 2200 });
  });

  it.for([
    [[], true],
    [
      ['--param', 'response_format={"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}'],
      false,
    ],
    [['--param', 'tools=[{"type":"function","function":{"name":"f"}}]'], false],
  ] as const)('is predicted exactly with %j: %s, and within a ceiling', async ([more, exact], { desk, server }) => {
    server.models = [{ id: 'gpt-4o' }];
    await desk.write('rows.csv', questions(10));
    const [, ...rest] = words(server, '--provider', 'openai', '--max-tokens', '100', ...more);
    const { stdout } = await desk.pass(['estimate', ...rest.toSpliced(3, 2, '-m', 'gpt-4o'), '--json']);
    const total = objectAt(parseObject(stdout), 'total');
    const range = objectAt(total, 'promptTokensRange');
    expect(range['exact']).toBe(exact);
    expect(Number(range['low']) < Number(range['high'])).toBe(!exact);
    // At 2.5 dollars per million tokens, and 100 tokens per answer at 10.
    expect(Number(objectAt(total, 'cost')['ceiling'])).toBeGreaterThanOrEqual(Number(range['high']) * 2.5e-6 + 0.01);
  });

  it('bills a cache outside the prompt at its own rates', async ({ desk, server }) => {
    const cache = { cache_read_input_tokens: 5000, cache_creation_input_tokens: 400 };
    server.usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 5520, ...cache };
    const { stderr } = await ask(desk, server, '--price', 'm=3,15,0.3,3.75');
    // 100 × 3 + 5000 × 0.3 + 400 × 3.75 + 20 × 15 millionths of a dollar.
    expect(await figures(desk)).toEqual(twice(['20', '5520', '0.0036', 'computed']));
    expect(stderr).not.toContain('warning');
  });

  it.for([
    [
      'a cache beside the prompt without rates of its own',
      { prompt_tokens: 100, completion_tokens: 20, total_tokens: 5120, cache_read_input_tokens: 5000 },
      'm reads or writes a prompt cache at prices that are not known (--price m=<prompt>,<completion>,<cache read>,',
    ],
    [
      'tokens that nothing explains',
      { prompt_tokens: 100, completion_tokens: 20, total_tokens: 150 },
      'the usage that m reports does not add up: its total of 150 tokens is 30 more than prompt and completion',
    ],
    [
      'tokens of audio',
      { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { audio_tokens: 50 } },
      'm charges for audio_tokens beside text',
    ],
  ] as const)('has an unknown cost and warns once if it has %s', async ([, usage, warning], { desk, server }) => {
    server.usage = usage;
    const { stdout, stderr } = await ask(desk, server);
    expect(stderr.split(`warning: ${warning}`)).toHaveLength(2);
    expect(stderr.split('warning: ')).toHaveLength(2);
    expect((await figures(desk)).map((row) => (Array.isArray(row) ? row.slice(2) : row))).toEqual(
      twice(['', 'unknown']),
    );
    expect(stdout).toContain('2 completed · unknown · ');
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(objectAt(summary, 'total')).toMatchObject({ costs: [], unknownCosts: 2 });
  });

  it('leaves an estimate without actual figures', async ({ desk, server }) => {
    server.usage = {};
    await desk.write('rows.csv', questions(20));
    const { stdout } = await desk.pass(words(server, '--provider', 'custom', ...PRICE, '--max-tokens', '400'));
    expect(stdout).toMatch(/^paid unknown; estimated at most /m);
    const estimate = objectAt(parseObject(await desk.read('run/summary.json')), 'estimate');
    expect(objectAt(estimate, 'actual')).toMatchObject({ costs: [{ total: null, within: null }] });
  });

  it.for([{}, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }])(
    'is missing with a text as %j: unknown on every line, and never 0',
    async (usage, { desk, server }) => {
      server.usage = usage;
      const { stdout } = await ask(desk, server, '--max-tokens', '400');
      expect(stdout).toContain('2 of 2 trials: 2 completed · unknown · unknown tokens in, unknown out');
      expect(stdout).not.toContain('0.00 $');
      expect(await figures(desk)).toEqual(twice(['', '', '', 'unknown']));
      const { stdout: report } = await desk.pass(['report', 'run']);
      expect(report).not.toContain('0.00 $');
    },
  );
});

describe.concurrent('the cost of an answer', () => {
  it("of OpenRouter with an own key is the fee plus the upstream's bill", async ({ desk, server }) => {
    const details = { cost_details: { upstream_inference_cost: 0.004 } };
    const tokens = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    server.usage = { ...tokens, cost: 0.0002, is_byok: true, ...details };
    await desk.write('rows.csv', questions(2));
    const { stdout } = await desk.pass(words(server, '--provider', 'openrouter'));
    expect(await figures(desk)).toEqual(twice(['5', '15', '0.0042', 'provider']));
    expect(stdout).toContain('2 completed · 0.0084 $ · ');
  });

  it.for([1e300, -1, 'abc', true])(
    'that is not an amount (%j) is not a cost of the provider',
    async (cost, { desk, server }) => {
      server.usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost };
      await desk.write('rows.csv', questions(2));
      await desk.pass(words(server, '--provider', 'openrouter'));
      expect(await figures(desk)).toEqual(twice(['5', '15', '', 'unknown']));
    },
  );

  it('at a service tier that the answer names is unknown, unless its price is asked for and given', async ({
    desk,
    server,
  }) => {
    server.usage = { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 };
    server.fields = { service_tier: 'priority' };
    server.models = [{ id: 'gpt-4o' }];
    await desk.write('rows.csv', questions(2));
    const grid = ['-m', 'gpt-4o', '--provider', 'openai'];
    const { stderr } = await desk.pass(words(server).toSpliced(4, 2, ...grid));
    expect(stderr.split('warning: gpt-4o answers at the service tier priority, whose price is not known')).toHaveLength(
      2,
    );
    expect((await csvResults(desk, 'run')).map((row) => row['cost_source'])).toEqual(twice('unknown'));
    const given = words(server, '--overwrite', '--price', 'gpt-4o=5,20').toSpliced(4, 2, ...grid);
    expect((await desk.pass(given)).stderr).toContain('(--price is for the tier that the run asks for, default)');
    expect((await csvResults(desk, 'run')).map((row) => row['cost_source'])).toEqual(twice('unknown'));
    expect((await desk.pass([...given, '--param', 'service_tier=priority'])).stderr).not.toContain('warning');
    expect((await csvResults(desk, 'run')).map((row) => row['total_cost'])).toEqual(twice('0.0052'));
    server.fields = { service_tier: 'default' };
    const asked = words(server, '--overwrite', '--param', 'service_tier=priority').toSpliced(4, 2, ...grid);
    expect((await desk.pass(asked)).stderr).not.toContain('warning');
    // The answer's tier counts: 1000 × 2.5 + 10 × 10 millionths of a dollar.
    expect((await csvResults(desk, 'run')).map((row) => row['total_cost'])).toEqual(twice('0.0026'));
  });
});

describe.concurrent('a budget that cannot be kept is refused', () => {
  const BUDGET = ['--provider', 'custom', ...PRICE, '--max-tokens', '100', '--budget', '1'];

  it.for([
    [['--param', 'service_tier=flex'], null],
    [['--param', 'web_search_options={}'], 'the request field web_search_options adds texts of a search'],
    [['--param', 'models=["a","b"]'], 'the request field models lets other models answer'],
    [['--param', 'tools=[{"type":"web_search"}]'], 'one of the tools runs at the provider'],
    [['--param', 'thinking_budget=-1'], 'nothing bounds the length of its answers'],
    [['--param', 'cache_control={"type":"ephemeral"}'], 'its messages are to be written to a cache'],
  ] as const)('with %j unless it is free: %s', async ([more, why], { desk, server }) => {
    server.usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    await desk.write('rows.csv', questions(2));
    if (why === null) await desk.pass(words(server, ...BUDGET, ...more));
    else {
      expect(refusalOf(await desk.run(words(server, ...BUDGET, ...more)))).toContain(`custom/m: ${why}`);
      expect(server.calls.length).toBe(0);
    }
  });

  it('at a service tier without its own price', async ({ desk, server }) => {
    server.models = [{ id: 'gpt-4o' }];
    await desk.write('rows.csv', questions(2));
    const flex = ['--max-tokens', '100', '--budget', '1', '--param', 'service_tier=flex', '--provider', 'openai'];
    const message = refusalOf(await desk.run(words(server, ...flex).toSpliced(4, 2, '-m', 'gpt-4o')));
    expect(message).toContain('openai/gpt-4o: its price at the service tier flex is not known');
    expect(message).toContain('--price gpt-4o=<prompt>,<completion>');
  });

  it('if a row holds an image, with the line of the first', async ({ desk, server }) => {
    server.usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const text = JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] });
    const image = { type: 'image_url', image_url: { url: 'https://example.org/a.png' } };
    const picture = JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What?' }, image] }] });
    await desk.write('rows.jsonl', `${text}\n${`${picture}\n`.repeat(19)}`);
    const run = (...more: readonly string[]): readonly string[] =>
      words(server, ...BUDGET, ...more).toSpliced(1, 1, 'rows.jsonl');
    const message = refusalOf(await desk.run(run()));
    expect(message).toContain('--budget cannot be kept for custom/m: rows.jsonl:2: the messages hold image_url');
    expect(server.calls.length).toBe(0);
    await desk.pass(run('--limit', '1'));
    const unbounded = run('--overwrite').filter((word) => word !== '--budget' && word !== '1');
    const { stderr, stdout } = await desk.pass(unbounded);
    expect(stderr).toContain('warning: rows.jsonl:2: the messages hold image_url, whose tokens are not known: ');
    expect(stderr).toMatch(/^estimate: .* for the prompts, nothing bounds it · about /m);
    expect(stdout).toContain('20 completed · ');
  });

  it('for a judge whose request may cost more than its text', async ({ desk, server }) => {
    const score = [{ type: 'judge', rubric: 'Right', model: 'm', params: { plugins: [{ id: 'web' }] } }];
    await desk.write('promptgrid.yaml', `score: ${JSON.stringify(score)}\n`);
    await desk.write('rows.csv', questions(2));
    expect(refusalOf(await desk.run(words(server, ...BUDGET)))).toContain('the request field plugins adds texts');
    await desk.write('promptgrid.yaml', 'score: [{ type: judge, model: m, params: { max_tokens: -1 } }]\n');
    expect(refusalOf(await desk.run(words(server, ...BUDGET)))).toContain('max_tokens -1 is not a bound');
    expect(server.calls.length).toBe(0);
  });

  it.for([0, -1])('if the list gives the model a capacity of %d tokens', async (capacity, { desk, server }) => {
    server.models = [{ id: 'm', max_capacity: capacity, cost_context: '1', cost_completion: '2' }];
    await desk.write('rows.csv', questions(2));
    const message = refusalOf(await desk.run(words(server, '--budget', '1')));
    expect(message).toContain('gptunnel/m: nothing bounds the length of its answers');
    expect(message).toContain('give --max-tokens');
  });

  it('if the list has a price below 0', async ({ desk, server }) => {
    server.models = [{ id: 'm', max_capacity: 100, cost_context: '-1', cost_completion: '-2' }];
    await desk.write('rows.csv', questions(2));
    const ended = await desk.run(words(server, '--budget', '1'));
    expect(ended.stderr).toContain(
      'warning: the list of gptunnel has no price of m that can be used (cost_context "-1", ',
    );
    expect(ended.stderr).toContain('error --budget cannot be kept for gptunnel/m: its price is not known');
    expect([ended.status, server.calls.length]).toEqual([2, 0]);
  });
});
