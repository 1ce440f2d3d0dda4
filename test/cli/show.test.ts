import { rm, writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { isJsonObject, type JsonObject, listOf } from '../../src/core/json.ts';
import { widthOf } from '../../src/reporters/fold.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';
import { HOSTILE, obeyedBy } from '../support/terminal.ts';

const CITIES = ['Париж', 'Токио', 'Rome', 'Oslo'];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'yandexgpt'];

interface Script {
  readonly model: string;
  readonly row: number;
  readonly output: string;
}

/** A run of four questions whose answers are right but for those given. */
async function run(desk: Desk, out: string, wrong: readonly Script[], words: readonly string[] = []): Promise<void> {
  const rows = CITIES.map((city, row) => `q${row + 1},Capital ${row + 1}?,${city}`);
  await desk.write('rows.csv', `id,question,expected\n${rows.join('\n')}\n`);
  const answers = MODELS.flatMap((model) =>
    CITIES.map((city, row) => {
      const given = wrong.find((one) => one.model === model && one.row === row + 1);
      return JSON.stringify({ model, contains: `Capital ${row + 1}?`, output: given?.output ?? city });
    }),
  );
  await desk.write('answers.jsonl', answers.join('\n'));
  const grid = ['rows.csv', '-m', MODELS.join(','), '--prompt', 'Name it: {{ question }}', '--score', 'exact'];
  await desk.pass(['run', ...grid, '--simulate', 'answers.jsonl', '--out', out, ...words]);
}

async function document(desk: Desk, words: readonly string[]): Promise<JsonObject> {
  return parseObject((await desk.pass(['show', ...words, '--json'])).stdout);
}

function rowsOf(shown: JsonObject): readonly JsonObject[] {
  return listOf(shown['rows']).filter(isJsonObject);
}

/** Of the first row. */
function answersOf(shown: JsonObject): readonly unknown[] {
  return listOf(rowsOf(shown)[0]?.['answers']);
}

const WRONG: readonly Script[] = [
  ...MODELS.map((model) => ({ model, row: 2, output: 'Kyoto' })),
  { model: 'yandexgpt', row: 3, output: 'Milan' },
];

describe.concurrent('promptgrid show', { timeout: 60_000 }, () => {
  it('shows a row: question, expected answer and all answers, with the dataset gone', async ({ desk }) => {
    await run(desk, 'run', WRONG);
    await rm(desk.path('rows.csv'));
    const { stdout, stderr } = await desk.pass(['show', 'run', 'q3'], { env: { COLUMNS: '100' } });
    expect(stdout).toContain('question\n  Name it: Capital 3?\nexpected\n  Rome\n');
    expect(stdout).toMatch(/^ gpt-4o +gpt-4o-mini +yandexgpt$/m);
    expect(stdout).toMatch(/^ Rome +Rome +Milan$/m);
    expect(stdout).toMatch(/^ passed +passed +failed$/m);
    expect(stdout).toMatch(/^ exact 1 +exact 1 +exact 0$/m);
    expect(stdout).toMatch(/^ \d+ → \d+ tokens · /m);
    expect(stderr).toContain('simulated answers');
  });

  it('prints one document that scripts rely on', async ({ desk }) => {
    await run(desk, 'run', WRONG);
    const shown = await document(desk, ['run', 'q3']);
    expect(shown).toMatchObject({ run: 'run', matching: 1 });
    const [row] = rowsOf(shown);
    expect(row).toMatchObject({
      rowId: 'q3',
      vars: { id: 'q3', question: 'Capital 3?', expected: 'Rome' },
      messages: [{ role: 'user', content: 'Name it: Capital 3?' }],
      expected: 'Rome',
    });
    expect(row).not.toHaveProperty('flips');
    expect(listOf(row?.['answers'])[2]).toEqual({
      prompt: 'p1',
      model: 'yandexgpt',
      provider: 'gptunnel',
      temperature: null,
      repeat: 1,
      status: 'completed',
      output: 'Milan',
      thoughts: null,
      finishReason: 'stop',
      passed: false,
      scores: [{ name: 'exact', value: 0, explanation: null }],
      tokens: { prompt: expect.any(Number), completion: expect.any(Number) },
      cost: { total: expect.any(String), currency: 'RUB' },
      latencyMs: expect.any(Number),
      attempts: 1,
      cached: false,
      error: null,
    });
  });

  it('begins with the rows worth a look: those that divide variants, then those that failed', async ({ desk }) => {
    await run(desk, 'run', WRONG);
    const shown = await document(desk, ['run']);
    expect(shown).toMatchObject({ choice: 'worth a look', read: 4, matching: 2 });
    expect(rowsOf(shown).map(({ rowId }) => rowId)).toEqual(['q3', 'q2']);
    const { stdout } = await desk.pass(['show', 'run', '--limit', '1']);
    expect(stdout).toMatch(/^run: 2 of 4 rows failed, or variants disagree\n/);
    expect(stdout).toMatch(/\n1 more: --limit 2 shows all\n$/);
    expect(stdout).not.toContain('Kyoto');
  });

  it('puts a critical row that failed before all others', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,expected,critical\na,1,x,\nb,2,x,\nc,3,y,yes\n');
    await desk.write(
      'answers.jsonl',
      ['1', '2', '3'].map((prompt) => JSON.stringify({ prompt, output: 'z' })).join('\n'),
    );
    await desk.pass([
      'run',
      'rows.csv',
      '-m',
      'gpt-4o',
      '--score',
      'exact',
      '--simulate',
      'answers.jsonl',
      '--out',
      'run',
    ]);
    expect(rowsOf(await document(desk, ['run', '--limit', '2'])).map(({ rowId }) => rowId)).toEqual(['c', 'a']);
  });

  it('shows the first rows, and says so, if nothing failed', async ({ desk }) => {
    await run(desk, 'run', []);
    const { stdout } = await desk.pass(['show', 'run', '--limit', '2']);
    expect(stdout).toMatch(/^run: of 4 rows none failed and none has variants that disagree; the first\n/);
    expect(stdout.match(/^── q\d/gm)).toEqual(['── q1', '── q2']);
    expect(rowsOf(await document(desk, ['run', '--failed']))).toEqual([]);
  });

  it('shows rows without a score whose answers differ', async ({ desk }) => {
    await desk.write('rows.csv', 'prompt\nsame\nother\n');
    const answers = [
      { model: 'gpt-4o', prompt: 'other', output: 'one' },
      { model: 'gpt-4o-mini', prompt: 'other', output: 'two' },
      { prompt: 'same', output: 'three' },
    ];
    await desk.write('answers.jsonl', answers.map((answer) => JSON.stringify(answer)).join('\n'));
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--simulate', 'answers.jsonl', '--out', 'run']);
    expect(rowsOf(await document(desk, ['run'])).map(({ rowId }) => rowId)).toEqual(['2']);
    expect(rowsOf(await document(desk, ['run', '--failed']))).toEqual([]);
  });

  it('says why a trial errored, and finds it with --failed', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate5xx: 1 } });
    await desk.write('rows.csv', 'prompt\nhello\n');
    const words = ['-m', 'gpt-4o', '--base-url', gateway.url, '--max-attempts', '1', '--out', 'run'];
    expect((await desk.run(['run', 'rows.csv', ...words])).status).not.toBe(2);
    const { stdout } = await desk.pass(['show', 'run', '--failed']);
    expect(stdout).toMatch(/^ {2}errored: (?:server_error|overloaded): HTTP 5\d\d/m);
    const [row] = rowsOf(await document(desk, ['run', '--failed']));
    expect(listOf(row?.['answers'])[0]).toMatchObject({ status: 'errored', output: null, scores: [], passed: null });
  });

  it('refuses an unknown row and names the nearest', async ({ desk }) => {
    await run(desk, 'run', []);
    const { status, stderr, stdout } = await desk.run(['show', 'run', 'q33']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe('error run: has no row "q33"\nhint  nearest ids: q3, q1, q2\n');
  });

  it.for([
    [['q1', '--failed'], /a row id and --failed both choose rows/],
    [['--failed', '--flipped', 'run'], /--failed and --flipped both choose rows/],
    [['--limit', '0'], /--limit must be a whole number from 1 to 1000/],
  ] as const)('refuses %j', async ([words, why], { desk }) => {
    const { status, stderr } = await desk.run(['show', 'run', ...words]);
    expect(status).toBe(2);
    expect(stderr).toMatch(why);
  });

  it('refuses a folder without a run, and a run without results', async ({ desk }) => {
    expect(await desk.run(['show', 'nothing'])).toMatchObject({ status: 2, stderr: /holds no run/ });
    await run(desk, 'run', [], ['--format', 'wide-csv']);
    expect(await desk.run(['show', 'run'])).toMatchObject({ status: 2, stderr: /results\.jsonl/ });
  });

  it('reads any format of results', async ({ desk }) => {
    await run(desk, 'run', WRONG, ['--format', 'csv']);
    await run(desk, 'parquet', WRONG, ['--format', 'parquet']);
    const [csv, parquet] = [await document(desk, ['run', 'q3']), await document(desk, ['parquet', 'q3'])];
    expect(answersOf(csv)).toMatchObject([{ output: 'Rome' }, {}, { output: 'Milan', passed: false }]);
    expect(answersOf(parquet)).toMatchObject([{ output: 'Rome' }, {}, { output: 'Milan', passed: false }]);
  });

  it('shows rows that flipped since another run, with its answers', async ({ desk }) => {
    await run(desk, 'old', [{ model: 'gpt-4o', row: 1, output: 'Lyon' }]);
    await run(desk, 'new', WRONG);
    const shown = await document(desk, ['new', '--flipped', 'old']);
    expect(shown).toMatchObject({ choice: 'flipped', matching: 3 });
    const rows = rowsOf(shown);
    expect(rows.map(({ rowId }) => rowId)).toEqual(['q2', 'q3', 'q1']);
    expect(rows[1]?.['flips']).toMatchObject([
      {
        direction: 'worse',
        base: { model: 'yandexgpt' },
        baseOutput: 'Rome',
        candidateOutput: 'Milan',
        expected: 'Rome',
      },
    ]);
    const { stdout } = await desk.pass(['show', 'new', '--flipped', 'old', '--limit', '2']);
    expect(stdout).toMatch(/^ base: p1 · yandexgpt +gpt-4o +gpt-4o-mini +yandexgpt$/m);
    expect(stdout).toMatch(/^ Rome +Rome +Rome +Milan$/m);
    await desk.pass(['baseline', 'save', 'old', 'old.jsonl']);
    expect((await desk.pass(['show', 'new', '--flipped', 'old.jsonl'])).stdout).toContain('(not kept)');
  });

  it('shows as many flipped rows as asked for, although one flips to worse and to better', async ({ desk }) => {
    await desk.write('both.csv', 'id,question\nq1,First?\nq2,Second?\n');
    for (const [folder, first, second] of [
      ['before', 'A', 'none'],
      ['after', 'B', 'B'],
    ] as const) {
      const answers = [
        { contains: 'First', output: first },
        { contains: 'Second', output: second },
      ];
      await desk.write('both.jsonl', answers.map((answer) => JSON.stringify(answer)).join('\n'));
      const grid = ['--simulate', 'both.jsonl', '-m', 'gpt-4o', '--prompt', '{{ question }}', '--no-cache'];
      const scores = ['--score', 'regex:A', '--score', 'starts-with:B'];
      await desk.pass(['run', 'both.csv', ...grid, ...scores, '--out', folder]);
    }
    const shown = await document(desk, ['after', '--flipped', 'before', '--limit', '2']);
    expect(rowsOf(shown).map(({ rowId }) => rowId)).toEqual(['q1', 'q2']);
  });

  it('shows each repeat, and what each prompt asked', async ({ desk }) => {
    await run(desk, 'run', [], ['--prompt', 'Where? {{ question }}', '--repeat', '2']);
    const { stdout } = await desk.pass(['show', 'run', 'q1']);
    expect(stdout).toContain('question of p1\n  Name it: Capital 1?\nquestion of p2\n  Where? Capital 1?\n');
    expect(stdout).toContain(' p1 · gpt-4o · repeat 1 ');
    expect(stdout).toContain(' p2 · yandexgpt · repeat 2');
    const [row] = rowsOf(await document(desk, ['run', 'q1']));
    expect(row?.['messagesByPrompt']).toMatchObject({ p1: [{ role: 'user' }], p2: [{ content: 'Where? Capital 1?' }] });
    expect(listOf(row?.['answers'])).toHaveLength(12);
  });
});

describe.concurrent('texts that promptgrid show prints', { timeout: 60_000 }, () => {
  const HOSTILES = [
    HOSTILE,
    '漢字'.repeat(200),
    'שלום \u202Eעולם'.repeat(50),
    '👩‍👩‍👧'.repeat(60),
    `${'\t'.repeat(9)}x`,
  ];

  it.for([40, 80, 200])('fit %i columns and cannot control a terminal', async (columns, { desk }) => {
    await run(desk, 'run', HOSTILES.flatMap((output) => ({ model: 'gpt-4o', row: 1, output })).slice(0, 1));
    for (const [place, output] of HOSTILES.entries()) {
      const wrong = MODELS.map((model) => ({ model, row: 1, output }));
      await run(desk, `run${place}`, wrong);
      const { stdout } = await desk.pass(['show', `run${place}`, '--full'], { env: { COLUMNS: String(columns) } });
      expect(stdout).toContain('q1');
      expect(obeyedBy(stdout)).toEqual([]);
      expect(stdout.split('\n').filter((line) => widthOf(line) > columns)).toEqual([]);
    }
  });

  it('are cut, and whole with --full', async ({ desk }) => {
    const megabyte = `${'слово '.repeat(100_000)}${'漢'.repeat(200_000)}end`;
    await run(desk, 'run', [{ model: 'gpt-4o', row: 1, output: megabyte }]);
    const cut = await desk.pass(['show', 'run', 'q1'], { env: { COLUMNS: '80' } });
    expect(cut.stdout.length).toBeLessThan(5000);
    expect(cut.stdout).toMatch(/… 799,\d{3} more characters: --full/);
    const startedMs = performance.now();
    const full = await desk.pass(['show', 'run', 'q1', '--full'], { env: { COLUMNS: '80' } });
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    expect(full.stdout).not.toContain('more characters');
    expect(full.stdout.match(/漢/g)).toHaveLength(200_000);
    expect(full.stdout).toContain('end');
    const [row] = rowsOf(await document(desk, ['run', 'q1']));
    expect(listOf(row?.['answers'])[0]).toMatchObject({ output: megabyte });
  });

  it('leave out thoughts but for one line, unless they are asked for', async ({ desk }) => {
    const thoughts = `First I think.\n${'Then on. '.repeat(100)}Last.`;
    await run(desk, 'run', [{ model: 'gpt-4o', row: 1, output: `<think>${thoughts}</think>Lyon` }]);
    const folded = await desk.pass(['show', 'run', 'q1'], { env: { COLUMNS: '100' } });
    expect(folded.stdout).toMatch(/^ 920 characters of thoughts:/m);
    expect(folded.stdout).not.toContain('Then on. Then on. Then on. Then on. Then on.');
    const shown = await desk.pass(['show', 'run', 'q1', '--thoughts', '--full'], { env: { COLUMNS: '40' } });
    expect(shown.stdout).toContain('thoughts:\n  First I think.\n  Then on. Then on.');
    expect(shown.stdout).toContain('Last.');
  });

  it('are corrected by the journal if the result file was edited', async ({ desk }) => {
    await run(desk, 'run', WRONG);
    const text = await desk.read('run/results.jsonl');
    await writeFile(desk.path('run/results.jsonl'), text.replace('"output":"Milan"', '"output":"Rome"'));
    const { stdout, stderr } = await desk.pass(['show', 'run', 'q3', '--json']);
    expect(stderr).toContain('differs from what the run wrote');
    expect(stdout).toContain('"output": "Milan"');
  });
});
