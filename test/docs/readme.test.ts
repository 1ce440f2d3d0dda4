import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';
import { type Gateway, startGateway } from '../../src/gateway/index.ts';
import { closedPort } from '../support/http-server.ts';
import { Checkout } from './checkout.ts';
import { type CodeBlock, codeBlocks, readPage } from './markdown.ts';
import { RUN_PAGES } from './pages.ts';

const page = RUN_PAGES.map(readPage).join('\n');
/** The port in the README; a free one replaces it. */
const SHOWN_PORT = '8787';
/** That of Redis, likewise. */
const SHOWN_REDIS_PORT = '6379';
/** The reader's own server without a key; a gateway replaces it. */
const SHOWN_SERVER = 'http://127.0.0.1:8000/v1';
const SHOWN_KEY = 'your-key';
const TIME_LIMIT_MS = 60_000;
const TITLE_UNITS = 90;

/** Content of `<!-- run {…} -->` before a block. */
interface Expectation {
  /** Files that it leaves. */
  readonly files: readonly string[];
  /** Calls that it makes; null for any number. */
  readonly calls: number | null;
  /** Texts that it prints. */
  readonly stdout: string;
  readonly stderr: string;
  /** It keeps running during the next blocks. */
  readonly background: boolean;
  /** A program that the machine must have; without it the block is skipped. */
  readonly needs: string | null;
}

function expectationOf({ comment }: CodeBlock): Expectation {
  const value: unknown = JSON.parse((comment ?? '').replace(/^run\s*/, '') || '{}');
  if (!isJsonObject(value)) throw new Error(`no JSON object: ${comment}`);
  const { files, calls, stdout, stderr, background, needs, ...others } = value;
  if (Object.keys(others).length > 0) throw new Error(`unknown: ${Object.keys(others).join(', ')}`);
  return {
    files: Array.isArray(files) ? files.map(String) : [],
    calls: typeof calls === 'number' ? calls : null,
    stdout: typeof stdout === 'string' ? stdout : '',
    stderr: typeof stderr === 'string' ? stderr : '',
    background: background === true,
    needs: typeof needs === 'string' ? needs : null,
  };
}

/** `Имя;Отзыв` and two rows, as Excel with Russian regional settings saves them. */
function excelDataset(): Uint8Array {
  const text = 'Имя;Отзыв\r\nАня;Хорошо\r\nБоря;"Так себе; дорого"\r\n';
  return Uint8Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    // windows-1251 has А to я contiguously, like Unicode.
    return code < 0x80 ? code : code - 0x410 + 0xc0;
  });
}

/** Commands that find the program by npm, as a reader's do. */
const BY_NPM = codeBlocks(readPage('README.md')).map(({ text }) => text);

const blocks = codeBlocks(page)
  .filter(({ comment }) => comment?.startsWith('run') ?? false)
  .map((block) => {
    const expected = expectationOf(block);
    const needs = expected.needs === null ? '' : ` (needs ${expected.needs})`;
    return [`${titleOf(block)}${needs}`, block, expected] as const;
  });

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

function titleOf({ text }: CodeBlock): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, TITLE_UNITS);
}

/**
 * Blocks marked `<!-- printed -->`, each with the command above it: every line of them is printed, possibly among
 * others.
 */
const shownOutputs = codeBlocks(page).flatMap((block, index, all) => {
  const command = all[index - 1];
  if (block.comment !== 'printed' || command === undefined) return [];
  return [[titleOf(command), command, block] as const];
});

describe('the commands of the README and the docs', () => {
  let checkout: Checkout;
  let gateway: Gateway;
  let ownServer: Gateway;
  let port = '';
  let redisPort = '';
  const printed = new Map<string, string>();

  beforeAll(async () => {
    gateway = await startGateway({ key: SHOWN_KEY });
    ownServer = await startGateway();
    port = String(await closedPort());
    redisPort = String(await closedPort());
    checkout = new Checkout({ GPTUNNEL_API_KEY: SHOWN_KEY, PROMPTGRID_BASE_URL: gateway.url });
    checkout.write('from-excel.csv', excelDataset());
  }, TIME_LIMIT_MS);

  afterAll(async () => {
    checkout.close();
    await gateway.close();
    await ownServer.close();
  });

  it('exist', () => {
    expect(blocks.map(([, { text }]) => text.trim())).toContain('npm start');
    expect(blocks.length).toBeGreaterThan(10);
    expect(shownOutputs.length).toBeGreaterThan(1);
  });

  it.for(blocks)('work: %s', { timeout: TIME_LIMIT_MS }, async ([, { language, text }, expected], { skip }) => {
    const { needs } = expected;
    if (needs !== null && !isInstalled(needs)) return skip(`needs ${needs}`);
    const callsBefore = gateway.stats().calls;
    const ports = text.replaceAll(SHOWN_PORT, port).replaceAll(SHOWN_REDIS_PORT, redisPort);
    const lines = ports.replaceAll(SHOWN_SERVER, ownServer.url);
    if (expected.background) return await checkout.background(lines, expected);
    if (language === 'js') checkout.write('example.mjs', lines);
    const command = language === 'js' ? 'node example.mjs' : lines;
    const ended = await checkout.shell(command, BY_NPM.includes(text) ? 'by npm' : 'in process');
    printed.set(text.trim(), ended.stdout);
    expect(ended).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(expected.stdout),
      stderr: expect.stringContaining(expected.stderr),
    });
    expect(expected.files.filter((file) => !existsSync(join(checkout.folder, file)))).toEqual([]);
    if (expected.calls !== null) expect(gateway.stats().calls - callsBefore).toBe(expected.calls);
  });

  it('print what the README shows of npm start, except latencies', () => {
    const shown = codeBlocks(page).find(({ language }) => language === 'text')?.text ?? '';
    const output = rowsOf(printed.get('npm start') ?? '');
    expect(rowsOf(shown).length).toBeGreaterThan(8);
    expect(rowsOf(shown).filter((row) => !output.some((line) => holds(line, row)))).toEqual([]);
  });

  it.each(shownOutputs)('print what is shown below them: %s', (_title, { text: command }, { text: shown }) => {
    const lines = shown.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect((printed.get(command.trim()) ?? '').split('\n')).toEqual(expect.arrayContaining(lines));
  });
});

/** Lines as cells, separated by two or more spaces; latencies are left out, and a rule is one sign. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replace(/^─+$/, '─').split(/ {2,}/))
    .map((cells) => cells.filter((cell) => !/^[\d.,]+ m?s$/.test(cell)));
}

/** Whether a line has these cells in order, possibly with others between them. */
function holds(line: readonly string[], cells: readonly string[]): boolean {
  let next = 0;
  for (const cell of line) if (cell === cells[next]) next += 1;
  return next === cells.length;
}
