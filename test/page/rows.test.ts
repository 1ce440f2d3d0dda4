import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import { it } from '../support/in-process.ts';

describe.skipIf(CHROMIUM === null)('rows of the report page (needs chromium)', { timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  afterAll(() => browser.close());

  it('recognises rows by what was asked, whatever the column is called', async ({ desk }) => {
    await desk.write(
      'rows.csv',
      'id,Категория,Вопрос клиента,expected\n1,доставка,Где заказ?,a\n2,доставка,Где курьер?,a\n',
    );
    const words = [
      'run',
      'rows.csv',
      '--prompt',
      'Ответь: {{ row["Вопрос клиента"] }}',
      '--score',
      'exact',
      '--out',
      'run',
    ];
    await desk.pass([...words, '--simulate', '-m', 'gpt-4o', '--max-tokens', '50', '-t', '0']);
    const { page } = await openPage(browser, desk.path('run/report.html'), { hash: '#order=plan' });
    await expect.poll(() => page.locator('.line .question').allInnerTexts()).toEqual(['Где заказ?', 'Где курьер?']);
  });

  it.for([
    [1280, 900],
    [390, 700],
  ] as const)(
    'brings the beginning of a tall row into view, by a link and by keys, at %i px',
    async ([width, height], { desk }) => {
      const rows = Array.from({ length: 60 }, (_, row) => ({
        id: `q-${row}`,
        question: `Question ${row}?`,
        expected: 'yes',
      }));
      const answers = rows.flatMap(({ id, question }) => [
        { model: 'gpt-4o', prompt: question, output: 'yes' },
        {
          model: 'gpt-4o-mini',
          prompt: question,
          output: ['q-5', 'q-45'].includes(id) ? 'A long line\n'.repeat(90) : 'yes',
        },
      ]);
      await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
      const words = [
        'run',
        'rows.jsonl',
        '--simulate',
        'answers.jsonl',
        '-m',
        'gpt-4o,gpt-4o-mini',
        '-t',
        '0',
        '--out',
        'run',
      ];
      await desk.pass([...words, '--prompt', '{{ question }}', '--score', 'exact', '--max-tokens', '900']);
      const hash = '#order=plan&row=q-5&row=q-45';
      const { page } = await openPage(browser, desk.path('run/report.html'), { hash, viewport: { width, height } });
      const current = page.locator('.line.cursor');
      const shown = async (id: string): Promise<void> => {
        await expect.poll(() => current.locator('.id').innerText()).toBe(id);
        // The heading is below what stays at the top, and above the middle of the window.
        await expect
          .poll(async () => {
            const top = (await current.boundingBox())?.y ?? 0;
            return top > 40 && top < height / 2;
          })
          .toBe(true);
      };
      await shown('q-5');
      expect((await current.boundingBox())?.height).toBeGreaterThan(height);
      await page.keyboard.press('n');
      await shown('q-45');
      expect((await current.boundingBox())?.height).toBeGreaterThan(height);
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      await shown('q-45');
    },
  );

  it('shows conversations by their last question, and images by their size', async ({ desk }) => {
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const rows = ['Who is it?', 'Where is it?'].map((text) => ({
      messages: [
        { role: 'system', content: 'Be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
      expected: 'a',
    }));
    await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await desk.pass([
      'run',
      'rows.jsonl',
      '--simulate',
      '-m',
      'gpt-4o',
      '-t',
      '0',
      '--max-tokens',
      '50',
      '--score',
      'exact',
      '--out',
      'run',
    ]);
    const { page } = await openPage(browser, desk.path('run/report.html'), { hash: '#order=plan&row=1' });
    await expect
      .poll(() => page.locator('.line .question').allInnerTexts())
      .toEqual(['Who is it? [image, 8 bytes]', 'Where is it? [image, 8 bytes]']);
    const asked = await page.locator('.opened .asked').innerText();
    expect(asked).toContain('Who is it?\n[image, 8 bytes]');
    expect(asked).not.toContain('base64');
    const { stdout } = await desk.pass(['show', 'run', '1']);
    expect(stdout).toContain('[image, 8 bytes]');
    expect(stdout).not.toContain('base64');
  });
});
