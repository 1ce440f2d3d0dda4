import { writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', 'run'];

function scripted(...prompts: readonly string[]): string {
  return prompts.map((prompt) => `${JSON.stringify({ prompt, output: 'yes' })}\n`).join('');
}

describe.concurrent('a file of scripted answers', () => {
  it.for([
    ['none', ['c'], 'none of 2 requests had a scripted answer in answers.jsonl: all answers were made up'],
    ['some', ['b'], '1 of 2 requests had no scripted answer in answers.jsonl: their answers were made up'],
  ] as const)('that fits %s of the requests causes a warning', async ([, prompts, warning], { desk }) => {
    await desk.write('rows.csv', 'prompt\na\nb\n');
    await desk.write('answers.jsonl', scripted(...prompts));
    const { stderr } = await desk.pass(RUN);
    expect(stderr.split('\n')).toContain(`warning: ${warning}`);
  });

  it('that fits all requests causes none', async ({ desk }) => {
    await desk.write('rows.csv', 'prompt\na\nb\n');
    await desk.write('answers.jsonl', scripted('a', 'b'));
    expect((await desk.pass(RUN)).stderr).not.toContain('warning');
  });

  it('that is not UTF-8 ends a run before it begins, with its line', async ({ desk }) => {
    await desk.write('rows.csv', 'prompt\na\nb\n');
    await writeFile(
      desk.path('answers.jsonl'),
      Buffer.from('{"prompt":"a","output":"1"}\n{"prompt":"caf\xe9"}\n', 'latin1'),
    );
    const { status, stderr } = await desk.run(RUN);
    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toMatch(
      /^error answers\.jsonl:2 is not UTF-8; it looks like windows-1252\nhint {2}save the file as UTF-8\n$/,
    );
  });
});
