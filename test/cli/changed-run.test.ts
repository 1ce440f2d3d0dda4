import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, questions } from '../support/results.ts';
import { HOSTILE, obeyedBy } from '../support/terminal.ts';

const PROMPT = 'Ты — помощник магазина.\nОтвечай вежливо.\nНе длиннее двух предложений.\n\n{{ question }}\nОтвет:\n';
const EDITED = PROMPT.replace('двух предложений', 'одного предложения, без извинений и без повторения вопроса, всегда');
const RUN = ['run', 'rows.csv', '-m', 'gpt-4o-mini', '--prompt-file', 'p.txt', '--simulate', '--out', 'r'];

describe.concurrent('a run whose address was wrong', () => {
  it('is replaced by the corrected one in the same folder, since it holds no result', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const words = ['run', 'rows.csv', '--provider', 'custom', '-m', 'gpt-4o', '--out', 'r', '--no-model-check'];
    const wrong = gateway.url.replace('/v1', '/v2');
    const stopped = await desk.run([...words, '--base-url', wrong]);
    expect(stopped.status).toBe(4);
    expect(stopped.stderr).toMatch(/no chat API at this address: .*\nno request was answered: correct the address /);
    expect(stopped.stderr).not.toContain('npx');
    const { stderr } = await desk.pass([...words, '--base-url', gateway.url]);
    expect(stderr).toContain('warning: r: the run in it has no result and is replaced: endpoints changed\n');
    expect(await csvResults(desk, 'r')).toHaveLength(3);
    expect(await desk.run([...words, '--base-url', wrong])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('r: holds a different run: endpoints changed'),
    });
  });

  it.for([
    ['calls that may have been billed', 'r/holds.jsonl', '{}\n'],
    ['results that its run.json does not count', 'r/journal.jsonl', '{}\n'],
  ] as const)('is kept if it has %s', async ([, file, content], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const words = ['run', 'rows.csv', '--provider', 'custom', '-m', 'gpt-4o', '--out', 'r', '--no-model-check'];
    await desk.run([...words, '--base-url', gateway.url.replace('/v1', '/v2')]);
    await desk.write(file, content);
    const { message } = await refused(desk, gateway, [...words, '--base-url', gateway.url]);
    expect(message).toBe('r: holds a different run: endpoints changed');
  });
});

describe.concurrent('a run whose settings were edited', () => {
  it('shows the changed prompt in 80 columns, and what to do', async ({ desk }) => {
    await desk.write('rows.csv', 'id,question\na,x\n');
    await desk.write('p.txt', PROMPT);
    await desk.pass(RUN);
    await desk.write('p.txt', EDITED);
    const { status, stderr } = await desk.run([...RUN, '--max-tokens', '5']);
    expect(status).toBe(2);
    const lines = stderr.split('\n');
    expect(lines.slice(lines.findIndex((line) => line.startsWith('error')))).toEqual([
      'error r: holds a different run: prompts, params changed',
      '  prompt "p":',
      '      Ты — помощник магазина.',
      '      Отвечай вежливо.',
      '    - Не длиннее двух предложений.',
      '    + Не длиннее одного предложения, без извинений и без повторения вопроса,',
      '      всегда.',
      '',
      '      {{ question }}',
      '      Ответ:',
      '  request field max_tokens: was not set, is 5',
      'hint  use another folder with --out, or discard the earlier run with --overwrite',
      '',
    ]);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
  });

  it('colours the diff if colours are on', async ({ desk }) => {
    await desk.write('rows.csv', 'id,question\na,x\n');
    await desk.write('p.txt', PROMPT);
    await desk.pass(RUN);
    await desk.write('p.txt', EDITED);
    const { stderr } = await desk.start(RUN, { env: { FORCE_COLOR: '1' } }).ended;
    expect(stderr).toContain('\u001B[31m  - Не длиннее двух предложений.\u001B[39m');
    expect(stderr).toContain('\u001B[32m  + Не длиннее одного предложения');
  });

  it('prints no terminal control sequence of a prompt', async ({ desk }) => {
    await desk.write('rows.csv', 'id,question\na,x\n');
    await desk.write('p.txt', `${PROMPT}{% raw %}${HOSTILE}{% endraw %}`);
    await desk.pass(RUN);
    await desk.write('p.txt', PROMPT);
    const { status, stderr } = await desk.run(RUN);
    expect(status).toBe(2);
    expect(stderr).toContain('    - {% raw %}');
    expect(obeyedBy(stderr)).toEqual([]);
  });

  it('has the diff in the document of --json', async ({ desk }) => {
    await desk.write('rows.csv', 'id,question\na,x\n');
    await desk.write('p.txt', 'a {{ question }}');
    await desk.pass(RUN);
    await desk.write('p.txt', 'b {{ question }}');
    const { stdout } = await desk.run([...RUN, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'E_RUN_FOLDER', lines: ['prompt "p":', '  - a {{ question }}', '  + b {{ question }}'] },
    });
  });
});
