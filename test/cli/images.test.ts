import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type ChatServer, chatServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import { dataUrl, digestOf, largePng, PNG, SIGNATURES } from '../support/images.ts';
import { it } from '../support/in-process.ts';
import { jsonlResults, parseObject } from '../support/results.ts';
import { vendorServer } from '../support/vendor-server.ts';

type Ending = Parameters<typeof chatServer>[0];

const PDF = SIGNATURES['application/pdf'] ?? Buffer.alloc(0);

function words(server: ChatServer, ...more: readonly string[]): readonly string[] {
  const provider = ['--provider', 'custom', '--base-url', `${server.origin}/v1`, '--no-model-check'];
  return ['run', 'data/rows.csv', '-m', 'm', ...provider, '--out', 'run', ...more];
}

const WITH_IMAGES = ['--prompt', 'What is in {{ what }}?', '--image-column', 'image'];

/** Rows with an id, a text and a cell of images. */
async function rows(desk: Desk, ...cells: readonly string[]): Promise<void> {
  const lines = cells.map((cell, index) => `r${index + 1},it,"${cell.replaceAll('"', '""')}"`);
  await desk.write('data/rows.csv', `id,what,image\n${lines.join('\n')}\n`);
}

function contentOf({ body }: ChatServer['calls'][number]): unknown {
  return body['messages'];
}

function image(content: Buffer, mediaType?: string): object {
  return { type: 'image_url', image_url: { url: dataUrl(content, mediaType) } };
}

const QUESTION = { type: 'text', text: 'What is in it?' };

describe('images', () => {
  it('go with the last message of the user, found by their content', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'a cat');
    const jpeg = SIGNATURES['image/jpeg'] ?? Buffer.alloc(0);
    await desk.write('data/pets/cat.png', PNG);
    await desk.write('data/dog.txt', jpeg);
    await desk.write('data/doc.pdf', PDF);
    await rows(desk, 'pets/cat.png', '["dog.txt", "doc.pdf"]', '', ' ');
    await desk.pass(words(server, ...WITH_IMAGES, '--system', 'Look.', '--concurrency', '1'));
    const system = { role: 'system', content: 'Look.' };
    const file = { filename: 'doc.pdf', file_data: dataUrl(PDF, 'application/pdf') };
    expect(server.calls.map(contentOf)).toEqual([
      [system, { role: 'user', content: [QUESTION, image(PNG)] }],
      [system, { role: 'user', content: [QUESTION, image(jpeg, 'image/jpeg'), { type: 'file', file }] }],
      [system, { role: 'user', content: 'What is in it?' }],
      [system, { role: 'user', content: 'What is in it?' }],
    ]);
  });

  it('of every format that is sent are recognised', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    const types = Object.entries(SIGNATURES);
    for (const [index, [, content]] of types.entries()) await desk.write(`data/${index}`, content);
    await rows(desk, ...types.map((_, index) => String(index)));
    await desk.pass(words(server, ...WITH_IMAGES, '--concurrency', '1'));
    const sent = server.calls.map(({ body }) => JSON.stringify(body).match(/data:([^;]+);/)?.[1]);
    expect(sent).toEqual(types.map(([type]) => type));
  });

  it('are in no file of the run, and shown by their names', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'a cat');
    const large = largePng(100_000);
    await desk.write('data/cat.png', large);
    await rows(desk, 'cat.png');
    const run = words(server, ...WITH_IMAGES);
    const dry = await desk.pass([...run, '--dry-run']);
    expect(dry.stdout).toContain('[image cat.png, 98 KB]');
    await desk.pass(run);
    const base64 = large.toString('base64').slice(0, 60);
    expect(JSON.stringify(server.calls.map(contentOf))).toContain(base64);
    for (const [name, text] of Object.entries(await desk.files('run'))) expect(text, name).not.toContain(base64);
    const shown = await desk.pass(['show', 'run', 'r1']);
    expect(shown.stdout).toContain('What is in it?\n');
    expect(shown.stdout).toContain('[image cat.png]');
  });

  it('are the same request by their content, wherever it is', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/a.png', PNG);
    await desk.write('data/b.png', PNG);
    await rows(desk, 'a.png', 'b.png');
    await desk.pass(words(server, ...WITH_IMAGES, '-t', '0', '--concurrency', '1'));
    expect(server.calls).toHaveLength(1);
    const lines = await jsonlResults(desk, 'run');
    expect(lines.map(({ cached }) => cached)).toEqual([false, true]);
  });

  it('that changed are asked about again, and renamed ones are not', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/a.png', PNG);
    await desk.write('data/b.png', largePng(1000));
    await rows(desk, 'a.png', 'b.png');
    const run = words(server, ...WITH_IMAGES);
    await desk.pass(run);
    expect(server.calls).toHaveLength(2);
    await desk.pass(run);
    expect(server.calls).toHaveLength(2);
    await desk.write('data/b.png', largePng(1001));
    const { stderr } = await desk.pass(run);
    expect(stderr).not.toContain('nothing to do');
    expect(server.calls).toHaveLength(3);
    expect(JSON.stringify(server.calls.at(-1)?.body)).toContain(dataUrl(largePng(1001)));
    await rename(desk.path('data/a.png'), desk.path('data/c.png'));
    await rows(desk, 'c.png', 'b.png');
    await desk.pass(run);
    expect(server.calls).toHaveLength(3);
  });

  it('that change while the run is on are not sent', async ({ desk, onTestFinished }) => {
    await desk.write('data/a.png', PNG);
    await desk.write('data/b.png', PNG);
    const server = await chatServer({ onTestFinished }, () => {
      writeFileSync(desk.path('data/b.png'), 'a secret');
      return 'x';
    });
    await rows(desk, 'a.png', 'b.png');
    const ended = await desk.run(words(server, ...WITH_IMAGES, '--concurrency', '1'));
    expect(ended.status).toBe(3);
    expect(server.calls).toHaveLength(1);
    const [, second] = await jsonlResults(desk, 'run');
    expect(second).toMatchObject({
      error_code: 'invalid_request',
      error_message: 'the file "b.png" has changed since it was checked',
    });
  });

  it('are unknown to estimates, and refused with a budget', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/a.png', PNG);
    await rows(desk, 'a.png');
    const run = words(server, ...WITH_IMAGES, '--price', 'm=1,2', '--currency', 'USD', '--max-tokens', '5');
    const refused = await desk.run([...run, '--budget', '1']);
    expect(refused.stderr).toContain('data/rows.csv:2: the messages hold image, whose tokens are not known');
    expect(refused.status).toBe(2);
    expect((await desk.pass(run)).stderr).toContain('the messages hold image, whose tokens are not known');
  });

  it('may stand beside each row in JSON, in several columns and paths', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/a.png', PNG);
    await desk.write('data/b.pdf', PDF);
    const lines = [
      { prompt: 'Hi' },
      { prompt: 'Hi', image: ['a.png'], meta: { doc: 'b.pdf' } },
      { prompt: 'Hi', image: null },
    ];
    await desk.write('data/rows.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    const columns = ['--image-column', 'image', '--image-column', 'meta.doc', '--concurrency', '1'];
    await desk.pass(words(server, ...columns).map((word) => word.replace('.csv', '.jsonl')));
    expect(server.calls.map(contentOf)).toMatchObject([
      [{ content: 'Hi' }],
      [{ content: [{ text: 'Hi' }, { type: 'image_url' }, { type: 'file' }] }],
      [{ content: 'Hi' }],
    ]);
  });

  it('are never read for what a messages cell says', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/a.png', PNG);
    const forged = { type: 'image', media_type: 'image/png', bytes: PNG.length, sha256: digestOf(PNG) };
    const named = { type: 'image', path: 'a.png' };
    const addressed = { type: 'image_url', image_url: { url: 'file:///etc/passwd' } };
    const messages = [{ role: 'user', content: [named, forged, addressed] }];
    const lines = [{ messages }, { messages, image: 'a.png' }];
    await desk.write('data/rows.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    const run = words(server, '--image-column', 'image', '-t', '0', '--concurrency', '1');
    await desk.pass(run.map((word) => word.replace('.csv', '.jsonl')));
    expect(server.calls.map(contentOf)).toEqual([
      messages,
      [{ role: 'user', content: [named, forged, addressed, image(PNG)] }],
    ]);
  });
});

function ask(path: unknown): string {
  return JSON.stringify([
    {
      role: 'user',
      content: [
        { type: 'image', path },
        { type: 'text', text: 'What is {{ what }}?' },
      ],
    },
    { role: 'assistant', content: 'A cat.' },
    { role: 'user', content: '{{ what }}' },
  ]);
}

it('images and schemas go to native APIs in their own forms', async ({ desk, onTestFinished }) => {
  const { calls, bases } = await vendorServer({ onTestFinished }, () => '{"n": 1}');
  await desk.write('data/cat.png', PNG);
  await desk.write('data/doc.pdf', PDF);
  await rows(desk, '["cat.png", "doc.pdf"]');
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  };
  await desk.write('n.json', JSON.stringify(schema));
  const sections = [
    `claude: {kind: anthropic, baseUrl: ${bases.anthropic}}`,
    `google: {kind: gemini, baseUrl: ${bases.gemini}}`,
  ];
  await desk.write('promptgrid.yaml', `providers:\n${sections.map((line) => `  ${line}\n`).join('')}`);
  const models = ['-m', 'claude/claude-sonnet-4-5,google/gemini-2.5-flash', '--trust-config', '--no-model-check'];
  const asked = ['run', 'data/rows.csv', ...models, ...WITH_IMAGES, '--response-format', 'n.json', '--out', 'run'];
  await desk.pass(asked, { env: { ANTHROPIC_API_KEY: 'vendor-key', GEMINI_API_KEY: 'vendor-key' } });
  const [png, pdf] = [PNG.toString('base64'), PDF.toString('base64')];
  const bodyOf = (vendor: string): unknown => calls.find((call) => call.vendor === vendor)?.body;
  expect(bodyOf('anthropic')).toMatchObject({
    messages: [
      {
        content: [
          QUESTION,
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf }, title: 'doc.pdf' },
        ],
      },
    ],
    output_config: { format: { type: 'json_schema' } },
  });
  expect(bodyOf('gemini')).toMatchObject({
    contents: [
      {
        parts: [
          { text: 'What is in it?' },
          { inlineData: { mimeType: 'image/png', data: png } },
          { inlineData: { mimeType: 'application/pdf', data: pdf } },
        ],
      },
    ],
    generationConfig: { responseMimeType: 'application/json' },
  });
  expect((await jsonlResults(desk, 'run')).map(({ json }) => json)).toEqual([{ n: 1 }, { n: 1 }]);
});

describe('a file of messages', () => {
  it('has images of its own folder', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('prompts/few/cat.png', PNG);
    await desk.write('prompts/ask.json', ask('few/cat.png'));
    await desk.write('data/dog.png', largePng(500));
    await rows(desk, 'dog.png');
    const run = words(server, '--prompt-file', 'prompts/ask.json', '--image-column', 'image');
    await desk.pass(run);
    expect(server.calls.map(contentOf)).toEqual([
      [
        { role: 'user', content: [image(PNG), { type: 'text', text: 'What is it?' }] },
        { role: 'assistant', content: 'A cat.' },
        { role: 'user', content: [{ type: 'text', text: 'it' }, image(largePng(500))] },
      ],
    ]);
    expect((await desk.pass(['show', 'run', 'r1'])).stdout).toContain('[image few/cat.png]');
    await desk.write('prompts/few/cat.png', largePng(300));
    await desk.pass(run);
    expect(server.calls).toHaveLength(2);
  });

  it.for([
    ['../data/dog.png', '"../data/dog.png" leads out of its folder', 'relative to it'],
    ['{{ what }}.png', 'is not a template', '--image-column'],
    [7, '7 is not the path of a file', 'relative to the prompt file'],
    ['ask.json', '"ask.json" is not an image or a PDF', 'PNG, JPEG, GIF, WebP and PDF'],
  ] as const)('is refused with the path %j', async ([path, message, hint], { desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('prompts/ask.json', ask(path));
    await desk.write('data/dog.png', PNG);
    await rows(desk, '');
    const ended = await desk.run(words(server, '--prompt-file', 'prompts/ask.json'));
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('the file of prompt "ask": ');
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain(hint);
    expect(server.calls).toEqual([]);
  });
});

/** A folder beside the desk with a file that no dataset may reach. */
async function outside({ onTestFinished }: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-outside-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'secret.png'), PNG);
  return folder;
}

const MAKE_PIPE = 'mkfifo';

/** What a cell says, what the error says, and what must be there. */
const REFUSED: readonly (readonly [string, string, ((desk: Desk, folder: string) => Promise<unknown>)?])[] = [
  ['cat.png', '"cat.png" is not there'],
  ['../secret.png', '"../secret.png" leads out of its folder', (desk) => desk.write('secret.png', PNG)],
  ['x/../../secret.png', 'leads out of its folder', (desk) => desk.write('secret.png', PNG)],
  ['.', 'leads out of its folder'],
  ['/etc/hostname', '"/etc/hostname" is an absolute path'],
  [
    'link.png',
    'leads out of its folder',
    (desk, folder) => symlink(join(folder, 'secret.png'), desk.path('data/link.png')),
  ],
  ['up/secret.png', 'leads out of its folder', (desk, folder) => symlink(folder, desk.path('data/up'))],
  ['dead.png', 'is not there', (desk) => symlink('nowhere', desk.path('data/dead.png'))],
  ['loop.png', 'is not there', (desk) => symlink('loop.png', desk.path('data/loop.png'))],
  ['folder', '"folder" is not a file', (desk) => mkdir(desk.path('data/folder'))],
  ['pipe.png', '"pipe.png" is not a file', async (desk) => execFileSync(MAKE_PIPE, [desk.path('data/pipe.png')])],
  ['a.png', '"a.png" is not an image or a PDF, whatever its name', (desk) => desk.write('data/a.png', 'key=secret')],
  ['b.png', '"b.png" is empty', (desk) => desk.write('data/b.png', '')],
  ['svg.svg', 'is not an image or a PDF', (desk) => desk.write('data/svg.svg', '<svg xmlns="x"/>')],
  [
    'large.png',
    '"large.png" is too large: 20.5 MB, and at most 20.0 MB are sent',
    async (desk) => {
      await desk.write('data/large.png', PNG);
      await truncate(desk.path('data/large.png'), 20.5 * 1024 * 1024);
    },
  ],
  [
    '["c.png", "d.png", "e.png"]',
    'its files are too large together: 45.0 MB, and at most 40.0 MB are sent with one request',
    async (desk) => {
      for (const name of ['c', 'd', 'e']) {
        await desk.write(`data/${name}.png`, PNG);
        await truncate(desk.path(`data/${name}.png`), 15 * 1024 * 1024);
      }
    },
  ],
  ['https://example.com/cat.png', '"https://example.com/cat.png" is an address'],
  ['data:image/png;base64,AAAA', 'is an address'],
  ['file:///etc/passwd', 'is an address'],
  ['["a.png", 7]', '7 is not the path of a file'],
  ['[""]', '"" is not the path of a file'],
  ['{"path": "a.png"}', 'is not there'],
  ['a\u0000.png', 'is not there'],
];

describe('a cell of images', () => {
  it.for(REFUSED)(
    'with %j is refused before anything is paid',
    async ([cell, message, prepare], { desk, onTestFinished }) => {
      const server = await chatServer({ onTestFinished }, () => 'x');
      await rows(desk, '', cell);
      await prepare?.(desk, await outside({ onTestFinished }));
      if (cell === '["a.png", 7]') await desk.write('data/a.png', PNG);
      const ended = await desk.run(words(server, ...WITH_IMAGES));
      expect(ended.stderr).toContain(message);
      expect(ended.stderr).toMatch(/^error data\/rows\.csv:3: row r2: /m);
      expect(ended.stderr).toMatch(/^hint {2}\S/m);
      expect(ended.status).toBe(2);
      expect(server.calls).toEqual([]);
    },
  );

  it('may lead through links within the folder', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/pets/cat.png', PNG);
    await symlink('pets', desk.path('data/all'));
    await symlink(desk.path('data'), desk.path('elsewhere'));
    await rows(desk, 'all/cat.png');
    const run = words(server, ...WITH_IMAGES).map((word) => word.replace('data/', 'elsewhere/'));
    await desk.pass(run);
    expect(server.calls.map(contentOf)).toEqual([[{ role: 'user', content: [QUESTION, image(PNG)] }]]);
  });

  it('is of a column that the dataset has, and of a file', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await rows(desk, '');
    const unknown = await desk.run(words(server, '--prompt', 'x', '--image-column', 'imgae'));
    expect(unknown.stderr).toContain('--image-column names "imgae", which data/rows.csv lacks');
    expect(unknown.stderr).toContain('did you mean image?');
    const piped = words(server, ...WITH_IMAGES).map((word) => (word === 'data/rows.csv' ? '-' : word));
    const stdin = await desk.run(piped, { input: 'what,image\nit,a.png\n' });
    expect(stdin).toMatchObject({ status: 2, stderr: expect.stringContaining('standard input has none') });
    expect(server.calls).toEqual([]);
  });

  it('needs a message of the user', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'x');
    await desk.write('data/a.png', PNG);
    const line = { messages: [{ role: 'system', content: 'x' }], image: 'a.png' };
    await desk.write('data/rows.csv', JSON.stringify(line));
    const ended = await desk.run(words(server, '--image-column', 'image', '--input-format', 'jsonl'));
    expect(ended.stderr).toContain('there is no message of the user');
    expect(ended.status).toBe(2);
  });
});

it('the plan in JSON has the names of images, not their content', async ({ desk, onTestFinished }) => {
  const server = await chatServer({ onTestFinished }, () => 'x');
  await desk.write('data/a.png', PNG);
  await rows(desk, 'a.png');
  const { stdout } = await desk.pass(words(server, ...WITH_IMAGES, '--dry-run', '--json'));
  const content = [QUESTION, { type: 'text', text: `[image a.png, ${PNG.length} bytes]` }];
  expect(parseObject(stdout)).toMatchObject({ firstMessages: [{ role: 'user', content }] });
});
