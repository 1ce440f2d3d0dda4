import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { type CsvRow, jsonLines, parseObject } from '../support/results.ts';
import { csvText, makeCsvRun, mapped, rewrite } from '../support/saved-results.ts';

/** A file in which a spreadsheet saved numbers as it shows them. */
interface Form {
  readonly name: 'results.csv' | 'results.xlsx' | 'results.jsonl';
  readonly delimiter: ',' | ';';
  readonly decimal: ',' | '.';
  readonly text: string;
}

const FORMS: readonly Form[] = [
  { name: 'results.csv', delimiter: ',', decimal: '.', text: '1,234' },
  { name: 'results.csv', delimiter: ';', decimal: ',', text: '1,234' },
  { name: 'results.csv', delimiter: ';', decimal: ',', text: '1.234' },
  { name: 'results.csv', delimiter: ';', decimal: ',', text: '1\u00a0234' },
  { name: 'results.xlsx', delimiter: ',', decimal: '.', text: '1,234' },
  { name: 'results.xlsx', delimiter: ',', decimal: '.', text: '1\u00a0234' },
  { name: 'results.jsonl', delimiter: ',', decimal: '.', text: '1,234' },
];

const COMPARED_COUNTS = ['prompt_tokens', 'completion_tokens', 'total_tokens', 'latency_ms'];
const OTHER_COUNTS = ['repeat', 'attempts', 'ttft_ms', 'cached_tokens', 'reasoning_tokens'];

/** A run, and a writer of its results into the folder `saved`, with one cell of the second changed. */
async function savedRun(desk: Desk, { name, delimiter, decimal }: Form): Promise<(cells: CsvRow) => Promise<void>> {
  const rows = await makeCsvRun(desk, ['--format', 'jsonl,csv']);
  const records = jsonLines(await desk.read('run/results.jsonl'));
  // Runs of the first format know no digests of their files, and nothing corrects these.
  const { results: _results, ...record } = parseObject(await desk.read('run/run.json'));
  await desk.write('saved/run.json', JSON.stringify({ ...record, formatVersion: 1 }));
  return async (cells) => {
    await desk.write(`saved/${name}`, '');
    if (name !== 'results.csv') {
      return rewrite(
        desk.path(`saved/${name}`),
        records.map((row, at) => (at === 1 ? { ...row, ...cells } : row)),
      );
    }
    const changed = mapped(rows, { decimal }).map((row, at) => (at === 1 ? { ...row, ...cells } : row));
    await desk.write(`saved/${name}`, csvText(changed, { delimiter }));
  };
}

const GATES = ['--max-latency-increase', '10%', '--max-cost-increase', '5%'];

/** What the second result of the file is refused with, by each command that needs the cell. */
async function refusals(desk: Desk, { name }: Form, commands: readonly (readonly string[])[]): Promise<Set<string>> {
  const place = `error saved/${name}:${name === 'results.jsonl' ? 2 : 3}: `;
  const found = new Set<string>();
  for (const words of commands) {
    const { status, stderr } = await desk.run(words);
    expect(stderr).toContain(place);
    expect(status).toBe(2);
    found.add(stderr.slice(stderr.indexOf(place) + place.length));
  }
  return found;
}

describe('results in which a spreadsheet separated thousands', () => {
  it.for(FORMS)('are refused for their counts: $name with $delimiter and $decimal, $text', async (form, { desk }) => {
    const { name, text } = form;
    const save = await savedRun(desk, form);
    for (const column of [...COMPARED_COUNTS, ...OTHER_COUNTS]) {
      await save({ [column]: text });
      const compare = ['compare', 'base.csv', `saved/${name}`, ...GATES];
      const commands = [['report', 'saved'], ...(COMPARED_COUNTS.includes(column) ? [compare] : [])];
      expect([...(await refusals(desk, form, commands))]).toEqual([
        `${column} is ${JSON.stringify(text)}, which is not a whole number of 0 or more\nhint  write numbers without thousands separators, and leave a cell empty whose value is not known; the run command writes the whole file again\n`,
      ]);
    }
  });

  it.for(
    FORMS.filter(({ name, decimal, text }) => !text.includes(decimal) && (name !== 'results.xlsx' || text !== '1,234')),
  )('are refused for their costs: $name with $delimiter and $decimal, $text', async (form, { desk }) => {
    const { name, text } = form;
    const save = await savedRun(desk, form);
    const why = /[.,]/.test(text)
      ? 'whose decimal sign is not that of costs and scores before it\nhint  save the file again with one decimal sign'
      : 'which is not a cost from 0 to 1,000,000,000\nhint  write numbers without thousands separators';
    for (const column of ['total_cost', 'prompt_cost', 'completion_cost']) {
      await save({ [column]: text });
      const compare = ['compare', 'base.csv', `saved/${name}`, ...GATES];
      const commands = [['report', 'saved'], ...(column === 'total_cost' ? [compare] : [])];
      const found = [...(await refusals(desk, form, commands))];
      expect(found).toEqual([expect.stringContaining(`${column} is ${JSON.stringify(text)}, ${why}`)]);
    }
  });

  it('are refused for a score with the other decimal sign', async ({ desk }) => {
    for (const form of FORMS.filter(({ name, text }) => name === 'results.csv' && text === '1,234')) {
      const save = await savedRun(desk, form);
      const text = form.decimal === ',' ? '0.500' : '0,500';
      await save({ 'score.contains': text });
      const found = [
        ...(await refusals(desk, form, [
          ['compare', 'base.csv', 'saved/results.csv'],
          ['report', 'saved'],
        ])),
      ];
      expect(found).toEqual([expect.stringContaining(`score.contains is "${text}", whose decimal sign is not that`)]);
    }
  });

  it('are compared where decimals are zeros, and costs have three decimals after the sign of the file', async ({
    desk,
  }) => {
    const form = { name: 'results.csv', delimiter: ';', decimal: ',', text: '' } as const;
    const save = await savedRun(desk, form);
    await save({ latency_ms: '1234,00', total_tokens: '12,0', total_cost: '1,234' });
    const { stdout } = await desk.run(['compare', 'base.csv', 'saved/results.csv', '--json']);
    const { measures } = parseObject(stdout);
    expect(measures).toMatchObject([{ n: 3 }, { n: 3 }, { n: 3 }]);
  });
});
