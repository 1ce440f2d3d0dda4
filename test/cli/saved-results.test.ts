import { rm } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { type CsvRow, jsonLines, parseObject } from '../support/results.ts';
import { csvText, makeCsvRun, mapped, rewrite } from '../support/saved-results.ts';

interface Compared {
  readonly flips: readonly unknown[];
  readonly measures: readonly { readonly measure: string; readonly n: number }[];
  readonly stderr: string;
  readonly status: number | null;
  readonly scored: number;
  readonly same: boolean;
}

async function compare(desk: Desk, candidate: string): Promise<Compared> {
  const { stdout, stderr, status } = await desk.run(['compare', 'base.csv', candidate, '--json']);
  if (stdout === '') throw new Error(stderr);
  const {
    flips = [],
    measures = [],
    pairs = [],
  } = parseObject(stdout) as unknown as {
    flips?: unknown[];
    measures?: { measure: string; n: number }[];
    pairs?: { n: number; why?: string }[];
  };
  const same = stdout.includes('same answers');
  return { flips, measures, stderr, status, scored: pairs[0]?.n ?? 0, same };
}

type Save = (rows: readonly CsvRow[]) => string | Buffer;

/** How programs write the same table. */
const SAVED: readonly (readonly [program: string, save: Save])[] = [
  [
    'Excel in English',
    (rows) => `\uFEFF${csvText(mapped(rows, { truths: ['TRUE', 'FALSE'] }), { record_delimiter: '\r\n' })}`,
  ],
  [
    'Excel in Russian',
    (rows) => `\uFEFF${csvText(mapped(rows, { truths: ['ИСТИНА', 'ЛОЖЬ'], decimal: ',' }), { delimiter: ';' })}`,
  ],
  [
    'Excel as Unicode text',
    (rows) =>
      Buffer.from(`\uFEFF${csvText(mapped(rows, { truths: ['TRUE', 'FALSE'] }), { delimiter: '\t' })}`, 'utf16le'),
  ],
  [
    'LibreOffice in German',
    (rows) => csvText(mapped(rows, { truths: ['WAHR', 'FALSCH'], decimal: ',' }), { delimiter: ';' }),
  ],
  [
    'pandas with its index',
    (rows) =>
      csvText(mapped(rows, { truths: ['True', 'False'], ones: '1.0' }).map((row, at) => ({ '': String(at), ...row }))),
  ],
  [
    'DuckDB with other columns first',
    (rows) => csvText(rows.map((row) => Object.fromEntries(Object.entries(row).toReversed()))),
  ],
  [
    'Excel with rows that were cleared',
    (rows) => withClearedRows(csvText(mapped(rows, { decimal: ',' }), { delimiter: ';' })),
  ],
];

/** Empty rows behind the header and at the end, and one of blanks and quotes; the delimiter is `;`. */
function withClearedRows(text: string): string {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const cleared = header.replaceAll(/[^;]+/g, '');
  return [header, cleared, ...lines, cleared, `" "${cleared.slice(1)};""`, cleared, ''].join('\n');
}

/** The lines as Python writes them whose numbers are all floats, with blanks behind commas and colons. */
function withFloats(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const cells = Object.entries(parseObject(line)).map(([name, value]) => {
        const json = JSON.stringify(value);
        return `${JSON.stringify(name)}: ${/^-?\d+$/.test(json) ? `${json}.0` : json}`;
      });
      return `{${cells.join(', ')}}\n`;
    })
    .join('');
}

/** Forms in which other programs save JSON Lines. */
const JSONL_FORMS: readonly (readonly [string, (text: string) => string | Uint8Array])[] = [
  ['a byte order mark', (text) => `\uFEFF${text}`],
  ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 without a byte order mark', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16 with the higher byte first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['empty lines', (text) => `\n  \r\n${text.replaceAll('\n', '\r\n\r\n')}`],
];

describe('results that another program saved', () => {
  it.for(SAVED)('are compared as they were: %s', async ([_program, save], { desk }) => {
    const rows = await makeCsvRun(desk);
    await desk.write('saved.csv', save(rows));
    const { flips, measures, status, scored, same } = await compare(desk, 'saved.csv');
    expect({ flips, status, scored, same }).toEqual({ flips: [], status: 0, scored: 3, same: true });
    expect(measures.find(({ measure }) => measure === 'cost')).toMatchObject({ n: 3 });
  });

  it('are reported with rows that were cleared', async ({ desk }) => {
    const rows = await makeCsvRun(desk);
    const before = parseObject((await desk.pass(['report', 'run', '--json'])).stdout);
    await desk.write('run/results.csv', withClearedRows(csvText(rows, { delimiter: ';' })));
    expect(parseObject((await desk.pass(['report', 'run', '--json'])).stdout)).toEqual(before);
  });

  it('are reported', async ({ desk }) => {
    const rows = await makeCsvRun(desk);
    const before = parseObject((await desk.pass(['report', 'run', '--json'])).stdout);
    await desk.write(
      'run/results.csv',
      `\uFEFF${csvText(mapped(rows, { truths: ['ИСТИНА', 'ЛОЖЬ'], decimal: ',' }), { delimiter: ';' })}`,
    );
    const { stdout, stderr } = await desk.pass(['report', 'run', '--json']);
    expect(parseObject(stdout)).toEqual(before);
    expect(stderr).toContain('differs from what the run wrote');
  });

  it('are compared and reported where JSON Lines have 1.0 for 1', async ({ desk }) => {
    await makeCsvRun(desk, ['--format', 'jsonl']);
    const before = parseObject((await desk.pass(['report', 'run', '--json'])).stdout);
    const written = await desk.read('run/results.jsonl');
    const saved = withFloats(written);
    expect(saved).toMatch(/"repeat": 1\.0.*"score\.contains": [01]\.0/);
    await desk.write('saved.jsonl', saved);
    for (const base of ['run', 'saved.jsonl']) {
      const { stdout } = await desk.run(['compare', base, 'saved.jsonl', '--json']);
      const { pairs, flips } = parseObject(stdout);
      expect({ pairs, flips }).toMatchObject({ flips: [], pairs: [{ n: 3, sameAnswers: 3 }] });
      expect(pairs).toMatchObject([{ candidate: { temperature: 0.7 } }]);
    }
    await desk.write('run/results.jsonl', saved);
    expect(parseObject((await desk.pass(['report', 'run', '--json'])).stdout)).toEqual(before);
    await desk.pass(['score', 'run', '--score', 'contains']);
    expect(await desk.read('run/results.jsonl')).toBe(written);
  });

  it.for(JSONL_FORMS)('are read where JSON Lines have %s, results and baselines', async ([, form], { desk }) => {
    await makeCsvRun(desk, ['--format', 'jsonl']);
    await desk.pass(['baseline', 'save', 'run', 'base.jsonl']);
    const wanted = parseObject((await desk.run(['compare', 'base.csv', 'run', '--json'])).stdout);
    const report = (await desk.pass(['report', 'run', '--json'])).stdout;
    for (const [from, to] of [
      ['run/results.jsonl', 'saved.jsonl'],
      ['base.jsonl', 'saved-base.jsonl'],
    ] as const) {
      await desk.write(to, form(await desk.read(from)));
    }
    for (const base of ['base.csv', 'saved-base.jsonl']) {
      const { stdout, stderr } = await desk.run(['compare', base, 'saved.jsonl', '--json']);
      expect(stderr).not.toContain('error');
      const { pairs, flips } = parseObject(stdout);
      expect({ pairs, flips }).toEqual({ pairs: wanted['pairs'], flips: wanted['flips'] });
    }
    await desk.write('run/results.jsonl', form(await desk.read('run/results.jsonl')));
    expect((await desk.pass(['report', 'run', '--json'])).stdout).toBe(report);
  });

  it('that are no UTF-16 throughout are refused with file and line', async ({ desk }) => {
    await makeCsvRun(desk, ['--format', 'jsonl']);
    const lines = (await desk.read('run/results.jsonl')).split('\n');
    const broken = [lines[0], (lines[1] ?? '').replace('=1+1', '\uD800'), ''].join('\n');
    await desk.write('saved.jsonl', Buffer.from(`\uFEFF${broken}`, 'utf16le'));
    const { status, stderr } = await desk.run(['compare', 'base.csv', 'saved.jsonl']);
    expect(stderr).toMatch(/^error saved\.jsonl:2: is not a JSON object\nhint/m);
    expect(status).toBe(2);
  });

  it.for([
    ['csv', '50%'],
    ['csv', 'abc'],
    ['csv', 100],
    ['jsonl', 5],
    ['jsonl', -1],
    ['jsonl', 'abc'],
    ['jsonl', true],
    ['parquet', 100],
    ['xlsx', 100],
  ] as const)('whose score in %s is %j are refused with file and line, whoever reads it', async (given, { desk }) => {
    const [name, score] = given;
    await makeCsvRun(desk, ['--format', `jsonl,${name}`]);
    const lines = jsonLines(await desk.read('run/results.jsonl'));
    const file = `results.${name}`;
    for (const other of ['results.jsonl', 'results.csv']) if (other !== file) await rm(desk.path(`run/${other}`));
    await rewrite(
      desk.path(`run/${file}`),
      lines.map((line, at) => (at === 1 ? { ...line, 'score.contains': score } : line)),
    );
    const found = `error run/${file}:${name === 'csv' || name === 'xlsx' ? 3 : 2}: score.contains is `;
    for (const words of [
      ['compare', 'base.csv', `run/${file}`],
      ['compare', `run/${file}`, 'base.csv', '--fail-on', 'none'],
      ['compare', 'base.csv', 'run'],
      ['report', 'run'],
      ['report', 'run', '--format', 'junit'],
      ['show', 'run', 'b'],
      ['baseline', 'save', `run/${file}`, 'main.jsonl'],
    ]) {
      const { status, stderr } = await desk.run(words);
      expect(stderr).toContain(`${found}${JSON.stringify(score)}, which is not a score from 0 to 1\nhint`);
      expect(status).toBe(2);
    }
    if (name === 'csv' || name === 'xlsx') return;
    // It makes the scores anew, whatever they were.
    await desk.pass(['score', 'run', '--score', 'contains']);
    await desk.pass(['report', 'run']);
  });

  it.for([
    ['jsonl', 'total_cost', '-5.0', 'a cost from 0 to 1,000,000,000'],
    ['csv', 'total_cost', '-5.0', 'a cost from 0 to 1,000,000,000'],
    ['parquet', 'total_cost', '-5.0', 'a cost from 0 to 1,000,000,000'],
    ['xlsx', 'total_cost', '-5.0', 'a cost from 0 to 1,000,000,000'],
    ['jsonl', 'latency_ms', -1, 'a whole number of 0 or more'],
    ['csv', 'total_tokens', -1, 'a whole number of 0 or more'],
    ['jsonl', 'latency_ms', 1.2, 'a whole number of 0 or more'],
    ['xlsx', 'total_tokens', 1.234, 'a whole number of 0 or more'],
    ['jsonl', 'status', 'done', 'completed, errored or skipped'],
    ['csv', 'status', 'done', 'completed, errored or skipped'],
  ] as const)('in %s whose %s is %j are refused with file and line', async (given, { desk }) => {
    const [name, column, value, wanted] = given;
    await makeCsvRun(desk, ['--format', `jsonl,${name}`]);
    const lines = jsonLines(await desk.read('run/results.jsonl'));
    const wrong = lines.map((line, at) => (at === 1 ? { ...line, [column]: value } : line));
    for (const folder of ['alone', 'run']) {
      await desk.write(`${folder}/results.${name}`, '');
      await rewrite(desk.path(`${folder}/results.${name}`), wrong);
    }
    // Runs of the first format know no digests of their files, and nothing corrects these.
    const { results: _results, ...record } = parseObject(await desk.read('run/run.json'));
    await desk.write('run/run.json', JSON.stringify({ ...record, formatVersion: 1 }));
    for (const other of ['jsonl', 'csv']) if (other !== name) await rm(desk.path(`run/results.${other}`));
    const place = `results.${name}:${name === 'csv' || name === 'xlsx' ? 3 : 2}`;
    for (const [file, words] of [
      ['alone', ['compare', `alone/results.${name}`, 'base.csv', '--max-cost-increase', '5%', '--fail-on', 'none']],
      ['alone', ['compare', 'base.csv', `alone/results.${name}`]],
      ['alone', ['baseline', 'save', `alone/results.${name}`, 'main.jsonl']],
      ['run', ['compare', 'base.csv', 'run']],
      ['run', ['report', 'run']],
      ['run', ['report', 'run', '--format', 'junit']],
      ['run', ['show', 'run', 'b']],
    ] as const) {
      const { status, stderr } = await desk.run(words);
      expect(stderr).toContain(
        `error ${file}/${place}: ${column} is ${JSON.stringify(value)}, which is not ${wanted}\nhint`,
      );
      expect(status).toBe(2);
    }
  });

  it('are not judged where ids became numbers or answers were cut, in one line', async ({ desk }) => {
    const rows = await makeCsvRun(desk);
    const cut = rows.map((row, at) => ({
      ...row,
      ...(at === 0 ? { row_id: '1,23E+18', 'row.id': '1,23E+18' } : {}),
      ...(at === 2 ? { output: 'x'.repeat(32_767) } : {}),
    }));
    await desk.write('saved.csv', csvText(cut));
    await desk.write('base.csv', csvText(cut.slice(1)));
    const { stderr, scored, same, flips } = await compare(desk, 'saved.csv');
    expect({ scored, same, flips }).toEqual({ scored: 2, same: false, flips: [] });
    const lines = stderr.split('\n').filter((line) => line.includes('saved.csv'));
    expect(lines).toEqual([
      expect.stringMatching(/saved\.csv: .*1 results left out.*1\.23E\+18; 1 answers of 32767 characters/),
    ]);
  });

  it.for(['1E+017', '1,23E+18'])('are refused where all ids became numbers: %s', async (id, { desk }) => {
    const rows = await makeCsvRun(desk);
    await desk.write('lost.csv', csvText(rows.map((row) => ({ ...row, row_id: id, 'row.id': id }))));
    for (const words of [
      ['compare', 'lost.csv', 'base.csv'],
      ['compare', 'base.csv', 'lost.csv'],
      ['baseline', 'save', 'lost.csv', 'saved.jsonl'],
    ]) {
      const { status, stderr } = await desk.run(words);
      expect(stderr).toMatch(
        /^error lost\.csv: has no results that can be used: 3 results left out, whose row ids a spreadsheet turned into numbers such as 1\.23E\+18\nhint {2}name the run folder/m,
      );
      expect(status).toBe(2);
    }
    await expect(desk.read('saved.jsonl')).rejects.toThrow('ENOENT');
  });

  it('are named where the ids of a whole variant became numbers, also if none is left to pair', async ({ desk }) => {
    const rows = await makeCsvRun(desk);
    const withModels = (models: readonly string[]): readonly CsvRow[] =>
      rows.flatMap((row) => models.map((model) => ({ ...row, model })));
    const lost = withModels(['a', 'b']).map((row) => (row['model'] === 'a' ? { ...row, row_id: '1E+017' } : row));
    await desk.write('lost.csv', csvText(lost));
    await desk.write('other.csv', csvText(withModels(['a', 'c'])));
    const { status, stderr } = await desk.run(['compare', 'lost.csv', 'other.csv']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^warning: lost\.csv: .*3 results left out.*\n(?:.*\n)*error no variant is on both sides/m);
  });

  it('are not paired where ids lost their leading zeros, which is said', async ({ desk }) => {
    const rows = await makeCsvRun(desk);
    await desk.write('base.csv', csvText(rows.map((row, at) => ({ ...row, row_id: `00${at}` }))));
    await desk.write('saved.csv', csvText(rows.map((row, at) => ({ ...row, row_id: String(at) }))));
    const { stdout } = await desk.run(['compare', 'base.csv', 'saved.csv', '--json']);
    expect(parseObject(stdout)).toMatchObject({
      rowsInCommon: 0,
      notes: [expect.stringContaining('"000" became "0"')],
    });
  });

  it('in an encoding that lacks characters are refused, with what to do', async ({ desk }) => {
    await makeCsvRun(desk);
    await desk.write('saved.csv', Buffer.from((await desk.read('base.csv')).replaceAll(/[А-я]/g, '\u00e0'), 'latin1'));
    const { status, stderr } = await desk.run(['compare', 'base.csv', 'saved.csv']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/saved\.csv:4: is not UTF-8 any more\nhint {2}save it as CSV UTF-8/);
  });

  it('are refused as JSON Lines and as a baseline in such an encoding too, as no journal corrects them', async ({
    desk,
  }) => {
    const rows = await makeCsvRun(desk);
    await desk.pass(['baseline', 'save', 'run', 'whole.jsonl', '--with-outputs']);
    const texts = { 'saved.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'), 'whole.jsonl': null };
    for (const [name, text] of Object.entries(texts)) {
      const latin = (text ?? (await desk.read(name))).replaceAll(/[А-я]/g, '\u00e0');
      await desk.write(name, Buffer.from(latin, 'latin1'));
      const { status, stderr } = await desk.run(['compare', name, 'run']);
      expect([name, status]).toEqual([name, 2]);
      expect(stderr).toMatch(/\.jsonl:\d: is not UTF-8 any more\nhint {2}take the file as its run wrote it, or save/);
    }
  });

  it('keep their dialect when they are scored again', async ({ desk }) => {
    await makeCsvRun(desk, ['--excel', 'ru', '--format', 'jsonl']);
    await desk.pass(['score', 'run', '--score', 'exact']);
    const text = await desk.read('run/results.csv');
    expect(text.startsWith('\uFEFFtrial_id;row_id;')).toBe(true);
    const [row] = parse<CsvRow>(text, { columns: true, delimiter: ';', bom: true });
    expect(row).toMatchObject({ temperature: '0,7', 'score.exact': '1,0' });
  });
});
