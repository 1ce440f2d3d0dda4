import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults } from '../support/results.ts';

const RUN = ['run', 'rows.jsonl', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', 'run', '--score', 'exact'];

/** Runs rows whose question is 2+2?, which is answered with 4; the lines on stderr. */
async function run(desk: Desk, rows: readonly object[], words: readonly string[] = []): Promise<readonly string[]> {
  await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await desk.write('answers.jsonl', '{"prompt":"2+2?","output":"4"}\n');
  return (await desk.pass([...RUN, ...words])).stderr.split('\n');
}

const ASK = { role: 'user', content: '2+2?' };

describe.concurrent('a dataset of another tool', { timeout: 60_000 }, () => {
  it('of OpenAI batch requests gives ids and messages', async ({ desk }) => {
    const row = {
      custom_id: 'sum-1',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'x', messages: [ASK] },
    };
    const told = await run(desk, [row], ['--expected', 'url', '--score', 'contains']);
    expect(told).toContainEqual(expect.stringMatching(/rows\.jsonl is read as OpenAI batch requests: /));
    expect(await csvResults(desk, 'run')).toMatchObject([{ row_id: 'sum-1', output: '4' }]);
  });

  it('of LangSmith gives messages and expected answers, as with paths given by flags', async ({ desk }) => {
    const rows = [{ inputs: { question: '2+2?' }, outputs: { answer: '4' }, meta: { key: 'a' } }];
    await run(desk, rows);
    const own = await csvResults(desk, 'run');
    expect(own).toMatchObject([{ row_id: '1', output: '4', 'score.exact': '1.0' }]);
    await desk.pass(['score', 'run', '--score', 'contains']);
    expect(await csvResults(desk, 'run')).toMatchObject([{ 'score.contains': '1.0' }]);
    await run(desk, rows, [
      '--prompt',
      '{{ inputs.question }}',
      '--expected',
      'outputs.answer',
      '--id-column',
      'meta.key',
      '--overwrite',
    ]);
    expect(await csvResults(desk, 'run')).toMatchObject([{ row_id: 'a', output: '4', 'score.exact': '1.0' }]);
  });

  it('of conversations sends all but the last answer, which is expected', async ({ desk }) => {
    const conversations = [
      { from: 'human', value: '2+2?' },
      { from: 'gpt', value: '4' },
    ];
    await run(desk, [{ conversations }, { conversations: [{ from: 'human', value: '3+3?' }] }]);
    expect(await csvResults(desk, 'run')).toMatchObject([
      { output: '4', 'row.expected': '4', 'score.exact': '1.0' },
      { 'row.expected': '', 'score.exact': '' },
    ]);
  });

  it('is sent as it stands if --messages-column names its messages', async ({ desk }) => {
    const messages = [ASK, { role: 'assistant', content: '4' }];
    await desk.write('rows.jsonl', `${JSON.stringify({ messages })}\n`);
    const dry = ['run', 'rows.jsonl', '-m', 'gpt-4o', '--simulate', '--dry-run', '--json'];
    const { stdout } = await desk.pass([...dry, '--messages-column', 'messages']);
    expect(JSON.parse(stdout)).toMatchObject({ firstMessages: messages });
    expect(JSON.parse((await desk.pass(dry)).stdout)).toMatchObject({ firstMessages: [ASK] });
  });

  it.for([
    ['--id-column', 'meta.key', '--id-column names "meta.key", which rows.jsonl lacks'],
    ['--messages-column', 'turns', '--messages-column names "turns", which rows.jsonl lacks'],
  ] as const)('lacks what %s names', async ([flag, path, fault], { desk }) => {
    await desk.write('rows.jsonl', '{"question":"2+2?"}\n');
    const { status, stderr } = await desk.run([
      'run',
      'rows.jsonl',
      '-m',
      'gpt-4o',
      '--simulate',
      '--dry-run',
      flag,
      path,
    ]);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(fault) });
  });
});

describe.concurrent('a template', { timeout: 60_000 }, () => {
  it('that reads a word of Liquid instead of a column is refused with the form that works', async ({ desk }) => {
    await desk.write('rows.csv', 'id,empty,true\n1,E,T\n');
    const dry = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--dry-run', '--prompt'];
    const { status, stderr } = await desk.run([...dry, 'X {{ empty }} {{ true }}']);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('{{ row["empty"] }}') });
    const { stdout } = await desk.pass([...dry, 'X {{ row["empty"] }} {{ row["true"] }}']);
    expect(stdout).toContain('X E T');
  });
});
