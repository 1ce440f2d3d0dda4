import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, objectAt, parseObject } from '../support/results.ts';

/** 40 rows, of which ten share a document, and the answers of two models. The second fails that document. */
async function setUp(desk: Desk): Promise<void> {
  const rows = Array.from({ length: 40 }, (_, row) => row);
  const lines = rows.map((row) => `r${row},d${row < 10 ? 0 : row},Q ${row}.,${row % 4 === 3 ? 'no' : 'yes'},yes`);
  await desk.write('rows.csv', `id,doc,prompt,expected,gold\n${lines.join('\n')}\n`);
  const answers = rows.flatMap((row) =>
    ['one', 'two'].map((model) => ({ model, prompt: `Q ${row}.`, output: model === 'two' && row < 10 ? 'no' : 'yes' })),
  );
  await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
}

const RUN = ['run', 'rows.csv', '-m', 'one,two', '--simulate', 'answers.jsonl', '--score', 'exact', '--out', 'run'];
const OWN = ['--expected', 'gold', '--cluster', 'doc', '--good-enough', '30', '--min', 'exact=0.5'];
const AGAIN = ['score', 'run', '--score', 'exact'];

const summaryOf = async (desk: Desk): Promise<unknown> => parseObject(await desk.read('run/summary.json'));
const settingsOf = async (desk: Desk): Promise<unknown> =>
  objectAt(parseObject(await desk.read('run/run.json')), 'settings');

describe.concurrent('the settings of a run that is scored again', { timeout: 120_000 }, () => {
  it('give the same answers the same verdicts, gates and files', async ({ desk }) => {
    await setUp(desk);
    expect((await desk.run([...RUN, ...OWN])).status).toBe(1);
    const [summary, settings, report] = [
      await summaryOf(desk),
      await settingsOf(desk),
      await desk.pass(['report', 'run']),
    ];
    const { stderr } = await desk.pass(AGAIN);
    expect(stderr).not.toContain('from now on');
    expect(await summaryOf(desk)).toEqual(summary);
    expect(await settingsOf(desk)).toEqual(settings);
    expect((await desk.pass(['report', 'run'])).stdout).toBe(report.stdout);
    // Under a verdict of people, too.
    const [first] = await csvResults(desk, 'run');
    await desk.write('labels.csv', `trial_id,label\n${first?.['trial_id']},good\n`);
    await desk.pass(['score', 'run', '--labels', 'labels.csv']);
    expect(await settingsOf(desk)).toEqual(settings);
  });

  it.for([
    ['a flag', ['--cluster', ''], {}, null],
    ['the environment', [], { PROMPTGRID_CLUSTER: 'id' }, null],
    ['the settings file', [], {}, 'cluster: id\n'],
  ] as const)('are changed by %s, and a line says so', async ([, flags, env, file], { desk }) => {
    await setUp(desk);
    await desk.run([...RUN, ...OWN]);
    if (file !== null) await desk.write('promptgrid.yaml', file);
    const now = flags.length === 0 ? 'id' : null;
    const { stderr, stdout } = await desk.pass([...AGAIN, ...flags, '--json'], { env });
    expect(stderr).toContain(`the run's cluster was doc, and is ${now ?? 'none'} from now on\n`);
    expect(parseObject(stdout)).toMatchObject({ changes: [{ setting: 'cluster', before: 'doc', now }] });
    expect(await settingsOf(desk)).toMatchObject({ cluster: now, goodEnoughPoints: 30, expectedColumn: 'gold' });
  });

  it('are changed one by one', async ({ desk }) => {
    await setUp(desk);
    await desk.run([...RUN, ...OWN]);
    const { stderr } = await desk.pass([...AGAIN, '--good-enough', '7', '--expected', 'expected', '--cluster', 'id']);
    for (const [setting, before, now] of [
      ['expected', 'gold', 'expected'],
      ['cluster', 'doc', 'id'],
      ['goodEnough', '30 points', '7 points'],
    ]) {
      expect(stderr).toContain(`the run's ${setting} was ${before}, and is ${now} from now on\n`);
    }
  });

  it("leave the cluster out with --cluster '' in every command that takes one", async ({ desk }) => {
    await setUp(desk);
    await desk.run([...RUN, ...OWN]);
    const none = ['--cluster', ''];
    const testOf = async (...words: readonly string[]): Promise<string | undefined> =>
      /"test": ?"([^"]+)"/.exec((await desk.pass(['report', 'run', '--json', ...words])).stdout)?.[1];
    expect([await testOf(), await testOf(...none)]).toEqual(['sign-flip', 'mcnemar']);
    const compare = ['compare', 'run', 'run', '--json'];
    expect(parseObject((await desk.pass(compare)).stdout)).toMatchObject({ clusters: { column: 'doc' } });
    expect(parseObject((await desk.pass([...compare, ...none])).stdout)).toMatchObject({ clusters: null });
    await desk.write('promptgrid.yaml', 'cluster: doc\n');
    await desk.run([...RUN, ...none]);
    expect(await settingsOf(desk)).toMatchObject({ cluster: null });
  });
});

describe.concurrent('the models of a run that is scored again', { timeout: 120_000 }, () => {
  const GRID = ['run', 'rows.csv', '-m', 'gpt-4o', '-t', '0', '--max-tokens', '20', '--out', 'run'];
  const JUDGED = ['--score', 'judge', '--score', 'similar', '--judge-against', 'human'];
  const MODELS = ['--judge-model', 'gpt-4o-mini', '--embedding-model', 'text-embedding-3-small'];
  const ROWS = 'id,prompt,expected,human\na,Say hello,hello,yes\nb,Say bye,bye,no\n';

  it('are its own, whatever it was scored by meanwhile', async ({ desk }) => {
    await desk.write('rows.csv', ROWS);
    const gateway = await desk.gateway();
    await desk.pass([...GRID, ...JUDGED, ...MODELS, '--provider', 'custom', '--base-url', gateway.url]);
    await gateway.close();
    const [summary, settings, rows] = [await summaryOf(desk), await settingsOf(desk), await csvResults(desk, 'run')];
    const exact = await desk.pass(AGAIN);
    expect(exact.stderr).not.toContain('from now on');
    await desk.pass(['score', 'run', '--score', 'judge', '--score', 'similar']);
    expect(await csvResults(desk, 'run')).toEqual(rows);
    expect(await summaryOf(desk)).toEqual(summary);
    expect(await settingsOf(desk)).toEqual(settings);
  });

  it.for([
    ['judge', '--judge-model gpt-4o'],
    ['similar', '--embedding-model text-embedding-3-small'],
  ] as const)('are needed by %s, which says how to have answers judged', async ([scorer, flag], { desk }) => {
    await desk.write('rows.csv', ROWS);
    await desk.pass([...GRID, '--simulate']);
    const { status, stderr } = await desk.run(['score', 'run', '--score', scorer]);
    expect(status).toBe(2);
    expect(stderr).toContain(`calls no model: give the run command again with this scorer and ${flag}\n`);
    expect(stderr).not.toContain('paid');
  });
});
