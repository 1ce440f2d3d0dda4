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
