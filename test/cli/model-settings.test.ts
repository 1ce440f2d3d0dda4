import { describe, expect } from 'vitest';
import { resolveFlags } from '../../src/app/config/from-flags.ts';
import { withEarlierNames } from '../../src/app/run/earlier-names.ts';
import { executeRun, runEnvironment } from '../../src/app/run/index.ts';
import { chatServer } from '../support/chat-server.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonlResults, parseObject, questions } from '../support/results.ts';

function settings(first: string, second: string, model: string): string {
  return `
dataset: rows.csv
prompt: {short: "{{ prompt }}", long: "Think. {{ prompt }}"}
temperature: [0, 0.7]
score: exact
currency: USD
model:
  - one/fast
  - {id: ${model}, provider: two, label: careful, temperature: 0.3, maxTokens: 64, params: {seed: 7}, price: [1, 2]}
exclude:
  - {prompt: long, model: fast, temperature: 0.7}
include:
  - {prompt: short, model: careful, temperature: 1}
providers:
  one: {kind: custom, baseUrl: "${first}/v1"}
  two: {kind: custom, baseUrl: "${second}/v1"}
`;
}

describe('a grid whose models have settings of their own', () => {
  it('sends each model what is its own, and names it by its label', async ({ desk, onTestFinished }) => {
    const [first, second] = [
      await chatServer({ onTestFinished }, () => 'yes'),
      await chatServer({ onTestFinished }, () => 'no'),
    ];
    await desk.write('rows.csv', questions(2));
    await desk.write('promptgrid.yaml', settings(first.origin, second.origin, 'org/deep'));
    const { stdout, stderr } = await desk.pass(['run', '--out', 'run', '--json']);
    expect(parseObject(stdout)).toMatchObject({ trials: 12, completed: 12, errored: 0 });
    expect(stderr).not.toContain('is not used');
    expect(first.calls.map(({ model, temperature }) => [model, temperature])).toEqual(
      Array.from({ length: 6 }, () => ['fast', expect.any(Number)]),
    );
    expect(second.calls.map(({ model }) => model)).toEqual(Array.from({ length: 6 }, () => 'org/deep'));
    const lines = await jsonlResults(desk, 'run');
    const variants = lines
      .slice(0, 6)
      .map(({ prompt, model, label, temperature }) => [prompt, model, label, temperature]);
    expect(variants).toEqual([
      ['short', 'fast', null, 0],
      ['short', 'fast', null, 0.7],
      ['short', 'org/deep', 'careful', 0.3],
      ['short', 'org/deep', 'careful', 1],
      ['long', 'fast', null, 0],
      ['long', 'org/deep', 'careful', 0.3],
    ]);
    // 10 tokens in and 5 out, at 1 and 2 dollars a million.
    expect(lines.filter(({ label }) => label === 'careful').map(({ total_cost: cost }) => cost)).toEqual(
      Array.from({ length: 6 }, () => '0.00002'),
    );
    expect((await desk.pass(['report', 'run'])).stdout).toMatch(/^ short · careful · t=0\.3 /m);
  });

  it('is resumed, scored and compared by labels', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, ({ content }) => content);
    await desk.write('rows.csv', questions(2));
    for (const [name, model] of [
      ['old', 'deep-1'],
      ['new', 'deep-2'],
    ]) {
      await desk.write('promptgrid.yaml', settings(server.origin, server.origin, model ?? ''));
      await desk.pass(['run', '--out', name ?? '']);
    }
    const calls = server.calls.length;
    const { stderr } = await desk.pass(['run', '--out', 'new']);
    expect(stderr).toContain('nothing to do');
    await desk.pass(['score', 'new', '--score', 'contains']);
    expect((await csvResults(desk, 'new')).map(({ label }) => label)).toEqual([
      '',
      '',
      'careful',
      'careful',
      '',
      'careful',
      '',
      '',
      'careful',
      'careful',
      '',
      'careful',
    ]);
    await desk.pass(['score', 'new', '--score', 'exact']);
    expect(server.calls).toHaveLength(calls);
    const { stdout } = await desk.run(['compare', 'old', 'new', '--json']);
    const { pairs } = parseObject(stdout);
    expect(pairs).toMatchObject([
      { base: { prompt: 'short', model: 'fast', temperature: 0 } },
      { base: { prompt: 'short', model: 'fast', temperature: 0.7 } },
      {
        base: { model: 'deep-1', label: 'careful', temperature: 0.3 },
        candidate: { model: 'deep-2', label: 'careful' },
      },
      { base: { model: 'deep-1', label: 'careful', temperature: 1 }, candidate: { model: 'deep-2', label: 'careful' } },
      { base: { prompt: 'long', model: 'fast', temperature: 0 } },
      { base: { prompt: 'long', model: 'deep-1' }, candidate: { prompt: 'long', model: 'deep-2' } },
    ]);
  });

  it('is refused if a rule means no variant', async ({ desk }) => {
    await desk.write('rows.csv', questions(1));
    await desk.write('promptgrid.yaml', 'prompt: "{{ prompt }}"\nmodel: a\nexclude: [{model: b}]\n');
    const { stderr, status } = await desk.run(['run', 'rows.csv', '--simulate', '--out', 'run']);
    expect(stderr).toContain('exclude: the grid has no model "b"');
    expect(status).toBe(2);
  });
});

const grid = (first: string, second: string, models: string): string => `
dataset: rows.csv
temperature: 0
score: exact
model: [${models}]
providers:
  one: {kind: custom, baseUrl: "${first}/v1"}
  two: {kind: custom, baseUrl: "${second}/v1"}
`;

describe('one model at two providers', () => {
  it('is named by its providers, so that every command tells the two apart', async ({ desk, onTestFinished }) => {
    const [first, second] = [
      await chatServer({ onTestFinished }, () => '2'),
      await chatServer({ onTestFinished }, () => 'no'),
    ];
    await desk.write('rows.csv', questions(3));
    await desk.write('promptgrid.yaml', grid(first.origin, second.origin, 'one/m1, two/m1, one/m2'));
    await desk.run(['run', '--out', 'run']);
    const named = (await csvResults(desk, 'run')).slice(0, 3).map(({ model, label }) => [model, label]);
    expect(named).toEqual([
      ['m1', 'one/m1'],
      ['m1', 'two/m1'],
      ['m2', ''],
    ]);
    const again = await desk.run(['run', '--out', 'run']);
    expect(first.calls.length + second.calls.length).toBe(9);
    expect(again.stderr).toContain('nothing');
    await desk.pass(['baseline', 'save', 'run', 'base.jsonl']);
    const compared = await desk.pass(['compare', 'base.jsonl', 'run', '--json']);
    expect(parseObject(compared.stdout)).toMatchObject({ verdict: 'unchanged', pairs: [{}, {}, {}] });
    await desk.pass(['score', 'run', '--score', 'contains']);
    await desk.pass(['show', 'run', '--flipped', 'base.jsonl']);
  });

  it('keeps the names of a run that was begun without providers in them', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => '2');
    await desk.write('rows.csv', questions(1));
    await desk.write('promptgrid.yaml', grid(server.origin, server.origin, 'one/m1'));
    await desk.run(['run', '--out', 'run']);
    const models = ['one', 'two'].map((provider) => ({
      ref: { provider, model: 'm1' },
      label: `${provider}/m1`,
      temperatures: [0],
      params: {},
    }));
    const config = { models, output: { overwrite: false } };
    const kept = await withEarlierNames(config, desk.path('run'));
    expect(kept.config.models.map(({ label }) => label)).toEqual([undefined, undefined]);
    expect(kept.warnings).toEqual([expect.stringContaining('do not tell one/m1 and two/m1 apart')]);
    const anew = { models, output: { overwrite: true } };
    expect(await withEarlierNames(anew, desk.path('run'))).toEqual({ config: anew, warnings: [] });
  });

  it('is estimated as what it has paid, if it was begun without providers in its names', async ({
    desk,
    onTestFinished,
  }) => {
    // Of one server, the second model's answers might come from the cache.
    const servers = [await chatServer({ onTestFinished }, () => '2'), await chatServer({ onTestFinished }, () => '2')];
    const [one = '', two = ''] = servers.map(({ origin }) => origin);
    await desk.write('rows.csv', questions(3));
    await desk.write('promptgrid.yaml', grid(one, two, 'one/m1, two/m1'));
    const flags = { config: desk.path('promptgrid.yaml'), dataset: desk.path('rows.csv') };
    const given = { env: {}, folder: desk.folder, now: () => new Date() };
    const config = await resolveFlags({ ...flags, out: desk.path('run') }, given);
    const models = config.models.map((model) => ({ ...model, label: undefined }));
    const { trials } = await executeRun({ ...config, models }, runEnvironment({}));
    const { stdout, stderr } = await desk.pass(['estimate', '--out', 'run', '--json']);
    expect(parseObject(stdout)).toMatchObject({ trials, done: trials });
    expect(stderr).toContain('do not tell one/m1 and two/m1 apart');
    await desk.pass(['run', '--out', 'run']);
    expect(servers.flatMap(({ calls }) => calls)).toHaveLength(trials);
  });
});
