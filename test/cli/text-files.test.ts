import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { encoded } from '../support/encodings.ts';
import { it } from '../support/in-process.ts';
import { questions } from '../support/results.ts';

const DRY = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--dry-run'];
const SCORED = [...DRY, '--prompt', '{{ prompt }}'];

/** Every kind of file that people write, with a command that reads it. */
const FILES: readonly (readonly [file: string, text: string, words: readonly string[]])[] = [
  ['prompt.txt', 'Ответь: {{ prompt }}', [...DRY, '--prompt-file', 'prompt.txt']],
  ['chat.json', '[{"role":"user","content":"Ответь {{ prompt }}"}]', [...DRY, '--prompt-file', 'chat.json']],
  ['functions.json', '[{"name":"f","description":"Ответ"}]', [...SCORED, '--functions', 'functions.json']],
  ['field.json', '{"user":"Аня и Ваня"}', [...SCORED, '--param', 'metadata=@field.json']],
  ['schema.json', '{"title":"Ответ модели"}', [...SCORED, '--score', 'json-schema:schema.json']],
  ['promptgrid.yaml', 'prompt: "Ответь {{ prompt }}"\n', DRY],
  ['.env', '# мой ключ от сервиса\nOTHER=1\n', SCORED],
  ['promptfooconfig.yaml', 'prompts: ["Ответь"]\n', ['import', 'promptfooconfig.yaml']],
];

describe.concurrent('a text file', { timeout: 60_000 }, () => {
  it.for(FILES)(
    '%s that is not UTF-8 is refused by its name and likely encoding',
    async ([file, text, words], { desk }) => {
      await desk.write('rows.csv', questions(1));
      await desk.write(file, encoded(text, 'windows-1251'));
      const { status, stderr } = await desk.run(words);
      expect(status).toBe(2);
      expect(stderr).toMatch(new RegExp(`^error .*${file}:1 is not UTF-8; it looks like windows-1251$`, 'm'));
      expect(stderr).toContain('hint  save the file as UTF-8');
    },
  );

  it.for([
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFFAnswer: {{ prompt }}\n')],
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFFAnswer: {{ prompt }}\r\n', 'utf16le')],
    ['UTF-16 of the other byte order', Buffer.from('\uFEFFAnswer: {{ prompt }}\r\n', 'utf16le').swap16()],
  ] as const)('in %s is a prompt', async ([, bytes], { desk }) => {
    await desk.write('rows.csv', 'prompt\nWhy?\n');
    await desk.write('prompt.txt', bytes);
    const { stdout } = await desk.pass([...DRY, '--prompt-file', 'prompt.txt', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ firstMessages: [{ role: 'user', content: 'Answer: Why?' }] });
  });

  it('in UTF-16 without a byte order mark is refused', async ({ desk }) => {
    await desk.write('rows.csv', questions(1));
    await desk.write('prompt.txt', Buffer.from('Answer: {{ prompt }}', 'utf16le'));
    const { status, stderr } = await desk.run([...DRY, '--prompt-file', 'prompt.txt']);
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('prompt.txt:1 is not UTF-8; it looks like utf-16le'),
    });
  });

  it('gives the same requests with the line ends of Windows', async ({ desk }) => {
    await desk.write('rows.csv', 'prompt\nWhy?\n');
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--prompt-file', 'prompt.txt', '--out', 'run'];
    await desk.write('prompt.txt', 'One.\n\n{{ prompt }}\n');
    await desk.pass(words);
    await desk.write('prompt.txt', 'One.\r\n\r\n{{ prompt }}\r\n');
    expect((await desk.pass([...words, '--json'])).stderr).toContain('nothing to do');
    const { stdout } = await desk.pass([...words, '--dry-run', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ firstMessages: [{ content: 'One.\n\nWhy?' }] });
  });

  it('.env with a byte order mark and the line ends of Windows gives its first key', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'first' });
    await desk.write('rows.csv', questions(1));
    await desk.write('.env', '\uFEFFGPTUNNEL_API_KEY=first\r\nOTHER=1\r\n');
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run']);
  });

  it('.env of another encoding still allows --help', async ({ desk }) => {
    await desk.write('.env', encoded('# мой ключ\n', 'windows-1251'));
    await desk.pass(['run', '--help']);
  });

  it('.gitignore keeps its old lines in any encoding', async ({ desk }) => {
    const old = encoded('# мои файлы\n', 'windows-1251');
    await desk.write('.gitignore', old);
    await desk.pass(['init']);
    expect((await readFile(desk.path('.gitignore'))).subarray(0, old.length)).toEqual(old);
  });
});
