import { describe, expect } from 'vitest';
import type { Desk, Ended } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run'];
const SCORED: readonly string[] = ['--score', 'module:./own.mjs'];

/** A run scored by a module of this text. */
async function scoredBy(desk: Desk, module: string, more = SCORED, rows = 3): Promise<Ended> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(rows));
  await desk.write('own.mjs', module);
  return desk.run([...RUN, ...more, '--base-url', gateway.url]);
}

describe.concurrent("a fault of a scorer's module", { timeout: 60_000 }, () => {
  it.for([
    ['that never ends to load', 'await new Promise(() => {});\nexport default () => 1;\n', 'its top-level await waits'],
    ['that ends its thread when it is loaded', 'process.exit(7);', 'it ended with exit code 7'],
    [
      'in a timer when it is loaded',
      'setTimeout(() => { throw new Error("alone"); });\nawait new Promise(() => {});',
      'alone',
    ],
  ])('%s is named before anything is paid', async ([, module = '', reason = ''], { desk }) => {
    const { status, stderr } = await scoredBy(desk, module);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error --score module:\.\/own\.mjs: \.\/own\.mjs cannot be loaded: /m);
    expect(stderr).toContain(reason);
    expect((await desk.gateway()).stats().served).toBe(0);
  });

  it.for([
    ['a promise left alone', 'export default () => { void Promise.reject(new Error("alone")); return 1; };'],
    ['one rejected without an error', 'export default () => { void Promise.reject("alone"); return 1; };'],
    [
      'an error in a timer',
      'import { setTimeout as delay } from "node:timers/promises";\n' +
        'let calls = 0;\nexport default async () => { if (calls++ > 0) await delay(50);\n' +
        'else setTimeout(() => { throw new Error("alone"); }); return 1; };',
    ],
  ])('in %s is a warning, and the run ends as usual', async ([, module = ''], { desk }) => {
    const { status, stderr } = await scoredBy(desk, module);
    expect(stderr).toMatch(/^warning: \.\/own\.mjs: it let an error go that nothing caught: .*alone/m);
    expect(status).toBe(0);
    expect((await csvResults(desk, 'run')).map((row) => row['score.own'])).toContain('1.0');
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
    ['ends its thread', 'process.exit(0)', 'the module is gone: it ended with exit code 0'],
    ['never returns', 'for (;;);', 'the module took longer than 1 s'],
  ])('that %s for an answer leaves that one unjudged', async ([, code = '', reason = ''], { desk }) => {
    const module = `export default ({ rowId }) => { if (rowId === 'r2') { ${code} } return 1; };`;
    await desk.write('promptgrid.yaml', 'score: [{ type: module, path: ./own.mjs, timeout: 1 }]\n');
    const { status } = await scoredBy(desk, module, []);
    expect(status).toBe(0);
    expect((await csvResults(desk, 'run')).map((row) => [row['score.own'], row['reason.own']])).toEqual([
      ['1.0', ''],
      ['', reason],
      ['1.0', ''],
    ]);
  });

  it('on every answer ends with the third', async ({ desk }) => {
    const { status, stdout } = await scoredBy(desk, 'export default () => process.exit(0);', SCORED, 200);
    expect(status).toBe(3);
    expect(stdout).toContain('any of 200 answers: the module is gone: it ended with exit code 0; and 1 more reason');
  });

  it('that prints shows it as warnings, and leaves the JSON document alone', async ({ desk }) => {
    const module = 'console.log("loaded");\nexport default () => { process.stdout.write("asked\\n"); return 1; };';
    const { status, stdout, stderr } = await scoredBy(desk, module, [...SCORED, '--json']);
    expect(status).toBe(0);
    expect(parseObject(stdout)).toMatchObject({ completed: 3 });
    expect(stderr).toContain('warning: ./own.mjs: loaded\n');
    expect(stderr).toContain('warning: ./own.mjs: asked\n');
    const again = await desk.pass(['score', 'run', ...SCORED, '--json']);
    expect(parseObject(again.stdout)).toHaveProperty('run');
    expect(again.stderr).toContain('warning: ./own.mjs: asked\n');
  });
});
