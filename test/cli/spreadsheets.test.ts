import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SaxesParser } from 'saxes';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

const HAS_OFFICE = spawnSync('soffice', ['--version'], { stdio: 'ignore' }).status === 0;
const TIME_LIMIT_MS = 180_000;

/** A profile of LibreOffice with the regional settings of a place. */
async function profile(desk: Desk, locale: string): Promise<string> {
  const folder = desk.path(`profile-${locale}`);
  await mkdir(`${folder}/user`, { recursive: true });
  const item = `<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>${locale}</value></prop></item>`;
  const names = 'xmlns:oor="http://openoffice.org/2001/registry"';
  await writeFile(
    `${folder}/user/registrymodifications.xcu`,
    `<?xml version="1.0" encoding="UTF-8"?><oor:items ${names}>${item}</oor:items>`,
  );
  return `-env:UserInstallation=${pathToFileURL(folder).href}`;
}

interface Office {
  readonly desk: Desk;
  readonly locale: string;
}

/** The cells of the first sheet as LibreOffice understands them: numbers by value, all others as texts. */
async function cellsOf({ desk, locale }: Office, file: string): Promise<readonly (readonly (number | string)[])[]> {
  const isSemicolon = file.endsWith('.csv') && (await desk.read(file)).startsWith('\uFEFFtrial_id;');
  const filter = isSemicolon ? [SEMICOLON_FILTER] : [];
  const words = ['--headless', ...filter, '--convert-to', 'fods', '--outdir', desk.path('office'), desk.path(file)];
  const options = { encoding: 'utf8', timeout: TIME_LIMIT_MS } as const;
  const { status, stderr } = spawnSync('soffice', [await profile(desk, locale), ...words], options);
  if (status !== 0) throw new Error(stderr);
  return sheetCells(await desk.read(`office/${basename(file, extname(file))}.fods`));
}

/**
 * What its dialog finds out by itself, and not without a screen: semicolons. The rest is as in the dialog: quotes, UTF-8,
 * from the first line, every column by its content, in the language of the profile.
 */
const SEMICOLON_FILTER = '--infilter=Text - txt - csv (StarCalc):59,34,76,1,,0,false,true';

/** The first table of a flat OpenDocument file; repeated empty cells are expanded. */
function sheetCells(xml: string): readonly (readonly (number | string)[])[] {
  const rows: (number | string)[][] = [];
  let tables = 0;
  let cell: { value: number | null; text: string; repeated: number } | null = null;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'table:table') tables += 1;
    if (tables !== 1) return;
    if (name === 'table:table-row') rows.push([]);
    if (name !== 'table:table-cell') return;
    const isNumber = attributes['office:value-type'] === 'float';
    const repeated = Number(attributes['table:number-columns-repeated'] ?? 1);
    cell = { value: isNumber ? Number(attributes['office:value']) : null, text: '', repeated: Math.min(repeated, 99) };
  });
  parser.on('text', (text) => {
    if (cell !== null) cell.text += text.trim();
  });
  parser.on('closetag', ({ name }) => {
    if (name !== 'table:table-cell' || cell === null) return;
    for (let copy = 0; copy < cell.repeated; copy++) rows.at(-1)?.push(cell.value ?? cell.text);
    cell = null;
  });
  parser.write(xml).close();
  return rows;
}

function columnOf(rows: readonly (readonly (number | string)[])[], name: string): readonly (number | string)[] {
  const place = rows[0]?.indexOf(name) ?? -1;
  expect(place).toBeGreaterThanOrEqual(0);
  return rows.slice(1, 41).map((row) => row[place] ?? '');
}

const LOCALES = ['ru-RU', 'de-DE'] as const;
const FILES = [
  ['--excel ru', ['--excel', 'ru', '--format', 'csv'], 'run/results.csv'],
  ['xlsx', ['--format', 'xlsx'], 'run/results.xlsx'],
  ['--decimal comma', ['--decimal', 'comma', '--format', 'csv'], 'run/results.csv'],
] as const;

describe.skipIf(!HAS_OFFICE)('results in LibreOffice (needs soffice)', { timeout: TIME_LIMIT_MS }, () => {
  const cases = LOCALES.flatMap((locale) => FILES.map(([title, flags, file]) => ({ locale, title, flags, file })));

  it.for(cases)('have the right sum of costs: $title, $locale', async ({ locale, flags, file }, { desk }) => {
    await desk.write('rows.csv', questions(40));
    const grid = ['--simulate', '--model', 'gpt-4o', '--score', 'contains', '--no-cache', '--out', 'run'];
    await desk.pass(['run', 'rows.csv', ...grid, ...flags]);
    const rows = await cellsOf({ desk, locale }, file);
    const costs = columnOf(rows, 'total_cost');
    expect(costs.filter((cost) => typeof cost !== 'number')).toEqual([]);
    const total = objectAt(parseObject(await desk.read('run/summary.json')), 'total');
    const [cost] = Array.isArray(total['costs']) ? total['costs'] : [];
    const sum = costs.reduce<number>((all, each) => all + Number(each), 0);
    expect(sum).toBeCloseTo(Number(objectAt({ cost }, 'cost')['total']), 9);
    expect(columnOf(rows, 'score.contains').every((score) => typeof score === 'number')).toBe(true);
    expect(columnOf(rows, 'latency_ms').every((latency) => typeof latency === 'number')).toBe(true);
  });

  it('are compared as they were after LibreOffice saved the workbook', async ({ desk }) => {
    await desk.write('rows.csv', questions(20));
    const grid = ['--simulate', '--model', 'gpt-4o', '--score', 'contains', '--no-cache', '--out', 'run'];
    await desk.pass(['run', 'rows.csv', ...grid, '--format', 'jsonl,xlsx']);
    const words = ['--headless', '--convert-to', 'xlsx', '--outdir', desk.path('saved'), desk.path('run/results.xlsx')];
    const { status, stderr } = spawnSync('soffice', [await profile(desk, 'ru-RU'), ...words], { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { stdout } = await desk.pass(['compare', 'run', 'saved/results.xlsx', '--json']);
    expect(parseObject(stdout)).toMatchObject({ flips: [], rowsInCommon: 20 });
    expect(stdout).toContain('same answers');
    const { measures } = parseObject(stdout);
    const costs = Array.isArray(measures)
      ? measures.find((each) => objectAt({ each }, 'each')['measure'] === 'cost')
      : null;
    expect(costs).toMatchObject({ n: 20, unit: 'RUB' });
  });
});
