import { describe, expect } from 'vitest';
import { formatDecimal, type Picounits, parseDecimal } from '../../src/core/money.ts';
import { formatMoneyBeside } from '../../src/core/money-text.ts';
import { plainServer } from '../support/chat-server.ts';
import { estimateJson } from '../support/estimates.ts';
import { dataUrl, PNG } from '../support/images.ts';
import { it } from '../support/in-process.ts';
import { objectAt, questions } from '../support/results.ts';

function amount(text: unknown): Picounits {
  const value = typeof text === 'string' ? parseDecimal(text) : null;
  if (value === null) throw new TypeError(`no amount: ${JSON.stringify(text)}`);
  return value;
}

describe.concurrent('--max-cost', () => {
  it('without a pilot uses the ceiling: 0 up to it, 1 above, with the figures all the same', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(10));
    const words = ['estimate', 'rows.csv', '-m', 'gpt-4o', '--max-tokens', '10', '--base-url', gateway.url];
    // 140 × 0.00075 and 100 × 0.003.
    const passed = await desk.run([...words, '--max-cost', '0.405']);
    expect({ status: passed.status, stderr: passed.stderr }).toEqual({
      status: 0,
      stderr: 'the ceiling, 0.405 ₽, is within --max-cost 0.405\n',
    });
    const failed = await desk.run([...words, '--max-cost', '0.404999', '--json']);
    expect({ status: failed.status, stderr: failed.stderr }).toEqual({
      status: 1,
      stderr: 'gate failed: the ceiling, 0.405 ₽, is above --max-cost 0.404999\n',
    });
    expect(JSON.parse(failed.stdout)).toMatchObject({ total: { cost: { ceiling: '0.405' } } });
    expect(gateway.stats().calls).toBe(0);
  });

  it('after a pilot uses the high end', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(40));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', '--pilot', '10'];
    const high = amount(objectAt(objectAt(await estimateJson(desk, grid), 'total'), 'cost')['high']);
    const gated = (most: Picounits): Promise<{ readonly status: number | null; readonly stderr: string }> =>
      desk.run(['estimate', ...grid, '--max-cost', formatDecimal(most)]);
    expect((await gated(high)).status).toBe(0);
    const { status, stderr } = await gated(high - 1n);
    expect(status).toBe(1);
    expect(stderr).toContain('simulated: prices and answers are promptgrid’s own gateway’s, not those of models');
    expect(stderr).toContain(
      `gate failed: the high end, ${formatMoneyBeside({ total: formatDecimal(high), currency: 'RUB' }, high - 1n)}, is above`,
    );
    expect(gateway.stats().served).toBe(10);
  });

  it('fails if a price is unknown, and if the cost is unbounded, and says so', async ({ desk, onTestFinished }) => {
    const plain = await plainServer({ onTestFinished });
    await desk.write('rows.csv', questions(3));
    const words = ['estimate', 'rows.csv', '-m', 'plain', '--provider', 'custom', '--base-url', plain.url];
    const unknown = await desk.run([...words, '--max-cost', '1000000']);
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain('gate failed: --max-cost 1000000: the price of plain is not known');
    const unbounded = await desk.run([...words, '--price', 'plain=1,2', '--currency', 'USD', '--max-cost', '1000000']);
    expect(unbounded.status).toBe(1);
    expect(unbounded.stderr).toContain('nothing bounds the length of answers; give --max-tokens or --pilot');
  });

  it('fails for images, whose tokens nobody knows before, and passes once a pilot has measured them', async ({
    desk,
  }) => {
    const gateway = await desk.gateway();
    const content = [
      { type: 'text', text: 'hi' },
      { type: 'image_url', image_url: { url: dataUrl(PNG) } },
    ];
    const row = (id: number): string => `${JSON.stringify({ id, messages: [{ role: 'user', content }] })}\n`;
    await desk.write('rows.jsonl', Array.from({ length: 25 }, (_, index) => row(index)).join(''));
    const grid = ['rows.jsonl', '-m', 'gpt-4o', '--max-tokens', '20', '--base-url', gateway.url, '--out', 'run'];
    const before = await desk.run(['estimate', ...grid, '--max-cost', '100']);
    expect([before.status, before.stderr]).toEqual([1, expect.stringContaining('such as images; run --pilot first')]);
    expect((await desk.run(['estimate', ...grid, '--pilot', '5', '--max-cost', '100'])).status).toBe(2);
    await desk.pass(['estimate', ...grid, '--pilot', '5']);
    const after = await desk.pass(['estimate', ...grid, '--max-cost', '100']);
    expect(after.stderr).toContain('is within --max-cost 100');
  });

  it('is the budget of the pilot, too, which stops before it would pay more', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(60));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--max-tokens', '10', '--base-url', gateway.url, '--out', 'run'];
    const words = ['estimate', ...grid, '--pilot', '40'];
    const stopped = await desk.run([...words, '--max-cost', '0.5']);
    expect(stopped.status).toBe(1);
    const { served, billed } = gateway.stats();
    expect(served).toBeGreaterThan(4);
    expect(served).toBeLessThan(40);
    expect(Number(billed)).toBeLessThanOrEqual(0.5);
    expect(stopped.stderr).toContain('the pilot stopped: the budget of 0.5 RUB is reached');
    expect(stopped.stderr).toContain('a pilot spends at most --max-cost: the same command with a higher one');
    expect(stopped.stderr).toMatch(/gate failed: the high end, [\d.]+ ₽, is above --max-cost 0\.5/);
    await desk.pass([...words, '--max-cost', '50']);
    expect(gateway.stats()).toMatchObject({ served: 40, duplicates: 0 });
  });

  it('leaves the pilot to a lower --budget', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(60));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--max-tokens', '10', '--base-url', gateway.url, '--out', 'run'];
    const limits = ['--pilot', '40', '--budget', '0.5', '--max-cost', '50'];
    const { status, stderr } = await desk.run(['estimate', ...grid, ...limits]);
    expect(status).toBe(4);
    expect(stderr).toContain('resume with a higher --budget');
    expect(Number(gateway.stats().billed)).toBeLessThanOrEqual(0.5);
  });

  it.for([
    ['pays for no call', ['-m', 'gpt-4o', '--max-cost', '0.001'], 'is too small: a call could cost up to'],
    ['bounds nothing, as a price is unknown', ['-m', 'plain', '--max-cost', '5'], 'its price is not known'],
  ] as const)('refuses a pilot before a call if it %s', async ([, more, why], { desk, onTestFinished }) => {
    const gateway = await desk.gateway();
    const plain = await plainServer({ onTestFinished });
    await desk.write('rows.csv', questions(20));
    const at = more[1] === 'plain' ? ['--provider', 'custom', '--base-url', plain.url] : ['--base-url', gateway.url];
    const grid = ['rows.csv', '--max-tokens', '10', '--out', 'run', '--no-cache', ...at];
    const { status, stderr } = await desk.run(['estimate', ...grid, '--pilot', '10', ...more]);
    expect(status).toBe(2);
    expect(stderr).toContain('--max-cost is the budget of the pilot, too: ');
    expect(stderr).toContain(why);
    expect(stderr).toContain('or run the pilot without --max-cost');
    expect([gateway.stats().calls, plain.calls.length]).toEqual([0, 0]);
  });
});
