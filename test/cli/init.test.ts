import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject } from '../support/results.ts';

const FILES = ['.gitignore', 'answers.jsonl', 'promptgrid.yaml', 'rows.csv'];
const IGNORED = '.env\nresults/\n.promptgrid/\n';
const RUSSIAN = { env: { LANG: 'ru_RU.UTF-8' } };
const ENGLISH = { env: { LANG: 'en_US.UTF-8' } };

describe.concurrent('promptgrid init', () => {
  it.for([
    ['English', ENGLISH, 'Where is my parcel?', 'next, without a key: npx promptgrid run'],
    ['Russian', RUSSIAN, 'Где моя посылка?', 'дальше, без ключа: npx promptgrid run'],
  ] as const)(
    'writes a project in %s whose first run needs no key and distinguishes models',
    async (given, { desk }) => {
      const [, language, text, next] = given;
      const { stdout } = await desk.pass(['init'], language);
      expect(await desk.list()).toEqual(FILES);
      expect(stdout.split('\n')).toContain(next);
      expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
      expect(await desk.read('rows.csv')).toContain(text);

      const run = await desk.runLine('npx promptgrid run --out run');
      expect(run).toMatchObject({ status: 0 });
      expect(run.stdout).toContain('simulated answers');
      expect(run.stderr).toContain('set the API key and remove `simulate` from promptgrid.yaml');
      const results = await csvResults(desk, 'run');
      expect(results).toHaveLength(48);
      const passed = (model: string): number =>
        results.filter((row) => row['model'] === model && row['score.exact'] === '1.0').length;
      expect([passed('gpt-4o'), passed('gpt-4o-mini')]).toEqual([23, 17]);
      expect(run.stdout).toContain('0.031');
      expect(run.stdout).not.toContain('more rows');
    },
  );

  it.for([
    [{ LC_ALL: 'ru_RU.UTF-8', LANG: 'en_US.UTF-8' }, true],
    [{ LC_MESSAGES: 'C', LANG: 'ru_RU.UTF-8' }, false],
    [{ LC_ALL: '', LANG: 'ru' }, true],
    [{ LANG: 'rup_RO' }, false],
  ] as const)('uses the language of %j', async ([env, isRussian], { desk }) => {
    const { stdout } = await desk.pass(['init'], { env });
    expect(stdout.includes('дальше')).toBe(isRussian);
  });

  it('says how to get real answers if the key is missing', async ({ desk }) => {
    await desk.pass(['init'], ENGLISH);
    const config = await desk.read('promptgrid.yaml');
    await desk.write('promptgrid.yaml', config.replace(/^simulate: .*\n/m, ''));
    const { status, stderr } = await desk.run(['run']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error no key for gptunnel: .*\nhint {2}write GPTUNNEL_API_KEY=<your key> into a \.env file.*--simulate\n$/,
    );
  });

  it('lists the files with --json', async ({ desk }) => {
    const { stdout } = await desk.pass(['init', '--json'], ENGLISH);
    expect(parseObject(stdout)).toEqual({ files: ['promptgrid.yaml', 'rows.csv', 'answers.jsonl', '.gitignore'] });
  });

  it.for([
    ['', IGNORED],
    ['node_modules', `node_modules\n${IGNORED}`],
    ['/results\n.env\n', '/results\n.env\n.promptgrid/\n'],
    ['node_modules/\r\n.env\r\n', 'node_modules/\r\n.env\r\nresults/\r\n.promptgrid/\r\n'],
    [IGNORED, IGNORED],
  ])('adds what is missing to a .gitignore that says %j', async ([before = '', after = ''], { desk }) => {
    await desk.write('.gitignore', before);
    await desk.pass(['init'], ENGLISH);
    expect(await desk.read('.gitignore')).toBe(after);
  });

  it.for(['promptgrid.yaml', 'rows.csv', 'answers.jsonl'])(
    'never replaces a file, and writes nothing next to %s',
    async (name, { desk }) => {
      await desk.write(name, 'mine\n');
      const { status, stderr } = await desk.run(['init']);
      expect(status).toBe(2);
      expect(stderr).toMatch(new RegExp(`^error ${name.replace('.', '\\.')} .*\\nhint .*\\n$`));
      expect(await desk.read(name)).toBe('mine\n');
      expect(await desk.list()).toEqual([name]);
    },
  );

  it('is the advice of a run in an empty folder', async ({ desk }) => {
    const { status, stderr } = await desk.run(['run']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error no dataset and no model, .*\nhint .*promptgrid init;/);
  });
});

describe.concurrent('a command without its argument', () => {
  it.for([
    ['report', 'report <run>'],
    ['compare', 'compare <base> <candidate>'],
  ])('says what is missing: %s', async ([name = '', usage = ''], { desk }) => {
    const { status, stderr } = await desk.run([name]);
    expect(status).toBe(2);
    expect(stderr).toContain(`error an argument is missing: promptgrid ${usage}`);
  });
});
