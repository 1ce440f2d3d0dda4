import { rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { isJsonObject, type JsonObject, listOf } from '../../src/core/json.ts';
import { expectNoRegression } from '../../src/vitest.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { jsonLines, parseObject } from '../support/results.ts';

const ROWS = 12;
const PROMPT = 'Answer in one word: {{ question }}';

/** A run of twelve questions about capitals, of which the first ones are answered rightly. */
async function run(desk: Desk, out: string, right: number, words: readonly string[] = []): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, n) => `q${n + 1},Capital of land ${n + 1}?,City ${n + 1}`);
  await desk.write('rows.csv', `id,question,expected\n${rows.join('\n')}\n`);
  const answers = Array.from({ length: ROWS }, (_, n) => {
    const prompt = `Answer in one word: Capital of land ${n + 1}?`;
    return JSON.stringify({ prompt, output: n < right ? `City ${n + 1}` : `Town ${n + 1}` });
  });
  await desk.write('answers.jsonl', answers.join('\n'));
  const grid = ['rows.csv', '-m', 'gpt-4o', '--prompt', PROMPT, '--score', 'exact', '--simulate', 'answers.jsonl'];
  await desk.pass(['run', ...grid, '--out', out, ...words]);
}

async function flipsOf(desk: Desk, base: string, candidate: string): Promise<readonly JsonObject[]> {
  const { stdout } = await desk.run(['compare', base, candidate, '--json']);
  return listOf(parseObject(stdout)['flips']).filter(isJsonObject);
}

const ASKED = { question: 'Answer in one word: Capital of land 3?', expected: 'City 3' };

describe.concurrent('a flipped row', { timeout: 60_000 }, () => {
  it('says what was asked and expected, with the dataset gone', async ({ desk }) => {
    await run(desk, 'old', ROWS);
    await run(desk, 'new', 2);
    await rm(desk.path('rows.csv'));
    expect((await flipsOf(desk, 'old', 'new'))[0]).toMatchObject({
      rowId: 'q3',
      ...ASKED,
      baseOutput: 'City 3',
      candidateOutput: 'Town 3',
    });
    const { stdout } = await desk.run(['compare', 'old', 'new']);
    expect(stdout).toContain(
      [
        'worse  q3 · p1 · gpt-4o · exact 1 → 0',
        '    question:  Answer in one word: Capital of land 3?',
        '    expected:  City 3',
        '    base:      City 3',
        '    candidate: Town 3',
      ].join('\n'),
    );
  });

  it('says it in every report', async ({ desk }) => {
    await run(desk, 'old', ROWS);
    await run(desk, 'new', 2);
    const kinds = ['junit', 'markdown', 'sarif', 'github'].flatMap((kind) => ['--report', `${kind}=${kind}.out`]);
    const { stdout } = await desk.run(['compare', 'old', 'new', ...kinds]);
    expect(await desk.read('markdown.out')).toContain(
      '  - question: <code>Answer in one word&#58; Capital of land 3?</code>\n  - expected: <code>City 3</code>\n',
    );
    expect(await desk.read('github.out')).toContain('  - expected: <code>City 3</code>');
    const junit = await desk.read('junit.out');
    expect(junit).toContain('message="exact 1 → 0; expected &quot;City 3&quot;, got &quot;Town 3&quot;"');
    expect(junit).toContain('question: Answer in one word: Capital of land 3?&#10;expected: City 3&#10;base: City 3');
    const said = 'question: Answer in one word: Capital of land 3?\\nexpected: City 3\\nbase: City 3';
    expect(await desk.read('sarif.out')).toContain(said);
    expect(stdout).toContain(`%0A${said.replaceAll('\\n', '%0A')}%0Acandidate: Town 3`);
  });

  it('says it in a test that fails', async ({ desk }) => {
    await run(desk, 'old', ROWS);
    await run(desk, 'new', 2);
    const failed = expectNoRegression(desk.path('old'), desk.path('new'));
    await expect(failed).rejects.toThrow('expected:  City 3\n    base:      City 3\n    candidate: Town 3');
  });

  it('takes it from the run beside a baseline', async ({ desk }) => {
    await run(desk, 'old', ROWS);
    await run(desk, 'new', 2);
    await desk.pass(['baseline', 'save', 'old', 'old.jsonl']);
    await desk.pass(['baseline', 'save', 'new', 'new.jsonl']);
    const text = await desk.read('old.jsonl');
    expect(text).not.toMatch(/Capital|City/);
    await rm(desk.path('rows.csv'));
    expect((await flipsOf(desk, 'old.jsonl', 'new'))[0]).toMatchObject(ASKED);
    expect((await flipsOf(desk, 'old', 'new.jsonl'))[0]).toMatchObject(ASKED);
  });

  it('takes it from the dataset of two baselines if it is unchanged, else says nothing', async ({ desk }) => {
    await run(desk, 'old', ROWS);
    await run(desk, 'new', 2);
    for (const name of ['old', 'new']) await desk.pass(['baseline', 'save', name, `${name}.jsonl`]);
    expect((await flipsOf(desk, 'old.jsonl', 'new.jsonl'))[0]).toMatchObject({
      question: 'Capital of land 3?',
      expected: 'City 3',
      line: 4,
    });
    await desk.write('rows.csv', `${await desk.read('rows.csv')}q99,Another?,None\n`);
    expect((await flipsOf(desk, 'old.jsonl', 'new.jsonl'))[0]).toMatchObject({ question: null, expected: null });
  });

  it('takes it from a baseline that keeps it', async ({ desk }) => {
    await run(desk, 'old', ROWS);
    await run(desk, 'new', 2);
    for (const name of ['old', 'new']) await desk.pass(['baseline', 'save', name, `${name}.jsonl`, '--with-rows']);
    await rm(desk.path('rows.csv'));
    const [, , , third] = jsonLines(await desk.read('old.jsonl'));
    expect(third).toMatchObject({ row_id: 'q3', ...ASKED });
    expect(third).not.toHaveProperty('output');
    expect((await flipsOf(desk, 'old.jsonl', 'new.jsonl'))[0]).toMatchObject({ ...ASKED, baseOutput: null });
  });

  it('shows assertions of its row as what it expects', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,__expected\na,Say hello,contains: hello\n');
    for (const output of ['hello', 'bye']) {
      await desk.write('answers.jsonl', JSON.stringify({ contains: 'o', output }));
      await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', output]);
    }
    const asked = { question: 'Say hello', expected: 'contains: hello', candidateOutput: 'bye' };
    expect((await flipsOf(desk, 'hello', 'bye'))[0]).toMatchObject(asked);
  });

  it('shortens a question of a megabyte', async ({ desk }) => {
    await desk.write('rows.csv', `id,prompt,expected\na,${'word '.repeat(200_000)},hello\n`);
    for (const output of ['hello', 'bye']) {
      await desk.write('answers.jsonl', JSON.stringify({ contains: 'o', output }));
      const words = ['-m', 'gpt-4o', '--score', 'exact', '--simulate', 'answers.jsonl', '--out', output];
      await desk.pass(['run', 'rows.csv', ...words]);
    }
    const [flip] = await flipsOf(desk, 'hello', 'bye');
    expect(flip?.['question']).toMatch(/^word .*…$/);
    expect(JSON.stringify(flip).length).toBeLessThan(10_000);
  });
});
