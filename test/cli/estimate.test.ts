import { describe, expect } from 'vitest';
import { loadTokenCounter } from '../../src/pricing/token-counter.ts';
import { estimateJson, rangeAt, variantAt } from '../support/estimates.ts';
import { it } from '../support/in-process.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

const NOTHING_KNOWN = { low: null, expected: null, high: null };

describe.concurrent('promptgrid estimate without a pilot', () => {
  it('makes no calls and no run folder, and reports what is known and what is not', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(12));
    const grid = ['rows.csv', '-m', 'gpt-4o,claude-3-haiku', '--max-tokens', '50', '--base-url', gateway.url];
    const document = await estimateJson(desk, grid);
    expect(gateway.stats().calls).toBe(0);
    expect((await desk.list()).filter((name) => !name.startsWith('.promptgrid'))).toEqual(['rows.csv']);
    expect(document).toMatchObject({
      currency: 'RUB',
      trials: 24,
      unknownPrices: [],
      total: { completionTokens: { ...NOTHING_KNOWN, ceiling: 1200 }, seconds: null },
    });
    const price = { per: 1_000_000, source: 'gptunnel /v1/models', date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) };
    expect(variantAt(document, 0)).toMatchObject({
      prompt: 'prompt',
      model: 'gpt-4o',
      temperature: null,
      trials: 12,
      promptTokens: 12 * 14,
      completionTokens: { ...NOTHING_KNOWN, ceiling: 600 },
      // 168 × 0.00075, and 600 × 0.003 on top of it.
      cost: { low: '0.126', expected: null, high: null, ceiling: '1.926' },
      price: { ...price, input: '750', output: '3000' },
    });
    expect(variantAt(document, 1)).toMatchObject({
      model: 'claude-3-haiku',
      promptTokensRange: { exact: false },
      price: { ...price, input: '75', output: '375' },
    });
    const total = objectAt(objectAt(document, 'total'), 'cost');
    expect(total).toMatchObject({ expected: null, high: null });
    for (const figure of [total['low'], total['ceiling']]) expect(figure).toMatch(/^\d+(?:\.\d+)?$/);
  });

  it('hints at the tokens of expected answers, and at a pilot', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'prompt,expected\nOne?,one two three four\nTwo?,five six seven eight\n');
    const { stdout } = await desk.pass(['estimate', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url]);
    expect(stdout).toContain('the expected answers have 4 tokens per row');
    expect(stdout).toContain('--pilot 20        runs 20 rows');
    expect(stdout).toMatch(/price: gpt-4o 750\.00 ₽ in, 3,000\.00 ₽ out .*\(gptunnel \/v1\/models, \d{4}-\d\d-\d\d\)/);
    expect(stdout).toMatch(/^balance: gptunnel has 1,000,000\.00 ₽ left$/m);
    expect(gateway.stats().calls).toBe(0);
  });

  it('prints the maximum cost of a run if a request field bounds it or a limit uses it', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(20));
    const words = ['rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url];
    const printed = async (...more: readonly string[]): Promise<string> =>
      (await desk.pass(['estimate', ...words, ...more])).stdout;
    expect(await printed()).not.toContain('at most');
    for (const [flag, value] of [
      ['--max-tokens', '9'],
      ['--max-cost', '9999'],
      ['--confirm-above', '9'],
    ] as const) {
      const stdout = await printed(flag, value);
      expect(stdout).toMatch(/^estimate: .*, at most \d/m);
      expect(stdout).toMatch(/^balance: .*; the most it can cost is \d/m);
    }
    const { stdout, stderr } = await desk.pass(['run', ...words, '--out', 'open']);
    expect(stdout + stderr).not.toContain('at most');
    expect(stderr).toContain('to include answers, give --max-tokens 300 or run estimate --pilot 20');
    const bounded = await desk.pass(['run', ...words, '--max-tokens', '9', '--out', 'bounded']);
    expect(bounded.stderr).toMatch(/^estimate: .*, at most \d/m);
    expect(bounded.stdout).toMatch(/^paid .*; estimated at most \d/m);
  });

  it('reads standard input too, and leaves nothing of it behind', async ({ desk }) => {
    const gateway = await desk.gateway();
    const grid = ['-', '--input-format', 'csv', '-m', 'gpt-4o', '--base-url', gateway.url];
    const document = await estimateJson(desk, grid, { input: questions(5) });
    expect(document).toMatchObject({ rows: 5, trials: 5, total: { promptTokens: 5 * 14 } });
    expect((await desk.list()).filter((name) => !name.startsWith('.promptgrid'))).toEqual([]);
  });
});

describe.concurrent('GPTunnel’s documented figures', () => {
  it('111 prompt tokens cost 0.14985 and 10 completion tokens 0.027, to the last digit', async ({ desk }) => {
    const gateway = await desk.gateway();
    const { countPrompt } = await loadTokenCounter('gpt-3.5-turbo');
    const bare = countPrompt([{ role: 'user', content: 'word' }], {});
    const prompt = `word${' word'.repeat(111 - bare)}`;
    await desk.write('rows.csv', `prompt\n${prompt}\n`);
    const grid = ['rows.csv', '-m', 'gpt-3.5-turbo', '--max-tokens', '10', '--base-url', gateway.url];
    expect(await estimateJson(desk, grid)).toMatchObject({
      total: { promptTokens: 111, cost: { low: '0.14985', ceiling: '0.17685' } },
    });
    // The bill is the same if the answer has ten tokens.
    await desk.pass(['run', ...grid, '--out', 'run']);
    expect(gateway.stats()).toMatchObject({ promptTokens: 111, completionTokens: 10, billed: '0.17685' });
  });

  it('the prompt of its example has 24 tokens', async ({ desk }) => {
    const gateway = await desk.gateway();
    // "Запрос чату": the answer of gpt-3.5-turbo-0613 to these messages has 24 prompt tokens.
    const messages = [
      { role: 'system', content: 'My name is Robert.' },
      { role: 'user', content: 'как тебя зовут' },
    ];
    await desk.write('rows.jsonl', `${JSON.stringify({ messages })}\n`);
    expect(await estimateJson(desk, ['rows.jsonl', '-m', 'gpt-3.5-turbo', '--base-url', gateway.url])).toMatchObject({
      total: { promptTokens: 24 },
    });
  });
});

describe.concurrent('promptgrid estimate --pilot', () => {
  it('and then the run make each trial once; the command says how to resume', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(40));
    const grid = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--base-url', gateway.url, '--out', 'run'];
    const { stdout, stderr } = await desk.pass(['estimate', ...grid, '--pilot=10', '--level', '80%', '--exact']);
    expect(gateway.stats().served).toBe(20);
    expect(stdout).toMatch(/^pilot: 10 rows were run, [\d.]+ ₽ paid in all$/m);
    const [, command = ''] = /^resume with: (npx promptgrid run .*)$/m.exec(stderr) ?? [];
    expect(command).toMatch(/^npx promptgrid run rows\.csv -m gpt-4o,gpt-4o-mini --base-url \S+ --out run$/);

    const again = await estimateJson(desk, [...grid, '--pilot', '10']);
    expect(gateway.stats().served).toBe(20);
    const { low, expected, high } = rangeAt(objectAt(again, 'total'), 'cost');
    expect(low).toBeLessThan(expected);
    expect(expected).toBeLessThan(high);
    const variants = again['variants'];
    expect(variants).toMatchObject(
      Array.from({ length: 2 }, () => ({ trials: 40, done: 10, seenRows: 10, seconds: expect.any(Number) })),
    );

    const { status } = await desk.runLine(command);
    expect(status).toBe(0);
    expect(gateway.stats().served).toBe(80);
    expect(parseObject(await desk.read('run/summary.json'))).toMatchObject({ state: 'completed', trials: 80 });
  });

  it('includes the effect of a request limit on time: each counts while it is in flight and a minute more', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ latencyMs: 300 });
    await desk.write('rows.csv', questions(1205));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', '--rpm', '600'];
    const estimated = await estimateJson(desk, [...grid, '--pilot', '5', '--concurrency', '40']);
    const calling = Number(variantAt(estimated, 0)['seconds']);
    expect(calling).toBeGreaterThan(30 * 0.3);
    // Two windows of a minute, and what is in flight; beginning and end of the calls make that a little more.
    const [windows, inFlight] = [2 * 60.2, (calling * 40) / 600];
    const { seconds, secondsRange } = objectAt(estimated, 'total');
    expect(seconds).toBeGreaterThan(windows + 0.8 * inFlight);
    expect(seconds).toBeLessThan(windows + 2 * inFlight);
    expect(secondsRange).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
  });
});
