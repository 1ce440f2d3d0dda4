import { describe, expect } from 'vitest';
import {
  type BatchLine,
  type BatchScript,
  type BatchServer,
  chatAnswer,
  openAiBatchServer,
  questionOf,
  UNDONE,
} from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { type CsvRow, csvResults, jsonLines, questions, sumDecimals } from '../support/results.ts';

const KEY = { OPENAI_API_KEY: 'batch-key' };
const PRICE = ['--price', 'gpt-test=2.5,10'];
/** 12 and 5 tokens at half of that price. */
const HALF_COST = '0.00004';

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

async function scene(desk: Desk, context: Ending, rows: number, script: BatchScript = {}): Promise<Scene> {
  await desk.write('rows.csv', questions(rows));
  const server = await openAiBatchServer(context, script);
  const model = ['-m', 'openai/gpt-test', '--provider', 'openai', '--base-url', server.url];
  return { server, words: ['run', 'rows.csv', '--out', 'run', '--no-cache', '--batch', ...model, ...PRICE] };
}

describe.concurrent('run --batch', () => {
  it('buys the answers at half price, which results and journal say', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 20);
    const { stderr } = await desk.pass(words, { env: KEY });
    expect(stderr).toContain('openai: requests done: 0 of 20 in a batch');
    const rows = await csvResults(desk, 'run');
    expect(rows).toHaveLength(20);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'completed', output: 'yes', latency_ms: '', attempts: '1' });
      expect(row).toMatchObject({ total_cost: HALF_COST, cost_source: 'computed', currency: 'USD' });
    }
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe('0.0008');
    for (const line of jsonLines(await desk.read('run/journal.jsonl'))) {
      expect(line).toMatchObject({ service_tier: 'batch', latency_ms: null });
    }
    expect(server.batches).toHaveLength(1);
    expect([...server.billed.values()]).toEqual(Array.from({ length: 20 }, () => 1));
  });
});

/** The number in a question of `questions`. */
function numberIn(line: BatchLine): number {
  return Number(/What is (\d+)/.exec(questionOf(line))?.[1]);
}

const TOO_MANY = {
  status: 429,
  error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' },
};
const NO_SUCH = {
  status: 400,
  error: { message: 'Invalid content', type: 'invalid_request_error', param: 'messages' },
};

describe.concurrent('batches that leave requests open', () => {
  it('keep their answers, and the rest is asked in another batch', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 30, {
      fate: (line, { number }) => {
        const asked = numberIn(line);
        if (asked === 7) return NO_SUCH;
        if (number > 0 || asked % 3 !== 0) return 'yes';
        return asked < 15 ? TOO_MANY : UNDONE;
      },
    });
    const { status } = await desk.run(words, { env: KEY });
    expect(status).toBe(3);
    const rows = await csvResults(desk, 'run');
    const errored = rows.filter((row) => row['status'] === 'errored');
    expect(errored).toMatchObject([{ row_id: 'r7', error_code: 'invalid_request', latency_ms: '', total_cost: '' }]);
    expect(rows.filter((row) => row['attempts'] === '2').map((row) => row['row_id'])).toEqual(
      Array.from({ length: 10 }, (_, index) => `r${3 * (index + 1)}`),
    );
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([30, 10]);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? '').filter((cost) => cost !== ''))).toBe('0.00116');
  });

  it('are read to their end if a download breaks, and nothing is taken twice', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 40, { isCut: (number) => number <= 2 });
    await desk.pass([...words, '--max-tokens', '10', '--budget', '1'], { env: KEY });
    expect(server.steps.download).toBe(3);
    expect(server.batches).toHaveLength(1);
    const journal = jsonLines(await desk.read('run/journal.jsonl'));
    expect(new Set(journal.map((line) => line['trial_id'])).size).toBe(40);
    expect(journal).toHaveLength(40);
  });

  it('leave them to calls one by one with --batch-then-live', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 6, {
      fate: (line) => (numberIn(line) === 4 ? UNDONE : 'yes'),
      chat: (body) => ({ body: chatAnswer('live', 'live', body['model']) }),
    });
    await desk.pass([...words, '--batch-then-live'], { env: KEY });
    const rows = await csvResults(desk, 'run');
    const live = rows.filter((row) => row['output'] === 'live');
    expect(live).toMatchObject([{ row_id: 'r4', total_cost: '0.00008' }]);
    expect(live[0]?.['latency_ms']).toMatch(/^\d+$/);
    expect(server.batches).toHaveLength(1);
    expect(server.chats()).toBe(1);
  });

  it('end the run if the API takes none of a batch, and nothing is lost', async ({ desk, onTestFinished }) => {
    const failure = { code: 'model_not_found', message: 'The model gpt-test is not available for batches', line: 1 };
    const { server, words } = await scene(desk, { onTestFinished }, 4, {
      failure: ({ number }) => (number === 0 ? failure : null),
    });
    const { status, stderr } = await desk.run(words, { env: KEY });
    expect(status).toBe(4);
    expect(stderr).toContain(
      'the batch batch_0 was refused: line 1: The model gpt-test is not available for batches (model_not_found)\nresume with: npx promptgrid run',
    );
    await desk.pass(words, { env: KEY });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([4, 4]);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
  });

  it('are made smaller while the queue of the account is full', async ({ desk, onTestFinished }) => {
    const full = { code: 'token_limit_exceeded', message: 'Enqueued token limit reached' };
    const { server, words } = await scene(desk, { onTestFinished }, 20, {
      failure: ({ lines }) => (lines.length > 10 ? full : null),
    });
    await desk.pass(words, { env: KEY });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([20, 10, 10]);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
  });
});

describe.concurrent('equal requests in batches', () => {
  it('are asked once, and share the answer as they do one by one', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 1, {
      chat: (body) => ({ body: chatAnswer('live', 'yes', body['model']) }),
    });
    const rows = Array.from({ length: 12 }, (_, index) => `r${index},What is ${index % 3} plus one?`);
    await desk.write('rows.csv', `id,prompt\n${rows.join('\n')}\n`);
    const grid = [...words.filter((word) => word !== '--no-cache'), '-t', '0', '--cache'];
    await desk.pass([...grid, 'cache-batch'], { env: KEY });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([3]);
    const batched = await csvResults(desk, 'run');
    expect(batched.map((row) => [row['output'], row['cached'], row['total_cost']])).toEqual(
      rows.map((_, index) => ['yes', String(index >= 3), index >= 3 ? '0.0' : HALF_COST]),
    );
    const live = [...grid, 'cache-live', '--out', 'live'].filter(
      (word, index, all) =>
        word !== '--batch' && !(word === 'run' && index > 0) && !(word === '--out' && all[index + 1] === 'run'),
    );
    await desk.pass(live, { env: KEY });
    expect(server.chats()).toBe(3);
    expect((await csvResults(desk, 'live')).filter((row) => row['cached'] === 'true')).toHaveLength(9);
  });

  it('are asked in the next batch if the first one has no answer', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 1, {
      fate: (_line, { number }) => (number === 0 ? NO_SUCH : 'yes'),
    });
    await desk.write('rows.csv', 'id,prompt\na,Same?\nb,Same?\nc,Same?\n');
    const grid = [...words.filter((word) => word !== '--no-cache'), '-t', '0', '--cache', 'cache'];
    expect((await desk.run(grid, { env: KEY })).status).toBe(3);
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([1, 1]);
    expect((await csvResults(desk, 'run')).map((row) => [row['status'], row['cached']])).toEqual([
      ['errored', 'false'],
      ['completed', 'false'],
      ['completed', 'true'],
    ]);
  });

  it('are not asked again by a later session while their batch is open', async ({ desk, onTestFinished }) => {
    let isOver = false;
    const { server, words } = await scene(desk, { onTestFinished }, 1, { isOver: () => isOver });
    await desk.write('rows.csv', 'id,prompt\na,Same?\nb,Same?\n');
    const grid = [...words.filter((word) => word !== '--no-cache'), '-t', '0', '--cache', 'cache'];
    for (const _session of [1, 2]) await desk.run([...grid, '--no-wait'], { env: KEY });
    isOver = true;
    await desk.pass(grid, { env: KEY });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([1]);
    expect((await csvResults(desk, 'run')).map((row) => row['cached'])).toEqual(['false', 'true']);
  });
});

describe.concurrent('batches of several models', () => {
  it('have one model each, as OpenAI wants it', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 10);
    await desk.pass([...words, '-m', 'openai/gpt-other', '--price', 'gpt-other=1,2'], { env: KEY });
    const models = server.batches.map(({ lines }) => [...new Set(lines.map(({ body }) => body['model']))]);
    expect(models).toEqual([['gpt-test'], ['gpt-other']]);
    expect(await csvResults(desk, 'run')).toHaveLength(20);
  });

  it('wait for one another if the API refuses more at once', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 10, { mostOpen: 1 });
    await desk.pass([...words, '-m', 'openai/gpt-other', '--price', 'gpt-other=1,2'], { env: KEY });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([10, 10]);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
  });
});

describe.concurrent('batches over several sessions', () => {
  it('go on without the program with --no-wait, and the same command collects them', async ({
    desk,
    onTestFinished,
  }) => {
    let isOver = false;
    const { server, words } = await scene(desk, { onTestFinished }, 5, { isOver: () => isOver });
    for (const _session of [1, 2]) {
      const { status, stderr } = await desk.run([...words, '--no-wait'], { env: KEY });
      expect(status).toBe(4);
      expect(stderr).toContain('not over yet: batch_0 (openai)\nresume with: npx promptgrid run rows.csv --out run');
    }
    const live = words.filter((word) => word !== '--batch');
    const alone = await desk.run(live, { env: KEY });
    expect(alone.status).toBe(2);
    expect(alone.stderr).toContain('batches of this run are not collected yet: batch_0 (openai)');
    const over = await desk.run([...words, '--overwrite'], { env: KEY });
    expect(over.status).toBe(2);
    expect(over.stderr).toContain('--overwrite would forget batches that are paid: batch_0 (openai)');
    isOver = true;
    await desk.pass([...words, '--no-wait'], { env: KEY });
    expect(await csvResults(desk, 'run')).toHaveLength(5);
    expect(server.batches).toHaveLength(1);
  });

  it('hold what they may cost at half price, and are as small as the budget', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 40);
    // An answer of 10 tokens and a prompt of some 60 bytes may cost 0.000125 USD at half price, and costs 0.00004.
    const limits = ['--max-tokens', '10', '--budget', '0.002'];
    await desk.pass([...words, ...limits], { env: KEY });
    expect(server.batches.length).toBeGreaterThan(1);
    expect(server.batches[0]?.lines.length).toBeGreaterThan(10);
    expect(server.batches[0]?.lines.length).toBeLessThan(20);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
  });

  it('stop at a budget that no further batch fits in', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 40);
    const { status, stderr } = await desk.run([...words, '--max-tokens', '10', '--budget', '0.001'], { env: KEY });
    expect(status).toBe(4);
    expect(stderr).toMatch(/the budget of 0\.001 USD is reached: [\d.]+ USD paid, and the next call could cost up to/);
    const sold = [...server.billed.values()].length;
    expect(sold * 0.00004).toBeLessThanOrEqual(0.001);
    expect(await csvResults(desk, 'run')).toHaveLength(sold);
  });
});

describe.concurrent('--batch', () => {
  it('is refused with what it does not go with, before anything is sent', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 2);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['--stream'], '--batch does not go with --stream'],
      [['--simulate'], '--batch does not go with --simulate'],
      [['--score', 'exact', '--stop-when-decided'], '--batch does not go with --stop-when-decided'],
      [['-m', 'gptunnel/gpt-4o'], 'promptgrid knows no batches of gptunnel'],
      [['--param', 'service_tier="flex"'], '--batch does not go with the service tier flex'],
      [['--no-wait', '--batch-then-live'], '--batch-then-live needs the answers'],
    ];
    for (const [more, message] of cases) {
      const { status, stderr } = await desk.run([...words, ...more], { env: KEY });
      expect(stderr).toContain(message);
      expect(status).toBe(2);
    }
    const alone = await desk.run(['run', 'rows.csv', '-m', 'gpt-4o', '--no-wait'], { env: KEY });
    expect(alone.stderr).toContain('--no-wait is about batches');
    expect(alone.status).toBe(2);
    expect(server.steps.upload).toBe(0);
  });
});

describe.concurrent('the estimate of a run in batches', () => {
  it('says what the answers cost now and in batches, side by side', async ({ desk, onTestFinished }) => {
    const { words } = await scene(desk, { onTestFinished }, 10);
    const grid = words.filter((word, index) => word !== '--out' && words[index - 1] !== '--out').slice(1);
    const { stdout } = await desk.pass(['estimate', ...grid], { env: KEY });
    const live = await desk.pass(['estimate', ...grid.filter((word) => word !== '--batch')], { env: KEY });
    const [, now = '', batch = ''] =
      /^live from ([\d.]+) \$ now, batch from ([\d.]+) \$ within 24 h$/m.exec(stdout) ?? [];
    expect(Number(batch)).toBeGreaterThan(0);
    expect(Number(now) / Number(batch)).toBeCloseTo(2, 5);
    expect(live.stdout).toContain(`from ${now} $`);
    expect(live.stdout).not.toContain('batch');
  });
});

/** Rows without what batches have otherwise. */
function same(rows: readonly CsvRow[]): readonly CsvRow[] {
  const none = { latency_ms: '', response_id: '', total_cost: '', prompt_cost: '', completion_cost: '' };
  return rows.map((row) => ({ ...row, ...none }));
}

describe('a grid that is asked one by one and in batches', () => {
  it('gives the same files but for times, ids, latency and costs', async ({ desk, onTestFinished }) => {
    const { words } = await scene(desk, { onTestFinished }, 8, {
      fate: (line) => `${numberIn(line) + 1}`,
      chat: (body) => ({ body: chatAnswer('live', `${numberIn({ customId: '', body }) + 1}`, body['model']) }),
    });
    const grid = [...words, '-t', '0,0.7', '--repeat', '2', '--score', 'exact'];
    await desk.pass(grid, { env: KEY });
    await desk.pass(
      grid.filter((word) => word !== '--batch').map((word, index, all) => (all[index - 1] === '--out' ? 'live' : word)),
      { env: KEY },
    );
    const [batched, live] = [await csvResults(desk, 'run'), await csvResults(desk, 'live')];
    expect(batched).toHaveLength(32);
    expect(same(batched)).toEqual(same(live));
  });
});
