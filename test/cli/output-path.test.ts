import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'contains', '--out', 'run'];

describe.concurrent('an output that would replace what a run needs', () => {
  it.for([
    ['report', 'run', '--format', 'csv', '--output', 'run/journal.jsonl'],
    ['report', 'run', '--format', 'markdown', '--output', './run/run.json'],
    ['report', 'run', '--format', 'html', '--output', 'run/journal.jsonl'],
    ['report', 'run', '--format', 'junit', '--output', 'run/journal.jsonl'],
    ['compare', 'run', 'run', '--report', 'junit=run/journal.jsonl'],
    ['baseline', 'save', 'run', 'run/journal.jsonl'],
  ])('is refused: %j', async (words, { desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    const names = ['run/journal.jsonl', 'run/run.json'];
    const before = await Promise.all(names.map((name) => desk.read(name)));
    const { status, stderr } = await desk.run(words);
    expect(stderr).toMatch(/^error \S+\/(?:journal\.jsonl|run\.json) belongs to a run, which needs it\nhint .+$/m);
    expect(status).toBe(2);
    expect(await Promise.all(names.map((name) => desk.read(name)))).toEqual(before);
  });

  it('is written where there is no run', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    await desk.pass(['report', 'run', '--format', 'csv', '--output', 'journal.jsonl']);
    expect(await desk.read('journal.jsonl')).toBe(await desk.read('run/results.csv'));
  });
});

describe.concurrent('an output that no file can have', () => {
  it.for([
    ['report', 'run', '--output', 'folder'],
    ['report', 'run', '--format', 'html', '--output', 'folder'],
    ['report', 'run', '--format', 'csv', '--output', 'folder/'],
    ['report', 'run', '--format', 'junit', '--output', 'folder'],
    ['compare', 'run', 'run', '--report', 'markdown=folder'],
    ['baseline', 'save', 'run', 'folder'],
  ])('is refused as a folder: %j', async (words, { desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    await desk.write('folder/kept.txt', 'kept');
    const { status, stderr } = await desk.run(words);
    expect(stderr).toMatch(/^error .*folder\/?: is a folder\nhint +name a file in it, such as folder\/report\.html$/m);
    expect(status).toBe(2);
    expect(await desk.list('folder')).toEqual(['kept.txt']);
  });

  it.for([
    ['report', 'run', '--output', 'rows.csv/x.md'],
    ['compare', 'run', 'run', '--report', 'markdown=rows.csv/x.md'],
    ['baseline', 'save', 'run', 'rows.csv/x.jsonl'],
  ])('is refused below a file: %j', async (words, { desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    const { status, stderr } = await desk.run(words);
    expect(stderr).toMatch(
      /^error .*rows\.csv\/x\.\w+: cannot be written: a part of its path is a file, not a folder$/m,
    );
    expect(status).toBe(2);
  });

  it('is written in a folder that is not there yet', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    await desk.pass(['report', 'run', '--output', 'a/b/report.md']);
    expect(await desk.read('a/b/report.md')).toContain('# Report of run');
  });
});

describe.concurrent('the format of an output', () => {
  it.for([
    ['x.html', '<!doctype html>'],
    ['x.md', '# Report of run'],
    ['x.xml', '<?xml'],
    ['x.csv', 'trial_id,'],
    ['x.jsonl', '{"trial_id"'],
    ['x.xlsx', 'PK'],
    ['x.txt', 'contains'],
    ['x', 'contains'],
  ])('of %s is that of its ending, and where it is, is said', async ([name = '', begin = ''], { desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    const { stdout, stderr } = await desk.pass(['report', 'run', '--output', name]);
    expect((await desk.read(name)).slice(0, 400).toLowerCase()).toContain(begin.toLowerCase());
    expect(stdout).toBe('');
    expect(stderr).toContain(`written: ${name}\n`);
    expect((await desk.pass(['report', 'run', '--output', name, '--quiet'])).stderr).toBe('');
  });

  it('is the one that was named, whatever the ending', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    await desk.pass(['report', 'run', '--output', 'x.html', '--format', 'markdown']);
    expect(await desk.read('x.html')).toContain('# Report of run');
  });

  it('is not guessed for endings of other things', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    const { status, stderr } = await desk.run(['report', 'run', '--output', 'x.json']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error --output x\.json: no report has the form of \.json files\nhint +give --format /);
  });

  it('is the same with --json, whose document is on stdout', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    for (const [name, begin] of [
      ['x.csv', 'trial_id,'],
      ['x.html', '<!doctype html>'],
      ['x.xml', '<?xml'],
      ['x.md', '# Report of run'],
    ] as const) {
      const { stdout } = await desk.pass(['report', 'run', '--output', name, '--json']);
      expect((await desk.read(name)).toLowerCase()).toContain(begin.toLowerCase());
      expect(JSON.parse(stdout)).toMatchObject({ run: 'run', rows: 3 });
    }
  });
});
