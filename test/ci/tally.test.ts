import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { type Desk, it } from '../support/cli.ts';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const TALLY = fileURLToPath(new URL('../../.ci/tally.mjs', import.meta.url));

/** One test of every end. */
const ENDS = `
it('passes', () => {});
it.skip('is left out', () => {});
it.todo('is to come');
describe('a sum', () => { it('is right', () => { expect(1 + 1).toBe(3); }); });
`;

function node(desk: Desk, words: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { cwd: desk.folder, encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), stderr, status };
}

/** Runs vitest over files of a desk, reporting to report.json; its exit status. */
async function report(desk: Desk, files: Readonly<Record<string, string>>): Promise<number | null> {
  for (const [name, text] of Object.entries(files)) await desk.write(name, text);
  const flags = ['--globals', '--no-cache', '--reporter=json', '--outputFile=report.json'];
  return node(desk, [VITEST, 'run', '--root', desk.folder, ...flags]).status;
}

function tally(desk: Desk, ...words: readonly string[]): readonly string[] {
  return node(desk, [TALLY, ...words]).lines;
}

describe('the last lines of .ci/run', () => {
  it('name each failed test with its reason before the counts', async ({ desk }) => {
    const status = await report(desk, {
      'ends.test.js': ENDS,
      'unloaded.test.js': `throw new Error('no such part');`,
      'unprepared.test.js': `beforeAll(() => { throw new Error('no server'); }); it('is not reached', () => {});`,
    });
    expect(status).toBe(1);

    const lines = tally(desk, '0', 'report.json', '1');

    const failed = lines.filter((line) => line.startsWith('failed: '));
    expect(failed.sort()).toEqual([
      'failed: ends.test.js > a sum is right',
      'failed: unloaded.test.js',
      'failed: unprepared.test.js',
    ]);
    expect(lines.join('\n')).toContain('expected 2 to be 3');
    expect(lines.join('\n')).toContain('no such part');
    expect(lines.at(-1)).toBe('1 passed, 3 failed, 3 skipped');
  });

  it('add up reports, other failed steps, and a step that left no report', async ({ desk }) => {
    const passed = { numPassedTests: 7, numPendingTests: 1, numTodoTests: 0, testResults: [] };
    await desk.write('report.json', JSON.stringify(passed));
    expect(tally(desk, '0', 'report.json', '0')).toEqual(['7 passed, 0 failed, 1 skipped']);
    expect(tally(desk, '2', 'report.json', '0', 'report.json', '0')).toEqual(['14 passed, 2 failed, 2 skipped']);
    expect(tally(desk, '0', 'report.json', '1')).toEqual(['7 passed, 1 failed, 1 skipped']);
    expect(tally(desk, '0', 'none.json', '0')).toEqual(['0 passed, 1 failed, 0 skipped']);
  });
});
