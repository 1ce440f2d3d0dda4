import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { Desk, Ended } from '../support/cli.ts';
import { localServer, send } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { commandsIn, HOSTILE, obeyedBy } from '../support/terminal.ts';

const DRIVER = fileURLToPath(new URL('../support/answer-terminal.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
/** Without characters that no file system or UTF-8 accepts. */
const TEXT = HOSTILE.replaceAll(/[\0\uD83D]/g, '');
const FILE = TEXT.replaceAll('/', '');

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A dataset with only hostile content: ids, questions, a column and its values. */
async function writeDataset(desk: Desk, name: string): Promise<void> {
  const rows = Array.from({ length: 8 }, (_, index) =>
    [`${index}${TEXT}`, `Say ${index}${TEXT}`, `yes${TEXT}`, `tag ${index % 2}${TEXT}`].map(quoted).join(','),
  );
  await desk.write(name, `id,prompt,expected,${quoted(`kind${TEXT}`)}\n${rows.join('\n')}\n`);
  for (const [file, answer] of [
    ['good.jsonl', 'yes'],
    ['bad.jsonl', 'no'],
  ] as const) {
    const answers = Array.from({ length: 8 }, (_, index) => ({ prompt: `Say ${index}${TEXT}`, output: answer + TEXT }));
    await desk.write(file, answers.map((line) => JSON.stringify(line)).join('\n'));
  }
}

function expectHarmless({ stdout, stderr }: Ended, what: string): void {
  for (const text of [stdout, stderr]) {
    expect({ what, obeyed: obeyedBy(text) }).toEqual({ what, obeyed: [] });
    expect({ what, commands: commandsIn(text) }).toEqual({ what, commands: [] });
  }
}

describe.concurrent('texts of a dataset, a model and a folder', { timeout: 240_000 }, () => {
  it('control neither a terminal nor a CI runner, whatever the command', async ({ desk }) => {
    await writeDataset(desk, 'rows.csv');
    await desk.write(`prompt ${FILE}.txt`, '{{ prompt }}');
    const grid = ['rows.csv', '-m', `m${FILE},gpt-4o`, '--no-model-check', '--prompt-file', `prompt ${FILE}.txt`];
    const run = (answers: string): readonly string[] => ['run', ...grid, '--score', 'exact', '--simulate', answers];
    const [base, now] = [`base ${FILE}`, `now ${FILE}`];
    const commands: readonly (readonly string[])[] = [
      [...run('good.jsonl'), '--dry-run'],
      [...run('good.jsonl'), '--dry-run', '--json'],
      [...run('good.jsonl'), '--out', base],
      [...run('bad.jsonl'), '--out', now, '--min', `exact${FILE}=1`],
      [...run('bad.jsonl'), '--out', now],
      [...run('bad.jsonl'), '--out', now, '--json'],
      [...run('bad.jsonl'), '--out', base],
      ['estimate', ...grid, '--simulate'],
      ['estimate', ...grid, '--simulate', '--json'],
      ['score', now, '--score', 'exact', '--score', 'contains'],
      ['report', now, '--by', `kind${TEXT}`],
      ['report', now, '--by', `kind${TEXT}`, '--format', 'markdown'],
      ['report', now, '--by', `kind${TEXT}`, '--json'],
      ['report', now, '--by', TEXT],
      ['report', now, '--output', `report ${FILE}`],
      ['compare', base, now],
      ['compare', base, now, '--json'],
      ['compare', base, now, '--quiet'],
      ['compare', base, now, '--map', `${TEXT}=x`],
      ['baseline', 'save', now, `b ${FILE}.jsonl`],
      ['cache', 'stats', '--cache', `cache ${FILE}`],
      ['cache', 'clear', '--cache', `cache ${FILE}`],
      ['run', TEXT, '-m', 'gpt-4o', '--simulate'],
      [TEXT],
      ['run', `--x${TEXT}`],
    ];
    for (const words of commands) {
      const ended = await desk.run(words);
      expectHarmless(ended, words.join(' '));
      // The rest of it is shown; otherwise nothing would be tested.
      if (!words.includes('--quiet')) expect(ended.stdout + ended.stderr).toMatch(/red/);
      expect(ended.stderr).not.toMatch(/^ +at /m);
    }
  });

  it('make no folder name with terminal control sequences', async ({ desk }) => {
    await writeDataset(desk, `${FILE}.csv`);
    const ended = await desk.pass(['run', `${FILE}.csv`, '-m', 'gpt-4o', '--simulate']);
    expectHarmless(ended, 'run');
    const [folder = '', ...others] = (await desk.list('results')).filter((name) => !name.includes('/'));
    expect(others).toEqual([]);
    expect(obeyedBy(folder)).toEqual([]);
    expect(folder).toMatch(/^_\[31mred_\[2J.*-\d{4}-\d{2}-\d{2}-\d{6}$/);
    expect(folder).not.toMatch(/[\n:|<>"]/);
  });

  it('send nothing to a runner except the intended GitHub commands', async ({ desk }) => {
    await writeDataset(desk, 'rows.csv');
    const run = ['run', 'rows.csv', '-m', 'gpt-4o', '--score', 'exact', '--simulate'];
    await desk.pass([...run, 'good.jsonl', '--out', 'base']);
    await desk.pass([...run, 'bad.jsonl', '--out', 'now']);
    const { stdout } = await desk.run(['compare', 'base', 'now', '--report', 'github', '--report', 'sarif=x.sarif']);
    const told = commandsIn(stdout);
    expect(told.length).toBeGreaterThan(1);
    for (const line of told) expect(line).toMatch(/^::error (?:file=rows\.csv,line=\d+,)?title=promptgrid compare::/);
    expect(obeyedBy(stdout)).toEqual([]);
    expect(commandsIn(await desk.read('x.sarif'))).toEqual([]);
  });

  it('of an import are shown without active content', async ({ desk }) => {
    await desk.write(
      'promptfooconfig.yaml',
      JSON.stringify({
        providers: [`exec:${TEXT}`, 'openai:gpt-4o'],
        prompts: ['Say {{ x }}', `exec:${TEXT}`],
        tests: [{ vars: { x: 1 }, assert: [{ type: TEXT }] }],
        [TEXT]: 1,
      }),
    );
    for (const words of [[], ['--overwrite', '--json'], ['--overwrite', '--out', `out ${FILE}`]]) {
      const ended = await desk.run(['import', 'promptfooconfig.yaml', ...words]);
      expectHarmless(ended, words.join(' '));
      expect(ended.stderr).toContain('red');
    }
  });
});

describe.skipIf(!HAS_PYTHON)('results on a terminal (needs python3)', { timeout: 120_000 }, () => {
  it.for(['csv', 'jsonl'])(
    'are shown without control sequences, and copied unchanged elsewhere: %s',
    async (format, { desk }) => {
      await writeDataset(desk, 'rows.csv');
      await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', 'bad.jsonl', '--out', 'run']);
      const env = { DRIVER, TERM: 'xterm' };
      const line = `python3 "$DRIVER" "" "$NODE" "$PROGRAM" report run --format ${format}`;
      const { stdout } = await desk.runLine(line, { env });
      expect(stdout).toContain('red');
      expect(obeyedBy(stdout.replaceAll('\r\n', '\n'))).toEqual([]);
      const copied = await desk.pass(['report', 'run', '--format', format]);
      expect(copied.stdout).toBe(await desk.read(`run/results.${format}`));
    },
  );
});

describe('texts of a server', { timeout: 120_000 }, () => {
  it('are shown by models and balance without active content', async ({ desk, onTestFinished }) => {
    const models = { data: [{ id: `m ${HOSTILE}`, title: `title ${HOSTILE}`, cost_context: 1, cost_completion: 2 }] };
    const answers: Readonly<Record<string, object>> = {
      '/v1/models': models,
      '/v1/balance': { balance: 1, orgId: `org ${HOSTILE}` },
    };
    const server = await localServer({ onTestFinished }, ({ url = '' }, response) =>
      send(response, { body: answers[url] }),
    );
    const flags = ['--base-url', server.url];
    for (const words of [['models'], ['models', '--json'], ['balance'], ['balance', '--json']]) {
      const ended = await desk.pass([...words, ...flags]);
      expectHarmless(ended, words.join(' '));
      expect(ended.stdout).toContain('red');
    }
  });
});
