import { spawnSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import { columnsOf } from '../../src/cli/output.ts';
import { widthOf } from '../../src/reporters/fold.ts';
import type { Desk } from '../support/cli.ts';
import { it, runInProcess } from '../support/in-process.ts';

const DRIVER = fileURLToPath(new URL('../support/answer-terminal.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

const MODELS = ['gpt-4o', ...Array.from({ length: 11 }, (_, place) => `модель-с-длинным-названием-${place + 1}`)];
const WORST = 'модель-с-длинным-названием-9';
const ROWS = Array.from({ length: 24 }, (_, row) => row + 1);
const SCORES = ['exact', 'contains', 'levenshtein', 'f1', 'rouge-l'].flatMap((name) => ['--score', name]);
const PROMPT = 'Подробная инструкция для службы поддержки.txt';

/** A dataset, and answers in which each further model has two more wrong; wide characters among them. */
async function prepare(desk: Desk): Promise<void> {
  const rows = ROWS.map((row) => `строка-${row},Сколько будет ${row} плюс один?,ответ ${row + 1},${sectionOf(row)}`);
  await desk.write('вопросы.csv', ['id,вопрос,expected,раздел справочника', ...rows].join('\n'));
  await desk.write(PROMPT, 'Ответьте подробно и вежливо: {{ вопрос }}');
  const answers = MODELS.flatMap((model, place) =>
    ROWS.map((row) => ({
      model,
      contains: `будет ${row} плюс`,
      output: row > 2 * place ? `ответ ${row + 1}` : `не знаю, 漢字 ${row}`,
    })),
  );
  await desk.write('answers.jsonl', answers.map((answer) => JSON.stringify(answer)).join('\n'));
}

/** A server named in the settings, whose answers are in the cache. */
async function fillCache(desk: Desk): Promise<void> {
  const { url } = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
  await desk.write('promptgrid.yaml', `baseUrl: ${url}\napiKeyEnv: TEST_KEY\n`);
  await desk.write('.env', 'TEST_KEY=any\n');
  await desk.pass(['run', 'вопросы.csv', '-m', WORST, '-t', '0', '--prompt', '{{ вопрос }}', '--out', 'paid']);
}

function sectionOf(row: number): string {
  return row % 3 === 0 ? '数学の問題' : `Длинное название раздела справочника № ${row % 3}`;
}

function grid(models: readonly string[]): readonly string[] {
  const prompts = ['--prompt-file', PROMPT, '--prompt', 'Кратко: {{ вопрос }}'];
  return ['вопросы.csv', '--model', models.join(','), ...prompts, '--simulate', 'answers.jsonl', ...SCORES];
}

/** The lines that a command prints on a terminal of this width; messages and progress are left out. */
async function shownOn(desk: Desk, columns: number, words: readonly string[]): Promise<readonly string[]> {
  const shown = await onTerminal(desk, `stty cols ${columns}; exec "$0" "$@" 2>/dev/null`, words);
  return shown.replaceAll('\r', '').trimEnd().split('\n');
}

/** The messages that it prints there. */
async function toldOn(desk: Desk, columns: number, words: readonly string[]): Promise<readonly string[]> {
  return messagesIn(await onTerminal(desk, `stty cols ${columns}; exec "$0" "$@" >/dev/null`, words));
}

/** Without its progress. */
function messagesIn(shown: string): readonly string[] {
  const messages = shown.replaceAll(/[█░]+ \d+\/\d+ ·.*? left/g, '');
  return messages.split(/[\r\n]+/).filter((line) => line !== '');
}

async function onTerminal(desk: Desk, script: string, words: readonly string[]): Promise<string> {
  const command = ['python3', DRIVER, '', 'sh', '-c', `unset COLUMNS; ${script}`];
  const { stdout } = await desk.startWithin(command, words).ended;
  return stripVTControlCharacters(stdout);
}

/** Command lines that print tables or sentences, with a line of each that proves its output. */
type Commands = readonly (readonly [words: readonly string[], told: RegExp])[];

const COMMANDS: Commands = [
  [['run', ...grid(MODELS), '--out', 'new', '--overwrite'], /^14 more variants: npx promptgrid report new --wide$/],
  [['run', ...grid(MODELS), '--dry-run'], /^nothing was called$/],
  [['score', 'copy', '--score', 'contains'], /^more: npx promptgrid report copy$/],
  [['show', 'base'], /^── строка-1 ─+ 1\/10$/],
  [
    ['show', 'base', 'строка-3', '--full'],
    /^ {2}Сколько|^ {2}Ответьте подробно и вежливо: Сколько будет 3 плюс один\?$/,
  ],
  [['report', 'base', '--by', 'раздел справочника'], /^Score: exact, by раздел справочника$/],
  [['compare', 'best', 'worse', '--map', `gpt-4o=${WORST}`], /^regressed: /],
  [['estimate', ...grid(MODELS), '--max-tokens', '50'], /^estimate: /],
  [['cache', 'stats'], /^given from /],
  [['models'], /^ модель-с-длинным-названием-1 /],
  [['report', 'base'], /^14 more variants: --wide shows them$/],
  [['run', '--help-all'], /--good-enough <points>/],
  [['report', '--help'], /--good-enough <points>/],
];

/** Of these, processes on a terminal show that its width is the one that counts, in tables and in help. */
const STARTED: readonly (readonly [columns: number, command: Commands[number]])[] = [
  [80, [['report', 'base'], /^14 more variants: --wide shows them$/]],
  [120, [['report', '--help'], /--good-enough <points>/]],
];

function expectWidth(columns: number, lines: readonly string[], [words, told]: Commands[number]): void {
  expect(lines, words.join(' ')).toContainEqual(expect.stringMatching(told));
  expect(
    lines.filter((line) => widthOf(line) > columns),
    words.join(' '),
  ).toEqual([]);
}

/** All that the commands are about; none of them changes what another prints. */
async function prepareAll(desk: Desk): Promise<void> {
  await prepare(desk);
  await desk.pass(['run', ...grid(MODELS), '--out', 'base']);
  await cp(desk.path('base'), desk.path('copy'), { recursive: true });
  await desk.pass(['run', ...grid([WORST]), '--out', 'worse']);
  await desk.pass(['run', ...grid(['gpt-4o']), '--out', 'best']);
  await fillCache(desk);
}

describe('a terminal', { timeout: 180_000 }, () => {
  it('of 80 or 120 columns is wide enough for every line', async ({ desk }) => {
    await prepareAll(desk);
    for (const columns of [80, 120]) {
      for (const command of COMMANDS) {
        const { stdout } = await runInProcess(command[0], { cwd: desk.folder, columns });
        expectWidth(columns, stripVTControlCharacters(stdout).trimEnd().split('\n'), command);
      }
    }
    if (!HAS_PYTHON) return;
    for (const [columns, command] of STARTED) {
      expectWidth(columns, await shownOn(desk, columns, command[0]), command);
    }
  });

  it('has whole words in messages too, and whole commands', async ({ desk }) => {
    await prepare(desk);
    const folder = 'results/a-folder-with-a-long-name/and-another-one-in-it';
    const words = ['run', ...grid(['gpt-4o']), '--max-tokens', '50', '--budget', '1', '--out', folder];
    const { stderr } = await runInProcess(words, { cwd: desk.folder, columns: 60, typed: '' });
    const messages = messagesIn(stripVTControlCharacters(stderr));
    const plain = messages.join('\n').replaceAll('\n  ', ' ');
    expect(plain).toContain('simulated: answers come from the embedded gateway, not from models');
    expect(plain).toContain(`48 trials → ${folder}`);
    expect(messages).toContainEqual(expect.stringMatching(/^ {2}npx promptgrid run .* --out /));
    const wide = messages.filter((line) => widthOf(line) > 60 && !line.startsWith('  npx promptgrid run '));
    expect(wide).toEqual([]);
  });

  it('shows every column and variant with --wide', async ({ desk }) => {
    await prepare(desk);
    await desk.pass(['run', ...grid(MODELS), '--out', 'base']);
    const { stdout } = await runInProcess(['report', 'base', '--wide'], { cwd: desk.folder, columns: 80 });
    const lines = stripVTControlCharacters(stdout).trimEnd().split('\n');
    expect(lines.some((line) => widthOf(line) > 120)).toBe(true);
    expect(lines.filter((line) => /^\d+ more variants|^not shown/.test(line))).toEqual([]);
  });
});

describe.skipIf(!HAS_PYTHON)('a real terminal (needs python3)', { timeout: 180_000 }, () => {
  it('folds an error and its hint', async ({ desk }) => {
    const told = await toldOn(desk, 40, ['run', 'rows.csv', '-m', 'gpt-4o', '--prompt', 'x', '--temperature', 'high']);
    expect(told[0]).toMatch(/^error /);
    expect(told.find((line) => line.startsWith('hint  '))).toBeDefined();
    expect(told.filter((line) => widthOf(line) > 40)).toEqual([]);
    expect(told.length).toBeGreaterThan(2);
  });
});

describe('columns of a line', () => {
  it.each([
    ['those of the terminal', { isTTY: true, columns: 132 }, {}, 132],
    ['80 of a pipe or a file', { isTTY: false, columns: 0 }, {}, 80],
    ['80 where the terminal does not tell', { isTTY: true, columns: 0 }, {}, 80],
    ['those of COLUMNS first', { isTTY: true, columns: 132 }, { COLUMNS: '100' }, 100],
    ['80 where COLUMNS is no number', { isTTY: false, columns: 0 }, { COLUMNS: 'wide' }, 80],
    ['at least 40', { isTTY: true, columns: 12 }, {}, 40],
  ] as const)('are %s', (_, stdout, env, columns) => {
    expect(columnsOf(stdout, env)).toBe(columns);
  });
});

describe('output into a pipe', () => {
  it('has 80 columns by default', async ({ desk }) => {
    await prepare(desk);
    const words = ['run', ...grid(MODELS.slice(0, 3)), '--out', 'run'];
    const piped = await desk.pass(words, { env: { COLUMNS: '' } });
    expect(Math.max(...piped.stdout.split('\n').map(widthOf))).toBeLessThanOrEqual(80);
    const wide = await desk.pass([...words, '--wide'], { env: { COLUMNS: '' } });
    expect(Math.max(...wide.stdout.split('\n').map(widthOf))).toBeGreaterThan(100);
  });
});
