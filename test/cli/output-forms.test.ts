import { spawnSync } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { resultFormats } from '../../src/store/formats/index.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonLines, parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run'];

describe.concurrent('result files', () => {
  it('have the delimiter and the byte order mark that a spreadsheet wants', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt\n1,"a;b, c"\n');
    await desk.pass([...RUN, '--base-url', gateway.url, '--delimiter', ';', '--bom']);
    expect(await desk.read('run/results.csv')).toMatch(/^\uFEFFtrial_id;row_id;/);
    expect(await csvResults(desk, 'run', ';')).toMatchObject([{ row_id: '1', 'row.prompt': 'a;b, c' }]);
  });

  it('are only those that --format names', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(1));
    await desk.pass([...RUN, '--base-url', gateway.url, '--format', 'jsonl']);
    const files = ['journal.jsonl', 'report.html', 'results.jsonl', 'run.json', 'summary.json'];
    expect(await desk.list('run')).toEqual(files);
  });

  it('names every result format wherever users choose one', async ({ desk }) => {
    const names = resultFormats.map(({ name }) => name);
    const { stdout: run } = await desk.pass(['run', '--help-all']);
    expect(run.replaceAll(/\s+/g, ' ')).toContain(`result files to write: ${names.join(', ')}`);
    const { stdout: report } = await desk.pass(['report', '--help']);
    expect(report.replaceAll(/\s+/g, ' ')).toContain(`or the results: ${names.join(', ')}`);
  });

  const read = resultFormats.filter(({ layout }) => layout === 'long');

  it.for(read.map(({ name, fileName }) => [name, fileName] as const))(
    'works with results as %s alone in compare, baseline, report and a run that replaces it',
    async ([name, fileName], { desk }) => {
      await desk.write('rows.csv', questions(3));
      const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--no-cache', '--score', 'contains:1'];
      for (const out of ['before', 'after']) await desk.pass([...words, '--format', name, '--out', out]);
      const files = ['journal.jsonl', fileName, 'report.html', 'run.json', 'summary.json'];
      expect(await desk.list('before')).toEqual(files.toSorted());
      const { stdout } = await desk.run(['compare', 'before', 'after', '--json']);
      expect(parseObject(stdout)['pairs']).toEqual([expect.objectContaining({ n: 3, scorer: 'contains' })]);
      await desk.pass(['baseline', 'save', 'before', 'kept.jsonl']);
      const { stdout: copied } = await desk.pass(['report', 'before', '--format', name]);
      expect(copied).toBe(await desk.read(join('before', fileName)));
      const other = resultFormats.find((format) => format.name !== name)?.name ?? '';
      await desk.pass([...words, '--format', other, '--out', 'before', '--overwrite']);
      expect(await desk.list('before')).not.toContain(fileName);
    },
  );

  it('go into a folder named after dataset and time without --out', async ({ desk }) => {
    await desk.write('data/rows.csv', questions(1));
    const { stdout } = await desk.pass(['run', 'data/rows.csv', '-m', 'gpt-4o', '--simulate']);
    const [folder = ''] = await desk.list('results');
    expect(folder).toMatch(/^rows-\d{4}-\d\d-\d\d-\d{6}$/);
    expect(stdout).toContain(`results/${folder}/results.csv`);
  });

  it('have no formula that a spreadsheet would run, while JSONL is verbatim', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt\n1,=1+1\n2,-5\n');
    await desk.pass([...RUN, '--base-url', gateway.url]);
    const cells = (await csvResults(desk, 'run')).map((row) => row['row.prompt']);
    expect(cells).toEqual([expect.not.stringMatching(/^[=+\-@\t\r]/), '-5']);
    const values = jsonLines(await desk.read('run/results.jsonl')).map((row) => row['row.prompt']);
    expect(values).toEqual(['=1+1', '-5']);
  });
});

describe.concurrent('--dry-run', () => {
  it('shows the plan and makes no calls, not even to list models', async ({ desk }) => {
    const gateway = await desk.gateway();
    await gateway.close();
    await desk.write('rows.csv', questions(3));
    const words = [...RUN, '-t', '0,1', '--repeat', '2', '--base-url', gateway.url, '--dry-run'];
    const { stdout } = await desk.pass(words);
    expect(stdout).toMatch(/3 rows × 2 variants × 2 repeats = 12\b/);
    expect(stdout).toContain('What is 1 plus one?');
    expect(await desk.list()).toEqual(['rows.csv']);
  });

  it.for([
    ['a gate on a score that is not given', ['--score', 'exact', '--min', 'contains=0.9']],
    ['a folder that is a file', ['--out', 'rows.csv']],
    ['a folder below a file', ['--out', 'rows.csv/run']],
    ['one variant that is to be decided', ['--score', 'exact', '--stop-when-decided']],
    ['a folder with another run', ['--temperature', '0.3']],
  ] as const)('refuses what a run refuses without a call: %s', async ([, words], { desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass([...RUN, '--simulate']);
    const grid = RUN.slice(0, words.some((word) => word === '--out') ? -2 : undefined);
    const run = await desk.run([...grid, '--simulate', ...words]);
    const dry = await desk.run([...grid, '--simulate', ...words, '--dry-run']);
    expect(dry).toMatchObject({ status: 2, stdout: '' });
    // Creating a folder and reading it fail in other words of the system.
    expect(run.stderr.split(': E')[0]).toBe(dry.stderr.split(': E')[0]);
    expect(run.status).toBe(2);
  });
});

describe.concurrent('--json', () => {
  it('prints one document and nothing else on stdout', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const { stdout } = await desk.pass([...RUN, '-t', '0,1', '--base-url', gateway.url, '--json']);
    const { promptTokens, completionTokens, billed } = gateway.stats();
    const document = parseObject(stdout);
    expect(document).toMatchObject({
      run: 'run',
      state: 'completed',
      trials: 6,
      completed: 6,
      errored: 0,
      skipped: 0,
      cached: 0,
      cost: { total: billed, currency: 'RUB' },
      tokens: { prompt: promptTokens, completion: completionTokens },
      files: expect.arrayContaining(['run/results.csv', 'run/results.jsonl', 'run/summary.json', 'run/run.json']),
    });
    const files: unknown = document['files'];
    for (const file of Array.isArray(files) ? files : []) await access(desk.path(String(file)));
  });

  it('with --quiet prints the document alone', async ({ desk }) => {
    await desk.write('rows.csv', questions(1));
    const { stdout, stderr } = await desk.run([...RUN, '--simulate', '--json', '--quiet']);
    expect(parseObject(stdout)).toMatchObject({ state: 'completed', simulated: true });
    expect(stderr).toBe('');
  });
});

describe.concurrent('the output', () => {
  it('is figures on stdout and everything else on stderr, without colours in a pipe', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const { stdout, stderr } = await desk.start([...RUN, '--base-url', gateway.url]).ended;
    expect(stdout).toMatch(/gpt-4o .*\n.*2 of 2 trials: 2 completed/);
    expect(stdout).toContain('run/results.csv');
    expect(stderr).toMatch(/2 rows × 1 variant = 2 trials → /);
    expect(stdout + stderr).not.toContain('\u001B');
  });

  it('is empty with --quiet, including warnings', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const words = [...RUN, '-m', 'gpt-4o', '--base-url', gateway.url, '--quiet'];
    const { status, stdout, stderr } = await desk.run(words);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(gateway.stats().served).toBe(2);
  });

  it('may lose its reader, and the run continues', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 5 });
    await desk.write('rows.csv', questions(20));
    const cli = desk.start([...RUN, '--base-url', gateway.url, '--concurrency', '2']);
    await cli.until(() => gateway.stats().served > 0);
    cli.hangUp();
    expect(await cli.ended).toMatchObject({ status: 0, signal: null });
    expect(await csvResults(desk, 'run')).toHaveLength(20);
  });

  it('is an error even with --quiet', async ({ desk }) => {
    const { status, stdout, stderr } = await desk.run([...RUN, '--simulate', '--quiet']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error rows\.csv: no such file\nhint .*\n$/);
  });
});

/** Whether util-linux's `script` is there, which runs a command in a terminal. */
const hasTerminal = /util-linux/.test(spawnSync('sh', ['-c', 'script --version'], { encoding: 'utf8' }).stdout ?? '');

describe.skipIf(!hasTerminal)('in a terminal (needs script of util-linux)', () => {
  /** Colours; other control sequences, such as those of a progress bar, do not count. */
  const COLOURS = '\u001B\\[[\\d;]*m';

  it.for([
    ['colours', {}, new RegExp(COLOURS)],
    ['no colours with NO_COLOR', { NO_COLOR: '1' }, new RegExp(`^(?![^]*${COLOURS})`)],
  ] as const)('the output has %s', async ([, variables, expected], { desk }) => {
    await desk.write('rows.csv', questions(1));
    const line = `script -qec 'npx_() { "$NODE" "$PROGRAM" "$@"; }; npx_ ${RUN.join(' ')} --simulate' /dev/null`;
    const { stdout } = await desk.runLine(line, { env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...variables } });
    expect(stdout).toContain('1 of 1 trials');
    expect(stdout).toMatch(expected);
  });
});
