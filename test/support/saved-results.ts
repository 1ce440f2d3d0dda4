import { stringify } from 'csv-stringify/sync';
import { SPARSE_KEYS } from '../../src/core/columns.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { resultFormats } from '../../src/store/formats/index.ts';
import type { Desk } from './cli.ts';
import { type CsvRow, csvResults } from './results.ts';

const ROWS = ['id,question,critical,expected', 'a,"One, two",true,yes', 'b,Two?,,no', 'c,Три?,,да'];
const ANSWERS = [
  ['One, two', 'yes'],
  ['Two?', '=1+1'],
  ['Три?', 'да, "да"\nи да'],
].map(([contains, content]) => JSON.stringify({ contains, output: content }));

const RUN = [
  '--model',
  'gpt-4o',
  '--temperature',
  '0.7',
  '--prompt',
  '{{ question }}',
  '--score',
  'contains',
  '--no-cache',
];

/** A run with results.csv alone, copied to `base.csv` outside of its folder. */
export async function makeCsvRun(desk: Desk, more: readonly string[] = []): Promise<readonly CsvRow[]> {
  await desk.write('rows.csv', `${ROWS.join('\n')}\n`);
  await desk.write('answers.jsonl', `${ANSWERS.join('\n')}\n`);
  const words = ['run', 'rows.csv', '--simulate', 'answers.jsonl', ...RUN, '--out', 'run', '--format', 'csv', ...more];
  await desk.pass(words);
  await desk.write('base.csv', await desk.read('run/results.csv'));
  return csvResults(desk, 'run', more.includes('--excel') ? ';' : ',');
}

/** The rows as CSV with a header. */
export function csvText(rows: readonly CsvRow[], options: object = {}): string {
  return stringify([...rows], { header: true, ...options });
}

/** Writes other results over a result file, in its format. */
export async function rewrite(path: string, records: readonly JsonObject[]): Promise<void> {
  const format = resultFormats.find(({ fileName }) => path.endsWith(`/${fileName}`));
  const columns = Object.keys(records[0] ?? {}).filter((name) => !SPARSE_KEYS.some((key) => key === name));
  const writer = await format?.write(path, { columns, sparse: SPARSE_KEYS, delimiter: ',', bom: false });
  for (const record of records) await writer?.write([...columns, ...SPARSE_KEYS].map((name) => record[name] ?? null));
  await writer?.commit();
}

interface Changes {
  readonly truths?: readonly [string, string];
  readonly decimal?: string;
  readonly ones?: string;
}

/** The same rows as another program writes truths, fractions and the number of a repeat. */
export function mapped(
  rows: readonly CsvRow[],
  { truths = ['true', 'false'], decimal = '.', ones = '1' }: Changes,
): CsvRow[] {
  const cell = (name: string, text: string): string => {
    if (text === 'true') return truths[0];
    if (text === 'false') return truths[1];
    if (name === 'repeat') return ones;
    return /^\d+\.\d+$/.test(text) ? text.replace('.', decimal) : text;
  };
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, text]) => [name, cell(name, text)])));
}
