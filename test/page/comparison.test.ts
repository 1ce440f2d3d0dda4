import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import { it } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';
import { wrongOn } from '../support/wrong-runs.ts';

const ALL = Array.from({ length: 20 }, (_, place) => place);

describe.skipIf(CHROMIUM === null)('the page of a comparison of several variants (needs chromium)', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('counts flips as flips and rows as rows', async ({ desk }) => {
    await wrongOn(desk, 'before', { 'gpt-4o': [], 'gpt-4o-mini': [], 'gpt-4.1': [9] });
    await wrongOn(desk, 'after', { 'gpt-4o': ALL.slice(0, 11), 'gpt-4o-mini': ALL.slice(0, 10), 'gpt-4.1': [] });
    await desk.pass(['report', 'after', '--format', 'html', '--compare', 'before', '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'));
    for (const [language, finding, all, rows] of [
      ['EN', 'Flips in 11 rows: 21 got worse, 1 got better', 'Show all 22 flips', 'All 11 rows that flipped'],
      ['RU', 'Изменения в 11 строках: 21 к худшему, 1 к лучшему', 'Показать все 22 изменения', 'строки (11)'],
    ] as const) {
      await page.getByRole('button', { name: language, exact: true }).click();
      await expect.poll(() => page.locator('#flips h2').innerText()).toBe(finding);
      expect(await page.locator('.decision .lead.small').first().innerText()).toBe(`${finding}.`);
      expect(await page.getByRole('button', { name: all }).count()).toBe(1);
      expect(await page.getByRole('button', { name: rows }).count()).toBe(1);
    }
    await page.locator('.flips-more button').last().click();
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toMatch(/^11 /);
  });

  it('claims no loss where every answer is the same', async ({ desk }) => {
    await wrongOn(desk, 'run', { 'gpt-4o': ALL.slice(0, 5), 'gpt-4o-mini': [] });
    await desk.pass(['report', 'run', '--format', 'html', '--compare', 'run', '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'));
    for (const [language, headline, lead, verdict] of [
      ['EN', 'Unchanged', 'Every answer is the same text on both sides.', 'Unchanged: the same answers'],
      ['RU', 'Без изменений', 'Все ответы на обеих сторонах совпадают дословно.', 'Без изменений: ответы те же'],
    ] as const) {
      await page.getByRole('button', { name: language, exact: true }).click();
      await expect.poll(() => page.locator('h1').first().innerText()).toBe(headline);
      expect(await page.locator('.decision').first().locator('.lead:not(.small)').allInnerTexts()).toEqual([lead]);
      expect(await page.locator('#pairs0 tbody td:last-child').allInnerTexts()).toEqual([verdict, verdict]);
    }
  });

  it('concludes nothing from a comparison that cannot stand', async ({ desk }) => {
    await wrongOn(desk, 'before', { 'gpt-4o': [] });
    await wrongOn(desk, 'after', { 'gpt-4o': ALL });
    // Of the candidate five answers have no score.
    const lines = (await desk.read('after/results.jsonl')).trimEnd().split('\n').map(parseObject);
    const unscored = lines.map((line, row) => (row < 15 ? line : { ...line, 'score.exact': null, passed: null }));
    await desk.write('after/results.jsonl', unscored.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await desk.pass(['report', 'after', '--format', 'html', '--compare', 'before', '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'));
    for (const [language, headline, verdict, worse] of [
      ['EN', 'Not comparable', 'No verdict', /worse|lower|higher|significant/i],
      ['RU', 'Сравнить нельзя', 'Вывода нет', /хуже|ниже|выше|значимо/i],
    ] as const) {
      await page.getByRole('button', { name: language, exact: true }).click();
      await expect.poll(() => page.locator('h1').first().innerText()).toBe(headline);
      for (const part of ['#pairs0', '#measures']) {
        expect(await page.locator(`${part} h2`).innerText()).toBe(verdict);
        expect(await page.locator(`${part} table`).innerText()).not.toMatch(worse);
      }
      expect(await page.locator('#pairs0 tbody td:last-child').innerText()).toBe(verdict);
    }
  });

  it('says which of them changed, and how many of them which way', async ({ desk }) => {
    await wrongOn(desk, 'before', { 'gpt-4o': [], 'gpt-4o-mini': ALL, 'gpt-4.1': ALL });
    await wrongOn(desk, 'after', { 'gpt-4o': ALL, 'gpt-4o-mini': [], 'gpt-4.1': [] });
    await desk.pass(['report', 'after', '--format', 'html', '--compare', 'before', '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'));
    for (const [language, headline, lead, measures] of [
      [
        'EN',
        'Significantly worse in 1 of 3 comparisons',
        /^p1 · gpt-4o loses 100\.0 points by exact:/,
        'Cost of a row: lower in 2 of 3 comparisons, higher in 1; Tokens of a row: lower in 2, higher in 1',
      ],
      [
        'RU',
        'Значимо хуже в 1 сравнении из 3',
        /^p1 · gpt-4o теряет 100,0 пункта по exact:/,
        'Цена строки: ниже в 2 сравнениях из 3, выше в 1; Токены строки: ниже в 2, выше в 1',
      ],
    ] as const) {
      await page.getByRole('button', { name: language, exact: true }).click();
      await expect.poll(() => page.locator('h1').first().innerText()).toBe(headline);
      expect(await page.locator('.decision .lead').first().innerText()).toMatch(lead);
      expect(await page.locator('#measures h2').innerText()).toContain(measures);
    }
  });
});
