import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { parseObject, questions } from '../support/results.ts';

const GRID = ['rows.csv', '-m', 'gpt-4o', '-t', '0', '--simulate'];

describe('a run folder of a later version', { timeout: 120_000 }, () => {
  it('is refused by every command that reads it, says which version wrote it, and stays as it is', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    await desk.pass(['run', ...GRID, '--out', 'run']);
    await desk.pass(['run', ...GRID, '--out', 'other']);
    const { identity: _identity, ...run } = parseObject(await desk.read('run/run.json'));
    await desk.write(
      'run/run.json',
      JSON.stringify({ ...run, formatVersion: 99, promptgridVersion: '7.8.9', grid: [] }),
    );
    const before = await desk.files('run');
    const commands = [
      ['run', ...GRID, '--out', 'run'],
      ['estimate', ...GRID, '--out', 'run'],
      ['estimate', ...GRID, '--out', 'run', '--pilot', '2'],
      ['estimate', ...GRID, '--from', 'run'],
      ['report', 'run'],
      ['report', 'run', '--format', 'csv'],
      ['compare', 'run', 'other'],
      ['compare', 'other', 'run'],
      ['score', 'run', '--score', 'exact'],
      ['baseline', 'save', 'run', 'baseline.jsonl'],
    ];
    for (const command of commands) {
      const { status, stderr } = await desk.run(command);
      expect([command, status]).toEqual([command, 2]);
      expect(stderr).toContain('run: has format 99, written by promptgrid 7.8.9');
      expect(stderr).toMatch(/reads formats 1 to \d+\n\s*hint {2}use that version of promptgrid or a later one/);
    }
    expect(await desk.files('run')).toEqual(before);
    await desk.pass(['run', ...GRID, '--out', 'run', '--overwrite']);
  });
});
