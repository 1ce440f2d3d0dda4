import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import { chatServer } from '../support/chat-server.ts';
import { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it, runInProcess } from '../support/in-process.ts';

const MODELS = 'gpt-4o,gpt-4o-mini';

/** A run of scripted answers. @returns path of its page */
async function runPage(
  desk: Desk,
  rows: readonly object[],
  answers: readonly object[],
  more: readonly string[] = [],
): Promise<string> {
  await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  const words = ['run', 'rows.jsonl', '--simulate', 'answers.jsonl', '-m', MODELS, '-t', '0', '--out', 'run', ...more];
  await desk.pass([...words, '--prompt', '{{ question }}', '--score', 'exact', '--max-tokens', '50']);
  return desk.path('run/report.html');
}

/** Thirty questions: the second model is wrong on each third. */
function usualRun(desk: Desk, more: readonly string[] = []): Promise<string> {
  const rows = Array.from({ length: 30 }, (_, index) => {
    return {
      id: `q-${index}`,
      question: `Question ${index}?`,
      expected: `answer ${index}`,
      lang: index % 2 === 0 ? 'en' : 'ru',
    };
  });
  const answers = rows.flatMap(({ question, expected }, index) => [
    { model: 'gpt-4o', prompt: question, output: expected },
    { model: 'gpt-4o-mini', prompt: question, output: index % 3 === 0 ? `It is **answer** ${index}, or so` : expected },
  ]);
  return runPage(desk, rows, answers, more);
}

/** A run by an API that tells no prices, whose every answer is `a`. */
async function unpricedRun(
  { desk, onTestFinished }: Ending & { readonly desk: Desk },
  words: readonly string[],
): Promise<void> {
  const { url } = await chatServer({ onTestFinished }, () => 'a');
  await desk.write('rows.csv', 'q,expected\na,a\nb,b\nc,a\n');
  const api = ['--provider', 'custom', '--base-url', url, '--no-model-check', '--no-cache'];
  await desk.pass(['run', 'rows.csv', ...api, ...words, '--score', 'exact', '--out', 'run']);
}

const WINDOWS = [
  [390, 'screen'],
  [800, 'screen'],
  [1200, 'screen'],
  [1500, 'screen'],
  [1030, 'print'],
] as const;

/** Pairs of names in the header of the rows that cover each other, as an expression of the page. */
const NAMES_OVER_EACH_OTHER = `(() => {
  const boxes = [...document.querySelectorAll('.grid-head .model:not(.away)')].flatMap((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { left, right } = range.getBoundingClientRect();
    return right > left ? [{ text: element.textContent, left, right }] : [];
  });
  return boxes.flatMap((one, place) => boxes
    .filter((other, index) => index > place && one.left < other.right - 2 && other.left < one.right - 2)
    .map((other) => one.text + ' and ' + other.text));
})()`;

function shownIds(page: Page): Promise<readonly string[]> {
  return page.locator('.line .id').allInnerTexts();
}

describe.skipIf(CHROMIUM === null)('the report page in a browser (needs chromium)', { timeout: 120_000 }, () => {
  let browser: Browser;
  /** What many tests look at and none changes: the usual run, and the same at two temperatures. */
  let desks: readonly Desk[] = [];
  let [usual, twoTemperatures] = ['', ''];

  beforeAll(async () => {
    desks = [await Desk.make('page', runInProcess), await Desk.make('page-warm', runInProcess)];
    const [one, other] = desks;
    if (one === undefined || other === undefined) throw new Error('there are two');
    browser = await startBrowser();
    usual = await usualRun(one);
    twoTemperatures = await usualRun(other, ['--temperature', '0,0.5']);
  });

  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  afterAll(async () => {
    await browser.close();
    await Promise.all(desks.map((desk) => desk.close()));
  });

  it('opens from the disk, asks for nothing and complains of nothing', async () => {
    const { page, complaints, requests } = await openPage(browser, usual);
    await expect.poll(() => page.locator('h1').innerText()).toBe('gpt-4o');
    await expect.poll(() => page.locator('.board tbody tr').count()).toBe(2);
    await expect.poll(() => page.locator('.band').innerText()).toContain('Simulated answers');
    // A script of another place than the page's own is refused.
    const ran: unknown = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "ran"';
      document.body.append(script);
      return document.title;
    })()`);
    expect(ran).not.toBe('ran');
    expect(complaints.filter((text) => !text.includes('Content Security Policy'))).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('shows its headline and leaderboard without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`file://${usual}`);
    const text = await page.locator('body').innerText();
    expect(text).toContain('gpt-4o-mini');
    expect(text).toContain('66.7 %');
    expect(text).toContain('20/30');
    expect(text.length).toBeLessThan(2000);
  });

  it('filters, searches and orders rows, and says so in its address', async () => {
    const { page } = await openPage(browser, usual);
    await page.getByRole('button', { name: /^Variants disagree/ }).click();
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toBe('10 rows');
    await page.getByRole('searchbox').fill('lang:ru');
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toBe('5 rows');
    await page.getByLabel('Order').selectOption('id');
    await expect.poll(() => shownIds(page)).toEqual(['q-3', 'q-9', 'q-15', 'q-21', 'q-27']);
    const { hash } = new URL(page.url());
    expect(hash).toBe('#q=lang%3Aru&show=disagree&order=id');
    const again = await openPage(browser, new URL(page.url()).pathname, { hash });
    expect(await shownIds(again.page)).toEqual(['q-3', 'q-9', 'q-15', 'q-21', 'q-27']);
  });

  it('opens a row by a link to it, with its messages, answers and what differs', async () => {
    const { page } = await openPage(browser, usual, { hash: '#row=q-27' });
    const row = page.locator('.opened');
    await expect.poll(() => row.isVisible()).toBe(true);
    const box = await page.locator('.line.open .cells').boundingBox();
    expect(box?.y).toBeLessThan(900);
    expect(await row.locator('.asked').innerText()).toContain('Question 27?');
    expect(await row.locator('.answer').count()).toBe(2);
    // What is not in the expected answer is marked.
    expect((await row.locator('ins.wrong').allInnerTexts()).join('')).toContain('or so');
    await row.getByLabel('Compare with').selectOption('none');
    await row.getByLabel('View').selectOption('markdown');
    expect(await row.locator('.markdown strong').innerText()).toBe('answer');
  });

  it('is used by keys alone', async () => {
    const { page } = await openPage(browser, usual);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const [, second] = await shownIds(page);
    await expect.poll(() => page.locator('.line.cursor .id').innerText()).toBe(second);
    await page.keyboard.press('o');
    await expect.poll(() => page.locator('.opened').count()).toBe(1);
    const compared = (): Promise<string> => page.locator('.opened').getByLabel('Compare with').inputValue();
    const before = await compared();
    await page.keyboard.press('d');
    await expect.poll(() => compared()).not.toBe(before);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.opened').count()).toBe(0);
    await page.keyboard.press('3');
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toBe('10 rows');
    await page.keyboard.press('/');
    await page.keyboard.type('id:q-9');
    await expect.poll(() => shownIds(page)).toEqual(['q-9']);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toBe('30 rows');
    await page.keyboard.press('?');
    await expect.poll(() => page.getByRole('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await expect.poll(() => page.evaluate(`document.documentElement.dataset['theme']`)).toBe('light');
  });

  it('speaks Russian to a Russian browser, and is dark in a dark one', async () => {
    const { page } = await openPage(browser, usual, { locale: 'ru-RU', colorScheme: 'dark' });
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('ru');
    await expect.poll(() => page.locator('#rows h2').innerText()).toBe('Строки');
    await expect.poll(() => page.locator('.board').innerText()).toContain('66,7\u202F%');
    await expect.poll(() => page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(17, 20, 23)');
    await page.getByRole('button', { name: 'EN' }).click();
    await expect.poll(() => page.locator('#rows h2').innerText()).toBe('Rows');
  });

  it.for([
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
  ] as const)('has no serious fault of access in %s at %i px', async ([colorScheme, width]) => {
    const { page } = await openPage(browser, twoTemperatures, {
      colorScheme,
      viewport: { width, height: 900 },
      hash: '#row=q-0',
      bypassCSP: true,
    });
    await page.addScriptTag({ content: axe.source });
    const faults: unknown = await page.evaluate(
      `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).slice(0, 3).join(' ')))`,
    );
    expect(faults).toEqual([]);
    await expect.poll(() => page.evaluate(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(width);
  });

  it('stays within every window and paper, whatever the names of variants', async ({ desk, onTestFinished }) => {
    const models = ['meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8', 'ОченьДлинноеИмяМоделиБезПробелаИлиДефиса'];
    const prompts = ['customer-support-classifier-v2', 'КлассификаторОбращенийВПоддержкуКлиентовВерсияТретья'];
    for (const name of prompts) await desk.write(`${name}.txt`, `${name} {{ q }}`);
    const files = prompts.flatMap((name) => ['--prompt-file', `${name}.txt`]);
    await unpricedRun({ desk, onTestFinished }, ['-m', models.join(','), '-t', '0,0.5,1', ...files]);
    const { page } = await openPage(browser, desk.path('run/report.html'), { hash: '#row=row-1' });
    for (const [width, media] of WINDOWS) {
      await page.emulateMedia({ media });
      await page.setViewportSize({ width, height: 900 });
      const name = `${media} of ${width} px`;
      await expect
        .poll(() => page.evaluate(`document.documentElement.scrollWidth`), { message: name })
        .toBeLessThanOrEqual(width);
      expect(await page.evaluate(NAMES_OVER_EACH_OTHER), name).toEqual([]);
    }
    // What no variant has is not listed.
    expect(await page.locator('footer').innerText()).not.toContain('Request fields');
    expect(await page.locator('.board .name').first().getAttribute('title')).toContain(prompts[0]);
  });

  it('claims nothing of costs that are unknown, and names no best one of equals', async ({ desk, onTestFinished }) => {
    const prompts = ['--prompt', 'Say {{ q }}', '--prompt', 'Answer {{ q }}'];
    await unpricedRun({ desk, onTestFinished }, ['-m', 'one,other', '-t', '0,0.5', ...prompts]);
    const { page } = await openPage(browser, desk.path('run/report.html'));
    for (const [language, cheapest, unknown, even, tied] of [
      ['EN', 'Cheapest', 'Costs are unknown', 'All variants score 66.7%', 'highest, tied'],
      ['RU', 'Самый дешёвый', 'Цены неизвестны', 'У всех вариантов оценка 66,7\u202F%', 'делит первое место'],
    ] as const) {
      await page.getByRole('button', { name: language }).click();
      await expect.poll(() => page.locator('#cost h2').innerText()).toBe(unknown);
      await expect.poll(() => page.locator('#score h2').innerText()).toBe(even);
      expect(await page.locator('.picks').innerText()).not.toContain(cheapest);
      expect(await page.locator('.board .against').allInnerTexts()).toEqual(Array.from({ length: 8 }, () => tied));
    }
  });

  it('links to the sections that it has', async ({ desk, onTestFinished }) => {
    await unpricedRun({ desk, onTestFinished }, ['-m', 'one', '-t', '0', '--prompt', 'Say {{ q }}']);
    const { page } = await openPage(browser, desk.path('run/report.html'));
    await expect
      .poll(() => page.locator('.bar nav a').allInnerTexts())
      .toEqual(['Score', 'Time and length', 'Errors', 'Rows']);
    const links: unknown = await page.evaluate(`[...document.querySelectorAll('.bar nav a')].map((link) => link.hash)`);
    expect(links).toEqual(['#score', '#time', '#errors', '#rows']);
    const { page: other } = await openPage(browser, usual);
    await expect.poll(() => other.locator('.bar nav a').allInnerTexts()).toContain('Score and cost');
  });

  it('is printed as tables, with every row, on whatever paper the browser begins with', async () => {
    const { page } = await openPage(browser, usual, { viewport: { width: 816, height: 600 } });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    await expect.poll(() => page.locator('.line').count()).toBe(30);
    await expect
      .poll(() => page.evaluate(`getComputedStyle(document.querySelector('.board thead tr')).display`))
      .toBe('table-row');
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const pages = [...pdf.matchAll(/\/Count (\d+)/g)].map(([, count]) => Number(count));
    expect(Math.max(...pages)).toBeLessThanOrEqual(7);
  });

  it('runs nothing of what is in a dataset or an answer, and shows it', async ({ desk }) => {
    const hostile = [
      '</script><script>window.hacked=1</script>',
      '</div></body><img src=x onerror="window.hacked=1">',
      '<!-- <script>',
      'line\u2028separator\u2029',
      'half \uD800 of a character',
      '\u202Eright to left\u2066',
      '[link](javascript:window.hacked=1) ![i](http://127.0.0.1:9/x.png)',
      '{{ constructor }} ${window.hacked=1} &lt;b&gt;',
      `<svg onload="window.hacked=1">${'x'.repeat(30_000)}`,
    ];
    const rows = hostile.map((question, index) => {
      return {
        id: `<b>${index}</b>`,
        question,
        expected: hostile[index + 1] ?? '',
        constructor: `own ${index}`,
        toString: '<i>',
        lang: 'x',
      };
    });
    const answers = rows.map(({ question }) => ({ prompt: question, output: `\0${question}` }));
    const file = await runPage(desk, rows, answers);
    const hash = `#${rows.map(({ id }) => `row=${encodeURIComponent(id)}`).join('&')}`;
    const { page, complaints, requests } = await openPage(browser, file, { hash });
    await page.locator('.rows').scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator('.line').count()).toBeGreaterThan(2);
    for (const view of ['markdown', 'text']) {
      for (const list of await page.getByLabel('View').all()) await list.selectOption(view);
    }
    await expect.poll(() => page.locator('.opened').first().innerText()).toContain('constructor');
    await page.getByRole('searchbox').fill('onerror');
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toBe('2 rows');
    await expect.poll(() => page.evaluate(`'hacked' in window`)).toBe(false);
    await expect.poll(() => page.locator('.rows :is(img, script, b > b, svg[onload])').count()).toBe(0);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  });

  it('keeps labels over a reload, and exports them', async () => {
    const { page } = await openPage(browser, usual, { hash: '#row=q-27' });
    await page.locator('.opened .more summary').first().click();
    await page.getByRole('button', { name: 'bad', exact: true }).first().click();
    await page.getByLabel('Note').first().fill('off, "topic"');
    await page.reload();
    await page.waitForSelector('#app[data-state="ready"]');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export 1 label (CSV)' }).click();
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv).toMatch(/^trial_id,label,note\r\nt[0-9a-f]{20},bad,"off, ""topic"""\r\n$/);
  });

  it('begins with the verdict of a comparison, and leads to the rows that flipped', async ({ desk }) => {
    await usualRun(desk);
    const words = [
      'run',
      'rows.jsonl',
      '--simulate',
      'answers.jsonl',
      '--prompt',
      '{{ question }}',
      '--score',
      'exact',
    ];
    await desk.pass([...words, '-m', 'gpt-4o', '--out', 'before']);
    await desk.pass([...words, '-m', 'gpt-4o-mini', '--out', 'after']);
    const compare = ['--compare', 'before', '--map', 'gpt-4o=gpt-4o-mini'];
    await desk.pass(['report', 'after', '--format', 'html', ...compare, '--output', 'page.html']);
    const { page, complaints } = await openPage(browser, desk.path('page.html'));
    await expect.poll(() => page.locator('h1').first().innerText()).toBe('Significantly worse');
    await expect.poll(() => page.locator('.gates').first().innerText()).toContain('fail-on regression');
    await expect.poll(() => page.locator('.flip').count()).toBe(10);
    await page.locator('.flip a').first().click();
    await expect.poll(() => page.locator('.opened').count()).toBe(1);
    await page.getByRole('button', { name: 'All 10 rows that flipped' }).click();
    await expect.poll(() => page.locator('.order [aria-live]').innerText()).toBe('10 rows');
    expect(complaints).toEqual([]);
  });

  it('heads a comparison as its exit status says', async ({ desk }) => {
    const rows = ['a', 'b', 'c', 'd'].map((q) => ({ id: q, q, expected: q, critical: q === 'a' ? 'yes' : '' }));
    const answers = rows.flatMap(({ q }) => [
      { model: 'gpt-4o', prompt: q, output: q },
      { model: 'gpt-4o-mini', prompt: q, output: q === 'a' ? 'wrong' : q },
    ]);
    await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    const words = ['rows.jsonl', '--simulate', 'answers.jsonl', '--prompt', '{{ q }}', '--score', 'exact'];
    await desk.pass(['run', ...words, '-m', 'gpt-4o', '--out', 'before']);
    await desk.pass(['run', ...words, '-m', 'gpt-4o-mini', '--out', 'after']);
    const compare = ['--compare', 'before', '--map', 'gpt-4o=gpt-4o-mini'];
    await desk.pass(['report', 'after', '--format', 'html', ...compare, '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'));
    await expect.poll(() => page.locator('h1').first().innerText()).toBe('Gate failed: critical rows');
    expect(await page.locator('.decision .lead').first().innerText()).toBe('By scores: inconclusive.');
    await page.getByRole('button', { name: 'RU' }).click();
    await expect.poll(() => page.locator('h1').first().innerText()).toBe('Порог не пройден: critical rows');
    const gates = await page.locator('.decision .gates li').allInnerTexts();
    expect(gates.map((text) => text.trim())).toEqual([
      'fail-on regression значимых потерь нет (1 сравнение)',
      'critical rows не прошло критичных запросов: 1 из 1 — a (p1 · gpt-4o-mini)',
      'max-errored 5% ни один запрос не завершился ошибкой',
    ]);
  });
});
