import { describe, expect } from 'vitest';
import { type Desk, type Ended, it } from '../support/cli.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--score', 'module:./own.mjs'];

/** A run scored by a module of this text. */
async function scoredBy(desk: Desk, module: string): Promise<Ended> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(3));
  await desk.write('own.mjs', module);
  return desk.run([...RUN, '--base-url', gateway.url]);
}

describe.concurrent("a fault of a scorer's module", { timeout: 60_000 }, () => {
  it('that never ends to load is named before anything is paid', async ({ desk }) => {
    const { status, stderr } = await scoredBy(desk, 'await new Promise(() => {});\nexport default () => 1;\n');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error .*\.\/own\.mjs cannot be loaded: its top-level await waits/m);
    expect(stderr).not.toContain('error in promptgrid itself');
  });

  it.for([
    ['a promise left alone', 'export default () => { void Promise.reject(new Error("alone")); return 1; };'],
    ['one rejected without an error', 'export default () => { void Promise.reject("alone"); return 1; };'],
    ['an error in a timer', 'export default () => { setTimeout(() => { throw new Error("alone"); }); return 1; };'],
  ])('in %s is a warning, and the run ends as usual', async ([, module = ''], { desk }) => {
    const { status, stderr } = await scoredBy(desk, module);
    expect(stderr.match(/^warning: \.\/own\.mjs let an error go that nothing caught: .*alone/gm)).toHaveLength(1);
    expect(status).toBe(0);
    expect((await csvResults(desk, 'run')).map((row) => row['score.own'])).toEqual(['1.0', '1.0', '1.0']);
  });

  it('that its promise waits for leaves the answer unjudged', async ({ desk }) => {
    const module = `export default ({ rowId }) => new Promise((done) => {
      setTimeout(() => { if (rowId === 'r2') throw new Error('alone'); done(1); });
    });`;
    const { status } = await scoredBy(desk, module);
    expect(status).toBe(0);
    expect((await csvResults(desk, 'run')).map((row) => [row['score.own'], row['reason.own']])).toEqual([
      ['1.0', ''],
      ['', 'the module threw: alone'],
      ['1.0', ''],
    ]);
  });

  it.for([
    ['when it is loaded', 'process.exit(0);', 2],
    ['for an answer', 'export default () => process.exit(0);', 4],
    ['later', 'export default () => new Promise(() => { setTimeout(() => process.exit(1)); });', 4],
  ] as const)('that ends the process %s is not taken for success', async ([, module, expected], { desk }) => {
    const { status, stderr } = await scoredBy(desk, module);
    expect(status).toBe(expected);
    expect(stderr).toMatch(/^error the process was ended by code of \.\/own\.mjs: process\.exit/m);
    await desk.write('own.mjs', 'export default () => 1;');
    await desk.pass([...RUN, '--base-url', (await desk.gateway()).url]);
    expect(await csvResults(desk, 'run')).toHaveLength(3);
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'completed' });
  });
});
