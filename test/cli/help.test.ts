import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';

const COMMANDS = [
  'run',
  'estimate',
  'watch',
  'score',
  'show',
  'report',
  'compare',
  'baseline',
  'models',
  'balance',
  'cache',
  'gateway',
  'init',
  'import',
];

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => [...line].length));
}

function lines(text: string): number {
  return text.trimEnd().split('\n').length;
}

describe.concurrent('help', () => {
  it.for(COMMANDS.flatMap((command) => [[command, '--help'] as const, [command, '--help-all'] as const]))(
    'of %s %s is under 80 columns and has a placeholder that describes the value',
    async ([command, flag], { desk }) => {
      const { stdout, stderr } = await desk.pass([command, flag]);
      expect(stdout).toMatch(new RegExp(`^Usage: promptgrid ${command}`));
      expect(widest(stdout)).toBeLessThan(80);
      expect(stdout).not.toMatch(/\[(string|boolean)\]/);
      expect(stdout).toContain('--json');
      expect(stderr).toBe('');
    },
  );

  it('lists every command under a heading, under 80 columns', async ({ desk }) => {
    const { stdout } = await desk.pass(['--help']);
    for (const heading of ['Run', 'Results', 'Account', 'Set up']) expect(stdout).toContain(`\n${heading}:\n`);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} +\\S`, 'm'));
    expect(widest(stdout)).toBeLessThan(80);
  });

  it('of run has at most 60 lines, four examples and the defaults', async ({ desk }) => {
    const { stdout } = await desk.pass(['run', '--help']);
    expect(lines(stdout)).toBeLessThanOrEqual(60);
    expect(stdout.match(/^ {2}promptgrid run /gm)).toHaveLength(4);
    expect(stdout).toMatch(/-m, --model <id,…> .*\n/);
    expect(stdout).toMatch(/--concurrency <n> .*\[32\]/);
    expect(stdout).toMatch(/--encoding <name> /);
    expect(stdout).toMatch(/--cluster <column> /);
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('promptgrid run --help-all');
  });

  it('of run leaves out rarer flags, which --help-all has', async ({ desk }) => {
    const [usual, all] = [await desk.pass(['run', '--help']), await desk.pass(['run', '--help-all'])];
    expect(usual.stdout).not.toContain('--top-p');
    expect(all.stdout).toContain('--top-p <n>');
    expect(all.stdout).not.toContain('--help-all');
  });

  it.for([
    [['-h'], ['--help']],
    [['help'], ['--help']],
    [
      ['run', '-h'],
      ['run', '--help'],
    ],
    [
      ['help', 'run'],
      ['run', '--help'],
    ],
    [
      ['--help', 'run'],
      ['run', '--help'],
    ],
    [
      ['run', 'rows.csv', '-m', 'gpt-4o', '--help'],
      ['run', '--help'],
    ],
    [
      ['help', 'run', '--all'],
      ['run', '--help-all'],
    ],
  ] as const)('%j prints the same as %j', async ([words, same], { desk }) => {
    expect((await desk.pass(words)).stdout).toBe((await desk.pass(same)).stdout);
  });

  it.for([['-v'], ['run', '-v']] as const)('%j prints the same as --version', async (words, { desk }) => {
    const [shown, same] = [await desk.start(words).ended, await desk.start(['--version']).ended];
    expect(shown).toEqual(same);
    expect(same).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d/) });
  });

  it.for([
    [['rnu'], 'did you mean promptgrid run?'],
    [['comprae', 'a', 'b'], 'did you mean promptgrid compare?'],
    [['help', 'reprot'], 'did you mean promptgrid report?'],
    [['run', 'x.csv', '--no-reprot'], 'unknown flag --no-reprot'],
    [['run', 'x.csv', '--no-reprot'], 'did you mean --no-report?'],
    [['run', 'x.csv', '--no-model-chek'], 'did you mean --no-model-check?'],
    [['run', 'x.csv', '--nomax-tokens', '3'], 'did you mean --max-tokens?'],
    [['run', '--modle', 'gpt-4o'], 'did you mean --model?'],
    [['compare', 'a', 'b', '--fial-on', 'none'], 'did you mean --fail-on?'],
  ] as const)('%j is corrected: %s', async ([words, suggestion], { desk }) => {
    const { status, stderr } = await desk.run(words);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error unknown .*\nhint .*\n$/);
    expect(stderr).toContain(suggestion);
  });

  it('is printed if no command is given, with a failing status', async ({ desk }) => {
    const { status, stdout } = await desk.run([]);
    expect(status).toBe(2);
    expect(stdout).toBe((await desk.pass(['--help'])).stdout);
  });
});
