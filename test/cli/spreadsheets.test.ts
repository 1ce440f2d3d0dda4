import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { Desk } from '../support/cli.ts';
import { it, runInProcess } from '../support/in-process.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

const HAS_OFFICE = spawnSync('soffice', ['--version'], { stdio: 'ignore' }).status === 0;
const TIME_LIMIT_MS = 180_000;

/** LibreOffice with the regional settings of a place: a profile of its own, which takes it longest to make. */
async function officeOf(desk: Desk, locale: string): Promise<Office> {
  const folder = desk.path(`profile-${locale}`);
  await mkdir(`${folder}/user`, { recursive: true });
  const item = `<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>${locale}</value></prop></item>`;
  const names = 'xmlns:oor="http://openoffice.org/2001/registry"';
  await writeFile(
    `${folder}/user/registrymodifications.xcu`,
    `<?xml version="1.0" encoding="UTF-8"?><oor:items ${names}>${item}</oor:items>`,
  );
  const profile = `-env:UserInstallation=${pathToFileURL(folder).href}`;
  return (...words) => {
    const options = { encoding: 'utf8', timeout: TIME_LIMIT_MS } as const;
    const { status, stderr } = spawnSync('soffice', [profile, '--headless', ...words], options);
    if (status !== 0) throw new Error(stderr);
  };
}

/** Runs it with these words to its end. */
type Office = (...words: readonly string[]) => void;

/** Has LibreOffice write what it understands of each file. */
function convert(office: Office, desk: Desk, locale: string): void {
  const to = ['--convert-to', 'fods', '--outdir', desk.path(`office-${locale}`)];
  const withCommas = FILES.filter(([name]) => name !== EXCEL_RU);
  office(SEMICOLON_FILTER, ...to, desk.path(`${EXCEL_RU}.csv`));
  office(...to, ...withCommas.map(([name, , file]) => desk.path(`${name}${extname(file)}`)));
}

/** The cells of the first sheet as LibreOffice understood them: numbers by value, all others as texts. */
async function cellsOf(desk: Desk, locale: string, name: string): Promise<readonly (readonly (number | string)[])[]> {
  return sheetCells(await desk.read(`office-${locale}/${name}.fods`));
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
const EXCEL_RU = 'excel-ru';
const FILES = [
  [EXCEL_RU, ['--excel', 'ru', '--format', 'csv'], 'results.csv'],
  ['xlsx', ['--format', 'xlsx'], 'results.xlsx'],
  ['decimal-comma', ['--decimal', 'comma', '--format', 'csv'], 'results.csv'],
] as const;

describe.skipIf(!HAS_OFFICE)('results in LibreOffice (needs soffice)', { timeout: TIME_LIMIT_MS }, () => {
  let shared: Desk;
  const offices = new Map<string, Office>();

  // Each place has one profile, and one start converts what needs no filter.
  beforeAll(async () => {
    shared = await Desk.make('office', runInProcess);
    await shared.write('rows.csv', questions(40));
    const grid = ['--simulate', '--model', 'gpt-4o', '--score', 'contains', '--no-cache'];
    for (const [name, flags, file] of FILES) {
      await shared.pass(['run', 'rows.csv', ...grid, '--out', name, ...flags]);
      await copyFile(shared.path(`${name}/${file}`), shared.path(`${name}${extname(file)}`));
    }
    for (const locale of LOCALES) {
      const office = await officeOf(shared, locale);
      convert(office, shared, locale);
      offices.set(locale, office);
    }
  }, TIME_LIMIT_MS);

  afterAll(() => shared.close());

  const cases = LOCALES.flatMap((locale) => FILES.map(([name]) => ({ locale, name })));

  it.for(cases)('have the right sum of costs: $name, $locale', async ({ locale, name }) => {
    if (name === EXCEL_RU) expect(await shared.read('excel-ru.csv')).toMatch(/^\uFEFFtrial_id;/);
    const rows = await cellsOf(shared, locale, name);
    const costs = columnOf(rows, 'total_cost');
    expect(costs).toHaveLength(40);
    expect(costs.filter((cost) => typeof cost !== 'number')).toEqual([]);
    const total = objectAt(parseObject(await shared.read(`${name}/summary.json`)), 'total');
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
    const office = offices.get('ru-RU');
    office?.('--convert-to', 'xlsx', '--outdir', desk.path('saved'), desk.path('run/results.xlsx'));
    const { stdout } = await desk.pass(['compare', 'run', 'saved/results.xlsx', '--json']);
    expect(parseObject(stdout)).toMatchObject({ flips: [], rowsInCommon: 20 });
    expect(stdout).toContain('same answers');
    const { measures } = parseObject(stdout);
    const costs = Array.isArray(measures)
      ? measures.find((each) => objectAt({ each }, 'each')['measure'] === 'cost')
      : null;
    expect(costs).toMatchObject({ n: 20, unit: 'RUB' });
  });

  it('are compared as they were after LibreOffice saved the CSV file as a workbook', async ({ desk }) => {
    const ids = ['=1+1', '@x', '+y', ...Array.from({ length: 9 }, (_, index) => `r${index}`)];
    await desk.write('rows.csv', ['id,prompt', ...ids.map((id, index) => `${id},What is ${index}?`)].join('\n'));
    const answers = ids.map((_, index) => JSON.stringify({ contains: `What is ${index}?`, output: `- milk ${index}` }));
    await desk.write('answers.jsonl', answers.join('\n'));
    const grid = ['--simulate', 'answers.jsonl', '--model', 'gpt-4o', '--score', 'contains:milk', '--no-cache'];
    await desk.pass(['run', 'rows.csv', ...grid, '--out', 'run']);
    expect(await desk.read('run/results.csv')).toContain(",'- milk 0,");
    offices.get('de-DE')?.('--convert-to', 'xlsx', '--outdir', desk.path('saved'), desk.path('run/results.csv'));
    const { stdout } = await desk.pass(['compare', 'run', 'saved/results.xlsx', '--json']);
    const { pairs, rowsInCommon } = parseObject(stdout);
    expect({ pairs, rowsInCommon }).toMatchObject({ rowsInCommon: 12, pairs: [{ sameAnswers: 12 }] });
  });
});
