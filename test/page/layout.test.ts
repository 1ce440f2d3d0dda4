import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import { Desk } from '../support/cli.ts';
import { it, runInProcess } from '../support/in-process.ts';

/** Lines of text in elements, as an expression of the page. @param selector of them */
function linesIn(selector: string): string {
  return `[...document.querySelectorAll('${selector}')].map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  })`;
}

/** Marks of axes that reach the room of the next column, as an expression of the page. */
const MARKS_OUTSIDE = `[...document.querySelectorAll('.axis')].flatMap((axis) => {
  const { left, right } = axis.getBoundingClientRect();
  return [...axis.querySelectorAll('text')].filter((mark) => {
    const box = mark.getBoundingClientRect();
    return box.width > 0 && (box.left < left - 8 || box.right > right + 8);
  }).map(({ textContent }) => textContent);
})`;

/** Marks of axes that touch the one before them, as an expression of the page. */
const MARKS_TOUCHING = `[...document.querySelectorAll('.axis, .scatter .axes')].flatMap((axis) => {
  const marks = [...axis.querySelectorAll(':scope > text')].filter((mark) => mark.getBoundingClientRect().width > 0);
  return marks.filter((mark, index) => {
    const before = marks[index - 1]?.getBoundingClientRect();
    return before !== undefined && mark.getBoundingClientRect().left < before.right + 1;
  }).map(({ textContent }) => textContent);
})`;

describe.skipIf(CHROMIUM === null)('the layout of the report page (needs chromium)', { timeout: 120_000 }, () => {
  let browser: Browser;
  let common: Desk | null = null;
  let [run, compared, unsound, longer] = ['', '', '', ''];

  beforeAll(async () => {
    const desk = await Desk.make('layout', runInProcess);
    common = desk;
    browser = await startBrowser();
    const rows = Array.from({ length: 48 }, (_, row) => ({
      id: `q-${row}`,
      question: `Question ${row}?`,
      expected: 'yes',
    }));
    const answers = rows.flatMap(({ question }, row) => [
      { model: 'gpt-4o', prompt: question, output: 'yes' },
      { model: 'gpt-4o-mini', prompt: question, output: row % 5 === 0 ? 'no, never, not in a long time' : 'yes' },
    ]);
    await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    const words = ['run', 'rows.jsonl', '--simulate', 'answers.jsonl', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0,0.7'];
    const scores = ['--score', 'icontains', '--score', 'exact', '--max-tokens', '50', '--prompt', '{{ question }}'];
    await desk.run([...words, ...scores, '--min', 'icontains=0.99', '--out', 'run']);
    run = desk.path('run/report.html');
    await desk.run(['report', 'run', '--format', 'html', '--compare', 'run', '--output', 'compared.html']);
    compared = desk.path('compared.html');
    await desk.write('others.jsonl', `${JSON.stringify({ id: 'other', question: 'Another?', expected: 'yes' })}\n`);
    await desk.run(['run', 'others.jsonl', ...words.slice(2), ...scores, '--out', 'others']);
    await desk.run(['report', 'run', '--format', 'html', '--compare', 'others', '--output', 'unsound.html']);
    unsound = desk.path('unsound.html');
    const essays = answers.map((answer, index) => ({ ...answer, output: 'yes, and more '.repeat(40 + 9 * index) }));
    await desk.write('essays.jsonl', essays.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    const changed = new Map([
      ['answers.jsonl', 'essays.jsonl'],
      ['50', '9000'],
    ]);
    await desk.run([...[...words, ...scores].map((word) => changed.get(word) ?? word), '--out', 'longer']);
    await desk.run(['report', 'longer', '--format', 'html', '--compare', 'run', '--output', 'longer.html']);
    longer = desk.path('longer.html');
  });

  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  afterAll(async () => {
    await browser.close();
    await common?.close();
  });

  it('has the facts in one row on a usual screen, in Russian too', async () => {
    const { page } = await openPage(browser, run, { locale: 'ru-RU', viewport: { width: 1280, height: 900 } });
    const tops = await page
      .locator('.facts > div')
      .evaluateAll((facts) => facts.map((fact) => Math.round(fact.getBoundingClientRect().top)));
    expect(tops).toHaveLength(6);
    expect(new Set(tops).size).toBe(1);
  });

  it.for(['en-US', 'ru-RU'])(
    'keeps marks of axes within them, and leaves out those without room, in %s',
    async (locale) => {
      for (const file of [run, compared, longer]) {
        const { page } = await openPage(browser, file, { locale, viewport: { width: 1280, height: 900 } });
        for (const width of [1280, 768, 390]) {
          await page.setViewportSize({ width, height: 900 });
          const at = { message: `${width} px` };
          await expect.poll(() => page.evaluate(MARKS_TOUCHING), at).toEqual([]);
          await expect.poll(() => page.evaluate(MARKS_OUTSIDE), at).toEqual([]);
          expect(await page.locator('.axis text').count()).toBeGreaterThan(5);
        }
      }
    },
  );

  it('says in Russian why gates failed and why two runs cannot be compared', async () => {
    const { page } = await openPage(browser, run, { locale: 'ru-RU' });
    const failed = await page.locator('ul.gates li').allInnerTexts();
    expect(failed.length).toBeGreaterThan(0);
    for (const text of failed) expect(text).toMatch(/^Пороги: min icontains=0\.99 gpt-4o.*ДИ — [\d,]+.%, ниже 99.%$/);
    const { page: other } = await openPage(browser, unsound, { locale: 'ru-RU' });
    expect(await other.locator('.decision .lead').first().innerText()).toBe(
      'общих строк нет: прогоны сделаны на разных строках',
    );
  });

  it('breaks no name of a score on a phone, and labels figures there', async () => {
    const { page } = await openPage(browser, run, { viewport: { width: 390, height: 844 } });
    expect(await page.evaluate(linesIn('.picks th.whole'))).toEqual([1]);
    const labels: unknown = await page.evaluate(
      `[...document.querySelectorAll('.board tbody tr:first-child td[data-label]')].map(
        (cell) => getComputedStyle(cell, '::before').content)`,
    );
    expect(labels).toEqual(['"passed "', '"per 1,000 rows "', '"p95 "']);
    const select = page.locator('.controls select');
    expect(await select.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  });

  it.for(['en-US', 'ru-RU'])('never scrolls sideways on a phone in %s', async (locale, { desk }) => {
    const rows = Array.from({ length: 24 }, (_, row) => `${row},Question ${row},yes\n`);
    await desk.write('rows.csv', `id,question,expected\n${rows.join('')}`);
    await desk.write(
      'own.mjs',
      `export default async ({ messages, model }) => {
        const isRight = model === 'before' || messages[0].content.includes('1');
        return { output: isRight ? 'yes' : 'no, never', cost: 123.45678 };
      };`,
    );
    const words = ['rows.csv', '-t', '0,0.7', '--prompt', '{{ question }}', '--score', 'exact', '--currency', 'RUB'];
    for (const name of ['before', 'after']) {
      await desk.pass(['run', ...words, '-m', `module:./own.mjs#${name}`, '--out', name]);
    }
    const compare = ['--compare', 'before', '--map', './own.mjs#before=./own.mjs#after'];
    await desk.pass(['report', 'after', '--format', 'html', ...compare, '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'), { locale, hash: '#row=0' });
    // A label adds the button that exports it.
    await page.locator('.opened .more summary').first().click();
    await page.locator('.opened .more button').first().click();
    expect(await page.locator('.flips-more button').count()).toBe(2);
    expect(await page.locator('.order button').count()).toBe(1);
    for (const width of [320, 360, 375, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await expect
        .poll(() => page.evaluate(`document.scrollingElement.scrollWidth`), { message: `${width} px` })
        .toBeLessThanOrEqual(width);
    }
  });

  it('writes temperatures in one form', async () => {
    for (const file of [run, compared]) {
      const { page } = await openPage(browser, file, { locale: 'ru-RU' });
      const text = await page.locator('main').innerText();
      expect(text).toContain('gpt-4o-mini при 0,7');
      expect(text).not.toContain('t=0');
    }
  });

  it('begins every heading with a capital, a name or a number', async () => {
    for (const locale of ['en-US', 'ru-RU']) {
      const { page } = await openPage(browser, compared, { locale });
      for (const heading of await page.locator('h1, h2').allInnerTexts()) {
        expect(heading).toMatch(/^(?:\p{Lu}|\d|gpt)/u);
      }
    }
  });
});
