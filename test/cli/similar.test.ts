import { json } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { isJsonObject, type JsonObject, listOf, objectOf, textOr } from '../../src/core/json.ts';
import { estimateJson } from '../support/estimates.ts';
import { type Ending, localServer, send } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, jsonLines, objectAt, parseObject, sumDecimals } from '../support/results.ts';

const ROWS =
  'id,question,expected\na,Capital of France?,Paris\nb,Capital of Italy?,It is Rome\nc,Capital of Peru?,Lima\n';
const ANSWERS = [
  { prompt: 'Capital of France?', output: 'It is Paris' },
  { prompt: 'Capital of Italy?', output: 'It is Rome' },
  { prompt: 'Capital of Peru?', model: 'gpt-4o', output: 'It is Lima' },
  { prompt: 'Capital of Peru?', model: 'gpt-4o-mini', output: 'It is Quito, I think' },
];
const GRID = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0', '--prompt', '{{ question }}', '--max-tokens', '50'];
const SIMILAR = ['--score', 'similar', '--embedding-model', 'text-embedding-3-small'];

type Desk = Parameters<typeof refused>[0];

async function setUp(desk: Desk): Promise<Awaited<ReturnType<Desk['gateway']>>> {
  await desk.write('rows.csv', ROWS);
  await desk.write('answers.jsonl', ANSWERS.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  return desk.gateway({ answersFile: desk.path('answers.jsonl') });
}

function costOf(document: JsonObject): unknown {
  return objectAt(document, 'judges')['costs'];
}

/** The amounts of a list of costs. */
function amountsOf(costs: unknown): readonly string[] {
  return listOf(costs).map((cost) => textOr(objectOf(cost)['total'], ''));
}

describe.concurrent('a run that compares embeddings', () => {
  it.for([[[]], [['--no-cache']]] as const)(
    'embeds no text twice, and bills each to the digit %s',
    async ([more], { desk }) => {
      const gateway = await setUp(desk);
      const words = [...GRID, ...SIMILAR, ...more, '--base-url', gateway.url, '--out', 'run'];
      const { stdout } = await desk.pass(['run', ...words]);
      const rows = await csvResults(desk, 'run');
      expect(rows.map((row) => Number(row['score.similar']).toFixed(2))).toEqual([
        '0.74',
        '0.74',
        // Equal texts are not sent.
        '1.00',
        '1.00',
        '0.72',
        '0.00',
      ]);
      // Of row a the answer and the expected text, of row c two answers and the expected text.
      const embedded = objectAt(parseObject(JSON.stringify(gateway.stats())), 'byModel')['text-embedding-3-small'];
      const judged = sumDecimals(
        rows.flatMap((row) => (row['judge.similar.cost'] === '' ? [] : [row['judge.similar.cost'] ?? ''])),
      );
      expect(embedded).toEqual({ served: 5, billed: judged });
      expect(gateway.stats().duplicates).toBe(0);
      const own = sumDecimals(rows.map((row) => row['total_cost'] ?? ''));
      expect(sumDecimals([own, judged])).toBe(gateway.stats().billed);
      const summary = parseObject(await desk.read('run/summary.json'));
      expect(objectAt(summary, 'judge')).toMatchObject({ completed: 4, calls: 5, wastedCalls: 0, unknownCosts: 0 });
      expect(objectAt(summary, 'total')).toMatchObject({ calls: 11, costs: [{ total: gateway.stats().billed }] });
      expect(stdout).not.toContain('calls failed');
      // The journal has scores, and no vectors.
      for (const line of jsonLines(await desk.read('run/journal.jsonl')).filter((each) => 'judge_of' in each)) {
        expect(JSON.stringify(line).length).toBeLessThan(700);
      }
    },
  );

  it('is resumed, repeated and scored again without paying again', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...GRID, ...SIMILAR, '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(['run', ...words]);
    const before = await csvResults(desk, 'run');
    const { billed } = gateway.stats();
    await desk.pass(['run', ...words]);
    await desk.pass(['score', 'run', ...SIMILAR]);
    expect((await csvResults(desk, 'run')).map((row) => row['score.similar'])).toEqual(
      before.map((row) => row['score.similar']),
    );
    // Without its last results a journal is as an interrupted run leaves it: the cache still has the vectors.
    const lines = (await desk.read('run/journal.jsonl')).trimEnd().split('\n');
    await desk.write('run/journal.jsonl', `${lines.slice(0, -2).join('\n')}\n`);
    await desk.pass(['run', ...words, '--take-over', '--pay-again']);
    expect(gateway.stats().billed).toBe(billed);
    const after = await csvResults(desk, 'run');
    expect(after.map((row) => row['score.similar'])).toEqual(before.map((row) => row['score.similar']));
    // In another run, too.
    await desk.pass(['run', ...words.slice(0, -1), 'other']);
    expect(gateway.stats().billed).toBe(billed);
  });

  it('has its vectors cached whatever the temperature of its answers', async ({ desk }) => {
    const gateway = await setUp(desk);
    const warm = [...GRID.map((word) => (word === '0' ? '0.7' : word)), ...SIMILAR, '--base-url', gateway.url];
    await desk.pass(['run', ...warm, '--out', 'first']);
    const before = gateway.stats().served;
    await desk.pass(['run', ...warm, '--out', 'second']);
    expect(gateway.stats().served).toBe(before + 6);
  });

  it('is scored again with the provider that it had', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.pass(['run', ...GRID, ...SIMILAR, '--provider', 'custom', '--base-url', gateway.url, '--out', 'run']);
    const before = await csvResults(desk, 'run');
    await desk.pass(['score', 'run', ...SIMILAR]);
    expect(await csvResults(desk, 'run')).toEqual(before);
    await desk.run(['score', 'run', '--score', 'similar:another text', ...SIMILAR.slice(2)]);
    expect(await desk.read('run/summary.json')).toContain(
      'custom/text-embedding-3-small made no embedding of this yet',
    );
  });

  it('has the same tokens whether the cache fills during the run or is full', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...GRID, ...SIMILAR, '--base-url', gateway.url, '--out'];
    const judged = async (run: string): Promise<ReturnType<typeof parseObject>> =>
      objectAt(parseObject(await desk.read(`${run}/summary.json`)), 'judge');
    await desk.pass(['run', ...words, 'filling']);
    await desk.pass(['run', ...words, 'full']);
    const [filling, full] = [await judged('filling'), await judged('full')];
    expect(filling['tokens']).toEqual(full['tokens']);
    expect(full).toMatchObject({ calls: 0, costs: [{ total: '0' }] });
    // What every text would have cost without a cache.
    expect(sumDecimals([...amountsOf(filling['costs']), ...amountsOf(filling['savedCosts'])])).toBe(
      sumDecimals(amountsOf(full['savedCosts'])),
    );
  });

  it('has its cost in an estimate, from the expected answers and then from a pilot', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...GRID, ...SIMILAR, '--base-url', gateway.url, '--out', 'run'];
    // Paris, "It is Rome" and Lima have 1, 3 and 2 tokens at 0.02 rubles per 1,000.
    const low = { low: '0.00012', expected: null, high: null, ceiling: null };
    expect(costOf(await estimateJson(desk, words))).toEqual([{ currency: 'RUB', cost: low, paid: '0' }]);
    const told = await estimateJson(desk, [...words, '--pilot', '2']);
    expect(told).toMatchObject({ judges: { seenRows: 2, costs: [{ cost: { expected: expect.any(String) } }] } });
    await desk.pass(['run', ...words]);
    const rows = await csvResults(desk, 'run');
    expect(gateway.stats().duplicates).toBe(0);
    expect(rows.every((row) => row['score.similar'] !== '')).toBe(true);
  });

  it('keeps to a budget, which holds the most that a text may cost', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = ['run', ...GRID, '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(words);
    const answers = gateway.stats();
    expect(answers.billed).toBe('0.055395');
    // "It is Paris" may have as many tokens as its message has bytes, 42 of 0.00002 rubles.
    const ended = await desk.run([...words, ...SIMILAR, '--budget', '0.0556']);
    expect(ended).toMatchObject({ status: 4, stderr: expect.stringContaining('budget') });
    expect(gateway.stats()).toEqual(answers);
    await desk.pass([...words, ...SIMILAR, '--budget', '0.06']);
    expect((await csvResults(desk, 'run')).every((row) => row['score.similar'] !== '')).toBe(true);
    const { billed } = gateway.stats();
    expect(billed).toBe('0.055715');
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(objectAt(summary, 'total')).toMatchObject({ costs: [{ total: billed }], wastedCosts: [] });
  });

  it('compares with the nearest of several right answers, and with texts of assertions', async ({ desk }) => {
    const gateway = await setUp(desk);
    const row = { id: 'a', question: 'Capital of France?', expected: ['Rome', 'It is Paris!'] };
    const more = { __expected1: 'similar(0.8):It is Paris!', __expected2: 'not-similar:Кошки спят весь день' };
    await desk.write('rows.jsonl', `${JSON.stringify({ ...row, ...more })}\n`);
    const words = ['rows.jsonl', ...GRID.slice(1), ...SIMILAR, '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(['run', ...words]);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((each) => Number(each['score.similar']) > 0.8)).toEqual([true, true]);
    expect(rows.map((each) => each['score.assert'])).toEqual(['1.0', '1.0']);
  });
});

/** A server that answers `ok` to chats, and embeddings as it is told. */
async function oddServer(context: Ending, embedding: (text: string) => object): Promise<string> {
  const { url } = await localServer(context, async (request, response) => {
    if (request.method === 'GET') return send(response, { status: 404, body: {} });
    const body = await json(request);
    const input = isJsonObject(body) && typeof body['input'] === 'string' ? body['input'] : null;
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const message = { role: 'assistant', content: 'An answer.' };
    const chat = { choices: [{ index: 0, message, finish_reason: 'stop' }], usage };
    send(response, { body: input === null ? chat : embedding(input) });
  });
  return url;
}

function vector(...embedding: readonly number[]): object {
  return { data: [{ index: 0, embedding }], usage: { prompt_tokens: 4, total_tokens: 4 } };
}

describe('embeddings that cannot be compared', () => {
  const ODD: readonly (readonly [string, (text: string) => object, string])[] = [
    ['of other dimensions', (text) => (text === 'Paris' ? vector(1, 2) : vector(1, 2, 3)), '3 and 2 dimensions'],
    ['of zeros', () => vector(0, 0), 'an embedding is all zeros'],
    ['that are empty', () => vector(), 'no embedding: invalid_response'],
    ['with an error under HTTP 200', () => ({ error: { message: 'no such model' } }), 'no embedding: '],
  ];

  it.for(ODD)(
    '%s leave the answer unscored, with the reason',
    async ([, embedding, reason], { desk, onTestFinished }) => {
      const url = await oddServer({ onTestFinished }, embedding);
      await desk.write('rows.csv', ROWS.split('\n').slice(0, 2).join('\n'));
      const words = [
        'run',
        'rows.csv',
        '--provider',
        'custom',
        '-m',
        'm',
        '--prompt',
        '{{ question }}',
        '--base-url',
        url,
      ];
      const model = ['--score', 'similar', '--embedding-model', 'e', '--price', 'e=2,0', '--currency', 'USD'];
      const ended = await desk.run([...words, ...model, '--max-attempts', '1', '--out', 'run']);
      expect(ended.status).toBe(3);
      const [row] = await csvResults(desk, 'run');
      expect(row).toMatchObject({ status: 'completed', 'score.similar': '', passed: '' });
      expect(JSON.stringify(parseObject(await desk.read('run/summary.json')))).toContain(reason);
      // 8 tokens at 2 dollars per million.
      if (reason.includes('dimensions')) expect(row).toMatchObject({ 'judge.similar.cost': '0.000016' });
    },
  );
});

describe.concurrent('embeddings are refused before anything is paid', () => {
  it.for([
    ['without a model', ['--score', 'similar'], 'no model for them is named', '--embedding-model'],
    [
      'with a model that is not offered',
      ['--score', 'similar', '--embedding-model', 'text-embedding-9'],
      '"text-embedding-9"',
      'promptgrid models',
    ],
    ['with an empty text', ['--score', 'similar: ', ...SIMILAR.slice(2)], 'an empty text', 'give the text'],
  ] as const)('%s', async ([, words, message, hint], { desk }) => {
    const gateway = await setUp(desk);
    const told = await refused(desk, gateway, ['run', ...GRID, ...words, '--base-url', gateway.url, '--out', 'run']);
    expect(told).toEqual({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });

  it('for an assertion in a row', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.write('rows.csv', 'id,question,__expected\na,Capital of France?,similar:Paris\n');
    const told = await refused(desk, gateway, ['run', ...GRID, '--base-url', gateway.url, '--out', 'run']);
    expect(told).toEqual({
      message: expect.stringContaining('rows.csv:2: the column "__expected" of row a: embeddings are to be compared'),
      hint: expect.stringContaining('--embedding-model'),
    });
  });
});
