import { describe, expect } from 'vitest';
import { compare as compareInLibrary } from '../../src/index.ts';
import { passing, resultRecord, resultsJsonl } from '../app/compare/result-file.ts';
import type { Desk, Ended } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

interface Told {
  readonly status: number | null;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Compares two files of the given trials with --json. */
async function compare(desk: Desk, files: readonly [string, string], more: readonly string[] = []): Promise<Told> {
  await desk.write('base.jsonl', files[0]);
  await desk.write('candidate.jsonl', files[1]);
  const { status, stdout } = await desk.run(['compare', 'base.jsonl', 'candidate.jsonl', '--json', ...more]);
  return { status, document: parseObject(stdout) };
}

/** The error of a refused command. */
const REFUSED = /^error .+\nhint .+\n$/;

function expectRefusal(ended: Ended, ...texts: readonly string[]): void {
  expect(ended.stderr).toMatch(REFUSED);
  for (const text of texts) expect(ended.stderr).toContain(text);
  expect(ended.status).toBe(2);
}

/** Scripted answers to forty questions, of which the first ones are right. */
const answers = (right: number): string =>
  Array.from({ length: 40 }, (_, index) =>
    JSON.stringify({
      prompt: `What is ${index + 1} plus one?`,
      output: index < right ? `${index + 2}` : 'no idea',
    }),
  ).join('\n');

/** Two hundred rows, all but one passing; the eighth is critical. */
const criticalRows = (failed: number): string =>
  resultsJsonl(
    Array.from({ length: 200 }, (_, index) => ({
      row: `r${index}`,
      scores: { exact: index === failed ? 0 : 1 },
      columns: { prompt: `q${index}`, critical: index === 7 ? 'true' : '' },
    })),
  );

/** Scripted answers to a, b, c and d: the same. */
const echoes = ['a', 'b', 'c', 'd'].map((text) => JSON.stringify({ prompt: text, output: text })).join('\n');

/** A message of several lines in one. */
const unwrapped = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** A hundred answers of one text, of which the first ones are scored 0. */
const textsScored = (failed: number): string =>
  resultsJsonl(
    Array.from({ length: 100 }, (_, row) => ({
      row: `r${row}`,
      output: 'ok',
      scores: { exact: row < failed ? 0 : 1 },
    })),
  );

/** Thirty rows, of which 25 have this score by two scorers. */
const ofScore = (score: number): string =>
  resultsJsonl(
    Array.from({ length: 30 }, (_, index) => {
      const of = index < 25 ? score : 1;
      return { row: `r${index}`, scores: { exact: of, contains: of } };
    }),
  );

/** How many of these rows a text lists as flipped. */
const shownIn = (text: string): number => text.match(/ r\d+ · .* exact 1 → 0, contains 1 → 0/g)?.length ?? 0;

/** Ten rows of each model. */
const ofModels = (names: readonly string[], passed: number): string =>
  resultsJsonl(names.flatMap((model) => passing(10, passed, { model })));

/** Rows without ids in the given order; one question's answers are wrong. */
const withoutIds = (order: readonly string[], wrong: string): string =>
  resultsJsonl(
    order.map((question, index) => ({
      row: String(index + 1),
      hasId: false,
      columns: { prompt: question, expected: 'x' },
      scores: { exact: question === wrong ? 0 : 1 },
    })),
  );

/** A row's answers, one per repeat. */
const repeats = (row: string, scores: readonly number[]): readonly object[] =>
  scores.map((exact, index) => resultRecord({ row, repeat: index + 1, scores: { exact } }));

/** The text of a result file. */
const linesOf = (...rows: readonly (readonly object[])[]): string =>
  rows
    .flat()
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');

/** Thirty rows of one partial score, with its pass value in the file. */
const shares = (exact: number, passed: boolean): string =>
  Array.from({ length: 30 }, (_, index) => {
    const record = resultRecord({ row: `r${index}`, scores: { exact } });
    return `${JSON.stringify({ ...record, passed, output: `${exact} ${index}` })}\n`;
  }).join('');

describe.concurrent('promptgrid compare', () => {
  it('finds a regression of one run against another, and fails', async ({ desk }) => {
    await desk.write('rows.csv', questions(40));
    await desk.write('good.jsonl', answers(38));
    await desk.write('bad.jsonl', answers(20));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--score', 'exact'];
    await desk.pass(['run', ...grid, '--simulate', 'good.jsonl', '--out', 'base']);
    await desk.pass(['run', ...grid, '--simulate', 'bad.jsonl', '--out', 'candidate']);
    const worse = await desk.run(['compare', 'base', 'candidate']);
    expect(worse.stdout).toContain('significantly worse (p < 0.001)');
    expect(worse.stdout).toMatch(
      /worse {2}r21 · prompt · gpt-4o · exact 1 → 0\n {4}question: +What is 21 plus one\?\n {4}expected: +22\n {4}base: +22\n {4}candidate: +no idea\n/,
    );
    expect(worse.stdout).toMatch(
      /gate fail-on regression: failed: .* lost 45 points, significantly worse \(p < 0\.001\)/,
    );
    expect(worse.status).toBe(1);
    const better = await desk.run(['compare', 'candidate', 'base', '--json']);
    expect(parseObject(better.stdout)).toMatchObject({ verdict: 'improved', pairs: [{ onlyCandidatePassed: 18 }] });
    expect(better.status).toBe(0);
    const same = await desk.run(['compare', 'base', 'base', '--json']);
    expect(parseObject(same.stdout)).toMatchObject({ verdict: 'unchanged', flips: [] });
    expect(same.status).toBe(0);
    const csv = await desk.run(['compare', 'base/results.csv', 'candidate/results.jsonl', '--json']);
    expect(parseObject(csv.stdout)).toMatchObject({ verdict: 'regressed', rowsInCommon: 40 });
  });

  it('gives the dataset’s lines of flipped rows in its document, as long as the dataset is the same', async ({
    desk,
  }) => {
    const rows = questions(40).replace(/^(.*)\n/, '$1\n\n');
    await desk.write('rows.csv', rows);
    await desk.write('good.jsonl', answers(40));
    await desk.write('bad.jsonl', answers(38));
    const grid = [desk.path('rows.csv'), '-m', 'gpt-4o', '--score', 'exact'];
    await desk.pass(['run', ...grid, '--simulate', 'good.jsonl', '--out', 'base']);
    await desk.pass(['run', ...grid, '--simulate', 'bad.jsonl', '--out', 'candidate']);
    const linesOfFlips = async (): Promise<unknown> => {
      const { stdout } = await desk.pass(['compare', 'base', 'candidate', '--json']);
      return parseObject(stdout)['flips'];
    };
    // An empty line follows the header.
    const known = [
      { rowId: 'r39', line: 41 },
      { rowId: 'r40', line: 42 },
    ];
    expect(await linesOfFlips()).toMatchObject(known);
    const { flips } = await compareInLibrary(desk.path('base'), desk.path('candidate'));
    expect(flips).toMatchObject(known);
    await desk.write('rows.csv', `${rows}r41,One more?,1\n`);
    expect(await linesOfFlips()).toMatchObject(known.map(({ rowId }) => ({ rowId, line: null })));
  });

  it('names a gate by the share that was written', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 40)));
    const words = ['compare', 'base.jsonl', 'base.jsonl', '--min', 'exact=33.3%', '--min', 'exact=98.4%', '--json'];
    const { stdout } = await desk.run([...words, '--report', 'junit=compare.xml']);
    for (const text of [stdout, await desk.read('compare.xml')]) {
      expect([...text.matchAll(/min exact=[\d.]+/g)].map(([name]) => name)).toEqual(
        expect.arrayContaining(['min exact=0.333', 'min exact=0.984']),
      );
      expect(text).not.toContain('0.33299');
    }
  });

  it('prints the document that scripts rely on', async ({ desk }) => {
    const { document, status } = await compare(desk, [resultsJsonl(passing(60, 50)), resultsJsonl(passing(60, 30))]);
    const name = { prompt: 'prompt', model: 'gpt-4o', temperature: 0 };
    expect(document).toMatchObject({
      verdict: 'regressed',
      pairs: [
        {
          base: name,
          candidate: name,
          scorer: 'exact',
          n: 60,
          verdict: 'regressed',
          onlyBasePassed: 20,
          onlyCandidatePassed: 0,
          delta: expect.closeTo(-1 / 3, 9),
          test: 'mcnemar',
          // scipy.stats.binomtest(0, 20, 0.5).pvalue
          pValue: expect.closeTo(1.9073486328125e-6, 12),
          interval: { low: expect.any(Number), high: expect.any(Number) },
        },
      ],
      gates: [
        { name: 'fail-on regression', passed: false, why: expect.stringContaining('lost 33.3 points') },
        { name: 'max-errored 5%', passed: true, why: expect.any(String) },
      ],
    });
    expect(document['flips']).toHaveLength(20);
    expect(document['flips']).toContainEqual(expect.objectContaining({ rowId: 'r31', direction: 'worse' }));
    expect(status).toBe(1);
  });

  it('counts and lists rows that flip by several scorers once, as many as --flips asks for', async ({ desk }) => {
    await desk.write('base.jsonl', ofScore(1));
    await desk.write('candidate.jsonl', ofScore(0));
    const told = async (...more: readonly string[]): Promise<string> =>
      (await desk.run(['compare', 'base.jsonl', 'candidate.jsonl', '--fail-on', 'none', ...more])).stdout;
    const [usual, most] = [await told(), await told('--flips', '25', '--report', 'markdown=all.md')];
    expect([usual, most].map(shownIn)).toEqual([20, 25]);
    expect([usual, most].map((text) => text.includes('flips: 25 got worse, 0 got better'))).toEqual([true, true]);
    expect([usual, most].map((text) => text.includes('and 5 more: --flips shows more'))).toEqual([true, false]);
    const markdown = await desk.read('all.md');
    expect(markdown.match(/^- 🔻/gm)).toHaveLength(25);
    expect(markdown).toContain('Flips: 25 got worse, 0 got better');
    const { flips, flipped } = parseObject(await told('--flips', '3', '--json'));
    expect(flips).toHaveLength(6);
    expect(flipped).toEqual({ worse: 25, better: 0, flaky: 0 });
  });

  it('says that there are too few rows, how many are needed and what they cost', async ({ desk }) => {
    const { document, status } = await compare(desk, [resultsJsonl(passing(20, 12)), resultsJsonl(passing(20, 11))]);
    expect(document).toMatchObject({ verdict: 'inconclusive', pairs: [{ verdict: 'inconclusive' }] });
    const [pair] = Array.isArray(document['pairs']) ? document['pairs'] : [];
    const needed = objectAt(pair, 'needed');
    expect(needed['rows']).toBeGreaterThan(1000);
    expect(Number(objectAt(needed, 'cost')['total'])).toBeCloseTo(0.02 * Number(needed['moreRows']), 0);
    expect(status).toBe(0);
    expect(
      (
        await compare(
          desk,
          [resultsJsonl(passing(20, 12)), resultsJsonl(passing(20, 11))],
          ['--fail-on', 'inconclusive'],
        )
      ).status,
    ).toBe(1);
    expect(
      (await compare(desk, [resultsJsonl(passing(20, 12)), resultsJsonl(passing(20, 11))], ['--fail-on', 'any-drop']))
        .status,
    ).toBe(1);
  });

  it('gives no verdict on a candidate whose trials errored', async ({ desk }) => {
    const errored = passing(100, 100).map((trial, index) =>
      index < 31 ? { row: trial.row, error: 'rate_limit' } : trial,
    );
    const { document, status } = await compare(desk, [resultsJsonl(passing(100, 100)), resultsJsonl(errored)]);
    expect(document).toMatchObject({
      verdict: 'unsound',
      unsound: ['candidate prompt · gpt-4o · t=0: 31 of 100 trials errored (31 rate_limit), more than 5.0%'],
    });
    expect(status).toBe(3);
    const allowed = await compare(
      desk,
      [resultsJsonl(passing(100, 100)), resultsJsonl(errored)],
      ['--max-errored', '40%'],
    );
    expect(allowed.document).toMatchObject({ pairs: [{ n: 69 }] });
    expect(allowed.status).toBe(0);
  });

  it('gives no verdict if rows have nothing in common, or no scorer is on both sides', async ({ desk }) => {
    const others = resultsJsonl(passing(5, 5).map((trial) => ({ ...trial, row: `x${trial.row}` })));
    expect(await compare(desk, [resultsJsonl(passing(5, 5)), others])).toMatchObject({
      status: 3,
      document: { verdict: 'unsound', rowsInCommon: 0, newRows: { n: 5 }, missingRows: { n: 5 } },
    });
    const scored = resultsJsonl(passing(5, 5).map(({ row }) => ({ row, scores: { contains: 1 } })));
    expect(await compare(desk, [resultsJsonl(passing(5, 5)), scored])).toMatchObject({
      status: 3,
      document: { unsound: ['no scorer in common: score both runs alike with promptgrid score'] },
    });
  });

  it('gives no verdict, but the reason, where rows have nothing to be paired by', async ({ desk }) => {
    const ask = async (column: string, folder: string): Promise<void> => {
      const more = column.includes(',') ? ',ru' : '';
      await desk.write('rows.csv', `${column},expected\na${more},1\nb${more},2\n`);
      const prompt = ['--prompt', `X {{ ${column.split(',')[0]} }}`, '--score', 'contains'];
      await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '-t', '0', ...prompt, '--out', folder]);
    };
    await ask('q', 'q');
    await ask('question', 'question');
    await desk.pass(['baseline', 'save', 'q', 'q.jsonl']);
    await ask('q,lang', 'lang');
    await desk.pass(['baseline', 'save', 'lang', 'lang.jsonl']);
    const bare = { row_id: '1', status: 'completed', prompt: 'p', model: 'm', 'score.exact': 1 };
    await desk.write('bare.jsonl', `${JSON.stringify(bare)}\n`);
    await desk.write('other.jsonl', `${JSON.stringify(bare)}\n`);
    for (const [base, candidate] of [
      ['q', 'question'],
      ['q/results.csv', 'question'],
      ['q.jsonl', 'question'],
      ['lang.jsonl', 'q'],
      ['bare.jsonl', 'other.jsonl'],
    ] as const) {
      const { status, stdout } = await desk.run(['compare', base, candidate, '--json']);
      expect([base, status]).toEqual([base, 3]);
      expect(parseObject(stdout)).toMatchObject({
        verdict: 'unsound',
        rowsInCommon: 0,
        unsound: [
          expect.stringMatching(/^no rows in common: without an id column, rows are paired by columns that both have/),
        ],
      });
    }
    expect((await desk.run(['compare', 'bare.jsonl', 'bare.jsonl'])).status).toBe(0);
  });

  it('does not count answers as good that only one side could score', async ({ desk }) => {
    const unjudged = passing(50, 50).map((trial, index) =>
      index < 10 ? { row: trial.row, scores: { exact: null } } : trial,
    );
    const { status, document } = await compare(desk, [resultsJsonl(passing(50, 50)), resultsJsonl(unjudged)]);
    expect(document['unsound']).toEqual([expect.stringContaining('10 of 50 rows could be scored on one side only')]);
    expect(status).toBe(3);
  });

  it('compares the rows before a variant was stopped, and says so', async ({ desk }) => {
    const stopped = passing(30, 30).map((trial, index) => (index < 20 ? trial : { row: trial.row, isSkipped: true }));
    const { document, status } = await compare(desk, [resultsJsonl(passing(30, 30)), resultsJsonl(stopped)]);
    expect(document['notes']).toEqual([
      'candidate prompt · gpt-4o · t=0: 10 of 30 trials were skipped by decision of its run',
    ]);
    expect(document).toMatchObject({ verdict: 'unchanged', pairs: [{ n: 20 }] });
    expect(status).toBe(0);
  });

  it("uses a single scorer's pass values from the file, which knows the thresholds of rows", async ({ desk }) => {
    const { document } = await compare(desk, [shares(0.8, true), shares(0.7, false)]);
    expect(document).toMatchObject({ pairs: [{ onlyBasePassed: 30 }], flipped: { worse: 30 } });
  });

  it('finds a regression in the scores of identical answers', async ({ desk }) => {
    const { status, document } = await compare(desk, [textsScored(0), textsScored(30)]);
    expect(document).toMatchObject({ verdict: 'regressed', pairs: [{ sameAnswers: 100, verdict: 'regressed' }] });
    expect(status).toBe(1);
  });

  it('reads a CSV in the dialect that it was written in', async ({ desk }) => {
    await desk.write('rows.csv', questions(12));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'contains'];
    await desk.pass([
      'run',
      ...grid,
      '--delimiter',
      ';',
      '--bom',
      '--prompt',
      '=1+1 "{{ prompt }}"; ok',
      '--out',
      'run',
    ]);
    const { stdout } = await desk.run(['compare', 'run/results.csv', 'run', '--json']);
    expect(parseObject(stdout)).toMatchObject({ rowsInCommon: 12, pairs: [{ n: 12, sameAnswers: 12 }] });
  });

  it('requires critical rows to pass, whatever the statistics', async ({ desk }) => {
    expect((await compare(desk, [criticalRows(-1), criticalRows(8)])).status).toBe(0);
    const { status, document } = await compare(desk, [criticalRows(-1), criticalRows(7)]);
    const r7 = { rowId: 'r7', variant: 'prompt · gpt-4o · t=0', isUnpaired: false };
    expect(document['gates']).toContainEqual({
      name: 'critical rows',
      passed: false,
      why: '1 of 1 critical trial did not pass: r7 (prompt · gpt-4o · t=0)',
      reason: expect.objectContaining({ kind: 'critical', trials: 1, failed: { count: 1, rows: [r7] } }),
    });
    expect(document['flips']).toMatchObject([{ rowId: 'r7', isCritical: true }]);
    expect(status).toBe(1);
  });

  it.for(['Да', 'истина', 'х', '+', 'v', 'YES'])('takes %s in the column critical for yes', async (mark, { desk }) => {
    await desk.write('rows.csv', `id,prompt,expected,critical\n1,a,a,${mark}\n2,b,b,нет\n3,c,c,Н\n4,d,d,-\n`);
    await desk.write('answers.jsonl', echoes);
    const run = ['run', 'rows.csv', '--simulate', 'answers.jsonl', '-m', 'gpt-4o', '--score', 'exact', '--out', 'run'];
    expect((await desk.run([...run, '--format', 'csv'])).stderr).not.toContain('critical');
    const ended = await desk.run(['compare', 'run', 'run', '--json', '--fail-on', 'none']);
    expect(ended.stderr).not.toContain('critical');
    expect(parseObject(ended.stdout)['gates']).toContainEqual(
      expect.objectContaining({ name: 'critical rows', passed: true, why: 'the 1 critical trial passed' }),
    );
  });

  it('warns of a critical column that says neither yes nor no, before anything is paid', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,expected,critical\n1,a,a,\n2,b,b,maybe\n3,c,c,нет\n4,d,d,urgent\n');
    await desk.write('answers.jsonl', echoes);
    const run = ['run', 'rows.csv', '--simulate', 'answers.jsonl', '-m', 'gpt-4o', '--score', 'exact', '--out', 'run'];
    const what =
      '"maybe" in the column "critical" is neither yes nor no, nor in 1 more row: such a row is not critical';
    const warning = `${what}; write yes, y, x, v, +, ✓, ✔, да, д, х, true or 1, or no, n, -, –, —, −, нет, н, false or 0`;
    expect(unwrapped((await desk.run([...run, '--dry-run'])).stderr)).toContain(`rows.csv:3: ${warning}`);
    expect(unwrapped((await desk.run(run)).stderr)).toContain(`rows.csv:3: ${warning}`);
    const saved = await desk.run(['baseline', 'save', 'run', 'baseline.jsonl']);
    const compared = await desk.run(['compare', 'run', 'run']);
    for (const { stderr } of [saved, compared])
      expect(unwrapped(stderr)).toMatch(/run\/results\.(?:csv|jsonl):[23]: "may/);
    expect(unwrapped(compared.stderr).split(warning)).toHaveLength(2);
  });

  it('compares cost, tokens and latency, and gates them', async ({ desk }) => {
    const base = resultsJsonl(passing(30, 30));
    const dearer = resultsJsonl(passing(30, 30, { cost: '0.012', tokens: 22, latencyMs: 100 }));
    const { document } = await compare(desk, [base, dearer]);
    expect(document['measures']).toMatchObject([
      { measure: 'cost', unit: 'RUB', n: 30, ratio: expect.closeTo(1.2, 9), verdict: 'higher' },
      { measure: 'tokens', ratio: expect.closeTo(1.1, 9) },
      { measure: 'latency', ratio: 1, verdict: 'no difference shown' },
    ]);
    expect((await compare(desk, [base, dearer], ['--max-cost-increase', '10%'])).status).toBe(1);
    expect((await compare(desk, [base, dearer], ['--max-cost-increase', '20%'])).status).toBe(0);
    expect((await compare(desk, [base, dearer], ['--max-latency-increase', '5%'])).status).toBe(0);
  });

  it('does not compare amounts of two currencies, nor those of cached answers', async ({ desk }) => {
    const base = resultsJsonl(passing(5, 5));
    const dollars = await compare(desk, [base, resultsJsonl(passing(5, 5, { currency: 'USD' }))]);
    expect(dollars.document['measures']).toContainEqual(
      expect.objectContaining({ measure: 'cost', ratio: null, verdict: 'not known' }),
    );
    expect(dollars.document['notes']).toEqual([
      'base was paid in RUB, candidate in USD: amounts of two currencies are not compared',
    ]);
    const cached = await compare(desk, [base, resultsJsonl(passing(5, 5, { isCached: true, cost: '0' }))]);
    expect(cached.document['measures']).toContainEqual(expect.objectContaining({ measure: 'cost', ratio: null }));
  });

  it('pairs mapped models and prompts, and lists those without a counterpart', async ({ desk }) => {
    const files = [ofModels(['gpt-4o', 'old'], 10), ofModels(['gpt-4o', 'new'], 9)] as const;
    expect((await compare(desk, files)).document['pairs']).toHaveLength(1);
    const { document } = await compare(desk, files, ['--map', 'old=new']);
    expect(document['pairs']).toMatchObject([{}, { base: { model: 'old' }, candidate: { model: 'new' } }]);
    expectRefusal(
      await desk.run(['compare', 'base.jsonl', 'candidate.jsonl', '--map', 'ald=new']),
      '--map: the base has no model, label or prompt "ald"',
      'did you mean old?',
    );
    const alone = await compare(desk, [ofModels(['a'], 9), ofModels(['b'], 9)]);
    expect(alone.document['pairs']).toHaveLength(1);
    await desk.write('more.jsonl', ofModels(['c', 'd'], 9));
    expectRefusal(await desk.run(['compare', 'base.jsonl', 'more.jsonl']), 'no variant is on both sides', '--map');
  });

  it('pairs rows without ids by their requests, equal ones in order', async ({ desk }) => {
    const { document } = await compare(desk, [
      withoutIds(['a', 'b', 'b', 'c'], ''),
      withoutIds(['new', 'c', 'b', 'a', 'b'], 'c'),
    ]);
    expect(document).toMatchObject({
      pairedBy: 'content',
      rowsInCommon: 4,
      newRows: { n: 1, rowIds: ['1'] },
      flips: [{ rowId: '2', direction: 'worse' }],
      pairs: [{ n: 4, onlyBasePassed: 1 }],
    });
  });

  it('distinguishes flaky rows from flipped ones', async ({ desk }) => {
    const { document } = await compare(desk, [
      linesOf(repeats('steady', [1, 1, 1]), repeats('flaky', [1, 0, 1]), repeats('other', [1, 1, 1])),
      linesOf(repeats('steady', [0, 0, 0]), repeats('flaky', [0, 0, 1]), repeats('other', [1, 1, 1])),
    ]);
    expect(document).toMatchObject({
      flipped: { worse: 1, better: 0, flaky: 1 },
      flakyRows: { n: 1, rowIds: ['flaky'] },
      flips: [
        { rowId: 'steady', isFlaky: false },
        { rowId: 'flaky', isFlaky: true },
      ],
      pairs: [{ test: 'sign-flip' }],
    });
  });

  it('reports different rows, prompts or parameters of the two sides', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.write('other.csv', questions(4).replace('r2,What is 2', 'r2,What was 2'));
    const run = ['-m', 'gpt-4o', '--simulate', '--score', 'word-count:1-500'];
    await desk.pass(['run', 'rows.csv', ...run, '--prompt', 'One: {{ prompt }}', '--out', 'base']);
    await desk.pass(['run', 'other.csv', ...run, '--prompt', 'Two: {{ prompt }}', '--top-p', '0.5', '--out', 'now']);
    const { stdout } = await desk.run(['compare', 'base', 'now', '--json', '--fail-on', 'none']);
    expect(parseObject(stdout)['notes']).toEqual([
      "the dataset is not the same file as the base's (rows.csv and other.csv); 1 of the rows with the same id ask something else now",
      'the prompt "p1" was changed since the base',
      'other request parameters: base {}, candidate {"top_p":0.5}',
      'simulated answers (base and candidate): the figures say nothing about models',
    ]);
  });
});

describe.concurrent('promptgrid compare, given invalid input', () => {
  it('refuses a folder that is not a run, and a missing path', async ({ desk }) => {
    await desk.write('folder/notes.txt', 'x');
    await desk.write('ok.jsonl', resultsJsonl(passing(2, 2)));
    expectRefusal(await desk.run(['compare', 'folder', 'ok.jsonl']), 'folder: holds no run');
    expectRefusal(await desk.run(['compare', 'ok.jsonl', 'gone']), 'gone: there is no such file or folder');
  });

  it('refuses files in another format, with file and line', async ({ desk }) => {
    await desk.write('ok.jsonl', resultsJsonl(passing(2, 2)));
    await desk.write('empty.jsonl', '');
    await desk.write('foreign.csv', 'a,b\n1,2\n');
    await desk.write('foreign.jsonl', '{"a":1}\n');
    await desk.write('torn.jsonl', `${resultsJsonl(passing(2, 2))}{"trial_id": "x`);
    await desk.write('later.jsonl', `${resultsJsonl(passing(2, 2))}{"row_id": "x"}\n`);
    for (const [name, what] of [
      ['empty.jsonl', 'empty.jsonl: is empty'],
      ['foreign.csv', 'foreign.csv:1: is not a result file of promptgrid'],
      ['foreign.jsonl', 'foreign.jsonl:1: is not a result file of promptgrid'],
      ['torn.jsonl', 'torn.jsonl:3: is not a JSON object'],
      ['later.jsonl', 'later.jsonl:3: is not a result'],
    ] as const) {
      expectRefusal(await desk.run(['compare', 'ok.jsonl', name]), what);
    }
  });

  it('says of other files of a run, and of any JSON document, that they hold no results', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', 'run']);
    for (const name of ['summary.json', 'run.json', 'journal.jsonl', 'report.html']) {
      const { stderr } = await desk.run(['compare', 'run', `run/${name}`]);
      expect(stderr).toContain(`run/${name}: is not a result file of promptgrid\nhint  name the run folder, run\n`);
    }
    await desk.write('copied.json', await desk.read('run/summary.json'));
    const { stderr } = await desk.run(['compare', 'run', 'copied.json']);
    expect(stderr).toContain(
      'copied.json:1: is not a result file of promptgrid\nhint  name a run folder, a results.jsonl',
    );
  });

  it('refuses duplicate ids', async ({ desk }) => {
    await desk.write('ok.jsonl', resultsJsonl(passing(2, 2)));
    await desk.write('twice.jsonl', resultsJsonl([...passing(2, 2), ...passing(1, 1)]));
    expectRefusal(await desk.run(['compare', 'ok.jsonl', 'twice.jsonl']), 'twice.jsonl:3: row "r1" is there twice');
  });

  it('says what makes one id of two in a spreadsheet', async ({ desk }) => {
    await desk.write('ok.jsonl', resultsJsonl(passing(2, 2)));
    await desk.write('saved.jsonl', resultsJsonl(passing(2, 2).map((trial) => ({ ...trial, row: '7' }))));
    const { stderr } = await desk.run(['compare', 'ok.jsonl', 'saved.jsonl']);
    expect(stderr).toContain('row "7" is there twice');
    expect(stderr).toContain('ids such as 007 and 7 became one number');
  });

  it('refuses an unfinished run, and says how much is done', async ({ desk }) => {
    await desk.write('rows.csv', questions(6));
    const run = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'word-count:1-500'];
    await desk.pass([...run, '--out', 'whole']);
    await desk.pass(['estimate', ...run.slice(1), '--pilot', '2', '--out', 'part']);
    expectRefusal(
      await desk.run(['compare', 'whole', 'part']),
      'part: the run is not finished: 2 of 6 trials',
      '--allow-partial',
    );
    const { stdout, status } = await desk.run(['compare', 'whole', 'part', '--allow-partial', '--json']);
    expect(parseObject(stdout)).toMatchObject({ rowsInCommon: 2, missingRows: { n: 4 } });
    expect(status).toBe(0);
  });

  it.each([
    [['--margin', 'two'], '--margin must be a number of points from 0 to 99, with % below 1, got "two"'],
    [['--margin', '0.02'], 'write 2% for 2 points of 100, or 0.02% for 0.02'],
    [['--map', 'a'], '--map must be old=new, got "a"'],
    [['--min', 'exact'], '--min must be score=share with a share from 0 to 1, got "exact"'],
    [['--min', 'exakt=0.9'], 'did you mean exact?'],
    [['--min-on', 'mean'], 'lower, point'],
    [['--fail-on', 'regresion'], 'did you mean regression?'],
    [['--max-errored', '200%'], '--max-errored must be a share from 0 to 1, got "200%"'],
    [['--max-cost-increase', '-1'], '--max-cost-increase must be a share from 0, with % above 1, got "-1"'],
    [['--max-cost-increase', '10'], 'write 10% or 0.1'],
    [['--max-errored', '5'], 'write 5% or 0.05'],
    [['--min', 'exact=0,9'], 'got "exact=0,9"'],
    [['--flips', '-1'], '--flips must be a whole number from 0 to 10000, got "-1"'],
    [['--report', 'html=x'], 'github needs no file'],
  ])('refuses %o', async (words, text) => {
    const { Desk } = await import('../support/cli.ts');
    const desk = await Desk.make('compare-flags');
    try {
      await desk.write('ok.jsonl', resultsJsonl(passing(2, 2)));
      expectRefusal(await desk.run(['compare', 'ok.jsonl', 'ok.jsonl', ...words]), text);
    } finally {
      await desk.close();
    }
  });
});

describe('rows whose ids come from --id-column', () => {
  it('are paired by them, although their texts have changed', async ({ desk }) => {
    for (const [name, question] of [
      ['before', 'Is it so'],
      ['after', 'Is that so'],
    ]) {
      const rows = Array.from({ length: 12 }, (_, index) => `k${index},${question} ${index}?,yes\n`);
      await desk.write(`${name}.csv`, `code,prompt,expected\n${rows.join('')}`);
      const words = ['run', `${name}.csv`, '-m', 'gpt-4o', '--simulate', '--score', 'contains', '--id-column', 'code'];
      await desk.pass([...words, '--out', String(name)]);
    }
    const { stdout } = await desk.run(['compare', 'before', 'after', '--json']);
    expect(parseObject(stdout)).toMatchObject({ pairedBy: 'id', pairs: [{ n: 12 }] });
  });
});
