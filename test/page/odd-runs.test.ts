import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import { chatServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import { estimateJson } from '../support/estimates.ts';
import { it, runInProcess } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';

/** A run by a provider of one's own. */
interface ModuleRun {
  /** The body of the function that answers, which knows `row`, a number, and `model`. */
  readonly answer: string;
  readonly models: readonly string[];
  readonly rows?: number;
  /** Its scorer; `exact` without. */
  readonly score?: string;
  /** More words of the command. */
  readonly more?: readonly string[];
}

/** Makes the run, whatever its end. @returns path of its page */
async function moduleRun(
  desk: Desk,
  { answer, models, rows = 24, score = 'exact', more = [] }: ModuleRun,
): Promise<string> {
  const lines = Array.from({ length: rows }, (_, row) => `${row},Question ${row},yes\n`);
  await desk.write('rows.csv', `id,question,expected\n${lines.join('')}`);
  const row = `Number(messages.at(-1).content.match(/\\d+/)[0])`;
  await desk.write(
    'own.mjs',
    `export default async ({ messages, model }) => { const row = ${row}; ${answer} };
const refuse = (text) => { throw Object.assign(new Error(text), { status: 400, retryable: false }); };`,
  );
  const named = models.map((model) => `module:./own.mjs#${model}`).join(',');
  const prompts = more.includes('--prompt') ? [] : ['--prompt', '{{ question }}'];
  const words = ['run', 'rows.csv', '-m', named, ...prompts, '--currency', 'USD', '--out', 'run', ...more];
  const { stderr } = await runInProcess([...words, '--score', score], { cwd: desk.folder });
  expect(await desk.list('run'), stderr).toContain('report.html');
  return desk.path('run/report.html');
}

const WINDOWS = [
  ...[320, 360, 390, 800, 1000, 1280, 1440, 1600].map((width) => [width, 'screen'] as const),
  [1030, 'print'],
] as const;

function speak(page: Page, language: string): Promise<void> {
  return page.getByRole('button', { name: language, exact: true }).click();
}

describe.skipIf(CHROMIUM === null)('the page of an odd run (needs chromium)', { timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  afterAll(() => browser.close());

  it('says that there are no answers, and claims nothing of scores', async ({ desk }) => {
    const answer = `refuse(row % 2 === 0 ? 'too long' : 'too short')`;
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models: ['a', 'b'], rows: 9 }));
    for (const [language, headline, why, score] of [
      ['EN', 'No answers', '18 of 18 trials errored; 18 by invalid_request. See the reasons', 'not scored'],
      ['RU', 'Ответов нет', 'С ошибкой 18 из 18; у 18 причина — invalid_request. Смотрите причины', 'без оценки'],
    ] as const) {
      await speak(page, language);
      await expect.poll(() => page.locator('h1').innerText()).toBe(headline);
      const told = (await page.locator('.decision').innerText()).split(/\n+/);
      expect(told).toEqual(['run', headline, why]);
      expect(await page.locator('.board .against').allInnerTexts()).toEqual([score, score]);
    }
    const reason = page.locator('#errors td.reason').first();
    expect(await reason.innerText()).toMatch(/^invalid_request запрос отклонён: .*too long$/);
    await speak(page, 'EN');
    await expect.poll(() => reason.innerText()).toMatch(/^invalid_request (?!запрос).*too long$/);
    // No marks of an axis, and no pairs.
    expect(await page.locator('.board svg text').count()).toBe(0);
    expect(await page.locator('#pairs').count()).toBe(0);
    await page.locator('.decision a').click();
    await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(0);
  });

  it('says in its language why trials were skipped', async ({ desk }) => {
    const answer = `return { output: model === 'a' ? 'yes' : 'no' }`;
    const more = ['--stop-when-decided', '--concurrency', '1'];
    const file = await moduleRun(desk, { answer, models: ['a', 'b'], rows: 60, more });
    const { rows } = readReportPage(await desk.read('run/report.html'));
    const skipped = rows.find(({ trials }) => trials.some(({ isAnswered }) => !isAnswered));
    const { page } = await openPage(browser, file, { hash: `#row=${skipped?.id}` });
    for (const [language, text] of [
      ['EN', /^skipped not asked: \.\/own\.mjs#a was clearly better after \d+ rows$/],
      ['RU', /^пропущено без запроса: после \d+ (?:строки|строк) явно лучше \.\/own\.mjs#a$/],
    ] as const) {
      await speak(page, language);
      await expect.poll(() => page.locator('.opened .answer.failed .bad').first().innerText()).toMatch(text);
    }
  });

  it('says that no answer could be scored', async ({ desk }) => {
    await desk.write('none.mjs', `export default () => ({ name: 'mine', score: null });`);
    const answer = `return { output: 'yes' }`;
    const file = await moduleRun(desk, { answer, models: ['a', 'b'], score: 'module:./none.mjs' });
    const { page } = await openPage(browser, file);
    await expect.poll(() => page.locator('h1').innerText()).toBe('No scores');
    const lead = 'None of 48 answers could be scored by none. See the rows';
    expect(await page.locator('.lead').innerText()).toBe(lead);
  });

  it('counts only the differences that could be taken', async ({ desk }) => {
    const answer = `if (model === 'c') refuse('no'); return { output: model === 'a' || row > 0 ? 'yes' : 'no' }`;
    const file = await moduleRun(desk, { answer, models: ['a', 'b', 'c'], more: ['--concurrency', '1'] });
    const { page } = await openPage(browser, file);
    await expect.poll(() => page.locator('#pairs h2').innerText()).toBe('The only difference is not significant');
    await speak(page, 'RU');
    await expect.poll(() => page.locator('#pairs h2').innerText()).toBe('Единственное различие незначимо');
  });

  it('never prints what is unknown as 0, nor a part as the whole', async ({ desk }) => {
    const usage = `usage: { promptTokens: 20, completionTokens: 2 }, cost: 0.01`;
    const answer = `return { output: 'yes', ...(model === 'a' || (model === 'b' && row < 20) ? { ${usage} } : {}) }`;
    const models = ['a', 'b', 'c'];
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models }));
    const tokens = page.locator('.facts > div').filter({ hasText: 'Tokens' });
    await expect.poll(() => tokens.innerText()).toMatch(/^Tokens\s+880 in 88 out \+ 28 unknown$/);
    // A cost that is known in part is not that of 1,000 rows.
    expect(await page.locator('.scatter .point').count()).toBe(1);
    expect(await page.locator('#cost .note').last().innerText()).toBe(
      'Cost unknown, not drawn: ./own.mjs#b, ./own.mjs#c',
    );
    const none = await moduleRun(desk, { answer: `return { output: 'yes' }`, models: ['a'], more: ['--overwrite'] });
    const { page: other } = await openPage(browser, none);
    const unknown = other.locator('.facts > div').filter({ hasText: 'Tokens' });
    await expect.poll(() => unknown.innerText()).toMatch(/^Tokens\s+unknown$/);
    // Without a length there is no axis of lengths.
    expect(await other.locator('.strips th.chart').last().innerText()).toBe('Length of an answer, tokens');
  });

  it('draws no bar of an estimate without an upper bound', async ({ desk }) => {
    const answer = `return { output: 'yes', usage: { promptTokens: 20, completionTokens: 2 }, cost: 0.01 }`;
    const more = ['--price', './own.mjs#a=1,1', '--price', './own.mjs#b=1,1'];
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models: ['a', 'b'], more }));
    const lines = page.locator('.bill tbody tr');
    await expect.poll(() => lines.count()).toBe(3);
    expect(await page.locator('.bill .span').count()).toBe(0);
    for (const text of await lines.allInnerTexts()) expect(text).toContain('unknown');
    expect(await page.locator('#bill h2').innerText()).toBe('The bill is 0.48\u202F$');
  });

  it('counts failed calls, and results that are not part of the run any more, into the bill', async ({ desk }) => {
    const answer = `if (model === 'a' && !globalThis['seen' + row]) {
      globalThis['seen' + row] = true;
      throw Object.assign(new Error('later'), { status: 500, cost: 0.01 });
    }
    return { output: 'yes', usage: { promptTokens: 20, completionTokens: 2 }, cost: 0.01 };`;
    const more = ['--price', './own.mjs#a=1,1', '--price', './own.mjs#b=1,1', '--max-tokens', '50', '--no-cache'];
    const run = { answer, models: ['a', 'b'], more };
    await moduleRun(desk, { ...run, rows: 30 });
    const { page } = await openPage(browser, await moduleRun(desk, { ...run, rows: 25 }));
    const lines = page.locator('.bill tbody tr');
    await expect.poll(() => lines.count()).toBe(4);
    // Of 30 rows: 30 failed calls of a, and an answer of each model; five rows have gone.
    const shown = (await lines.allInnerTexts()).map(
      (text) => /[\d.]+(?=\u202F\$(?:\s+[+−–\d.%]*)?$)/.exec(text.trim())?.[0],
    );
    expect(shown).toEqual(['0.5', '0.25', '0.15', '0.9']);
    expect(await page.locator('#bill h2').innerText()).toContain('0.9\u202F$');
    const paid = await page.locator('.facts > div').filter({ hasText: 'Paid' }).first().innerText();
    expect(paid).toContain('0.9\u202F$');
    expect(paid).toContain('0.15\u202F$ of it for 10 results that are not part of the run any more');
    await speak(page, 'RU');
    expect(await page.locator('.facts').innerText()).toContain('за 10 результатов не из нынешнего прогона');
  });

  it('holds an estimate against the bill of the variants that it is about', async ({ desk }) => {
    const answer = `return { output: 'yes', usage: { promptTokens: 20, completionTokens: 2 }, cost: 0.01 }`;
    const more = ['--price', './own.mjs#a=1,1', '--max-tokens', '50'];
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models: ['a', 'b'], more }));
    const lines = page.locator('.bill tbody tr');
    await expect.poll(() => lines.count()).toBe(1);
    expect(await lines.locator('.span').count()).toBe(1);
    expect(await lines.innerText()).toContain('0.24\u202F$');
    expect(await page.locator('#bill .note').first().innerText()).toContain('The price of ./own.mjs#b was unknown');
    expect(await page.locator('.facts').innerText()).toContain('for 1 of 2 variants');
  });

  it.for([
    [1, ''],
    [8, ''],
    [40, ''],
    [120, ''],
    [12, '-of-a-model-with-a-name-that-goes-on-and-on'],
  ] as const)('never scrolls sideways with %i models%s', async ([count, ending], { desk }) => {
    const models = Array.from({ length: count }, (_, index) => `claude-3-5-sonnet-${index}${ending}`);
    const answer = `return { output: row % 2 === 0 ? 'yes' : 'no', cost: 0.001 + model.length / 1000 }`;
    const more = ['--temperature', '0', '--no-cache'];
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models, rows: 3, more }));
    for (const [width, media] of WINDOWS) {
      await page.emulateMedia({ media });
      await page.setViewportSize({ width, height: 900 });
      await expect
        .poll(() => page.evaluate(`document.scrollingElement.scrollWidth`), { message: `${media} of ${width} px` })
        .toBeLessThanOrEqual(width);
    }
  });

  it('says that others cost and score the same as the chosen one', async ({ desk }) => {
    const answer = `return { output: row % 4 === 0 ? 'no' : 'yes', cost: model === 'd' ? 0.02 : 0.01 }`;
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models: ['a', 'b', 'c', 'd'] }));
    for (const [language, text, picked] of [
      ['EN', './own.mjs#b, ./own.mjs#c cost and score the same.', '(and 2 equal)'],
      ['RU', 'Та же цена и та же оценка: ./own.mjs#b, ./own.mjs#c.', '(и ещё 2)'],
    ] as const) {
      await speak(page, language);
      await expect.poll(() => page.locator('.lead.small').first().innerText()).toBe(text);
      const equals = await page.locator('.picks .chosen .equals').allInnerTexts();
      expect(equals.map((one) => one.trim())).toEqual([picked]);
    }
  });

  it('names the state of the run in its language', async ({ desk }) => {
    const { page } = await openPage(browser, await moduleRun(desk, { answer: `refuse('no')`, models: ['a', 'b'] }));
    await expect.poll(() => page.locator('.band').innerText()).toContain('The run is stopped: some trials');
    await speak(page, 'RU');
    await expect.poll(() => page.locator('.band').innerText()).toContain('Прогон не завершён (остановлен): часть');
  });

  it('names models of unknown price as its tables do, where two providers have models of one id', async ({
    desk,
    onTestFinished,
  }) => {
    const { url } = await chatServer({ onTestFinished }, () => 'yes');
    await desk.write(
      'rows.csv',
      `id,question,expected\n${Array.from({ length: 20 }, (_, row) => `${row},q${row},yes\n`).join('')}`,
    );
    await desk.write(
      'promptgrid.yaml',
      `dataset: rows.csv
prompt: ['{{ question }}']
model: [{id: loc/usd, price: "1,2"}, {id: rub/usd}, {id: loc/bad}]
currency: USD
maxTokens: 10
modelCheck: false
providers:
  loc: {kind: custom, baseUrl: ${url}}
  rub: {kind: custom, baseUrl: ${url}}
score: [exact]
`,
    );
    const { stdout } = await desk.pass(['estimate']);
    expect(stdout).toContain(', without rub/usd, loc/bad, whose price is not known');
    expect(stdout).toContain('price: loc/usd 1.00 $ in');
    expect(await estimateJson(desk, [])).toMatchObject({ unknownPrices: ['rub/usd', 'bad'] });
    const gated = await desk.run(['estimate', '--max-cost', '9']);
    expect(gated.stderr).toContain('the price of rub/usd, loc/bad is not known');
    const { stderr } = await desk.pass(['run', '--out', 'run']);
    expect(stderr).toContain(', without rub/usd, loc/bad, whose price is not known');
    const { page } = await openPage(browser, desk.path('run/report.html'));
    await expect.poll(() => page.locator('#bill').innerText()).toContain('The price of rub/usd, loc/bad was unknown');
  });

  it('tells beside the bill of calls that may have been billed', async ({ desk }) => {
    const answer = `if (row % 8 === 0) throw Object.assign(new Error('later'), { status: 500, retryable: false });
    return { output: 'yes', usage: { promptTokens: 20, completionTokens: 2 }, cost: 0.01 };`;
    const more = ['--price', './own.mjs#a=1,1', '--max-tokens', '50'];
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models: ['a', 'b'], more }));
    for (const [language, paid, text, note] of [
      [
        'EN',
        'Paid',
        /6 calls without a usable answer may have been billed, at most 0\.0\d+\u202F\$ \+ 3 unknown/,
        'Not in',
      ],
      ['RU', 'Оплачено', /6 вызовов .* оплачены, не больше чем на 0,0\d+\u202F\$ \+ 3 неизвестно/, 'Сверх счёта 6'],
    ] as const) {
      await speak(page, language);
      const fact = page.locator('.facts > div').filter({ hasText: paid }).first();
      await expect.poll(() => fact.innerText()).toMatch(text);
      const notes = await page.locator('#bill .note').allInnerTexts();
      expect(notes[0]).toMatch(text);
      expect(notes[0]).toContain(note);
    }
    for (const width of [320, 360, 390, 1000, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const cut = `[...document.querySelectorAll('.facts small')].filter((part) =>
        part.getBoundingClientRect().right > part.closest('.facts').getBoundingClientRect().right + 1).length`;
      await expect.poll(() => page.evaluate(cut), { message: `${width} px` }).toBe(0);
    }
  });

  it('says why it has no estimate, where there is a bill', async ({ desk }) => {
    const answer = `return { output: 'yes', cost: 0.01 }`;
    const { page } = await openPage(browser, await moduleRun(desk, { answer, models: ['a'], rows: 3 }));
    await expect.poll(() => page.locator('#bill h2').innerText()).toBe('No estimate was made');
    expect(await page.locator('#bill .note').innerText()).toContain('20 trials or more are open');
    await speak(page, 'RU');
    await expect.poll(() => page.locator('#bill .note').innerText()).toContain('не меньше 20 запросов');
  });

  it('is silent on estimate and bill where no answer has a cost', async ({ desk }) => {
    const { page } = await openPage(browser, await moduleRun(desk, { answer: `return 'yes'`, models: ['a'], rows: 3 }));
    await expect.poll(() => page.locator('#score').count()).toBe(1);
    expect(await page.locator('#bill').count()).toBe(0);
  });
});
