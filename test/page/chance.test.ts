import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';

const ROWS = 20;

/** A run in which each model answers wrongly on some of 20 rows. @param wrong numbers of those rows */
async function wrongOn(desk: Desk, folder: string, wrong: Readonly<Record<string, readonly number[]>>): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, index) => ({ id: `r${index}`, q: `q${index}`, expected: `a${index}` }));
  const answers = Object.entries(wrong).flatMap(([model, places]) =>
    rows.map(({ q, expected }, index) => ({ model, prompt: q, output: places.includes(index) ? 'wrong' : expected })),
  );
  await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  const grid = ['-m', Object.keys(wrong).join(','), '--prompt', '{{ q }}', '--score', 'exact', '--no-cache'];
  await desk.pass(['run', 'rows.jsonl', '--simulate', 'answers.jsonl', ...grid, '--out', folder]);
}

describe.skipIf(CHROMIUM === null)('the p-values of the page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  it('are those of the terminal and of markdown, also where only the correction makes chance of a loss', async ({
    desk,
  }) => {
    await wrongOn(desk, 'before', { 'gpt-4o': [], 'gpt-4o-mini': [0, 1, 2, 3] });
    await wrongOn(desk, 'after', { 'gpt-4o': [0, 1, 2, 3, 4, 5], 'gpt-4o-mini': [4, 5, 6, 7] });
    const told = await desk.run(['compare', 'before', 'after', '--report', 'markdown=compare.md']);
    expect(told.stdout.replaceAll(/\s+/g, ' ')).toMatch(/p = 0\.031,.* corrected p .*= 0\.063/);
    expect(await desk.read('compare.md')).toContain('p = 0.031, corrected p = 0.063');
    await desk.pass(['report', 'after', '--format', 'html', '--compare', 'before', '--output', 'page.html']);
    const { page } = await openPage(browser, desk.path('page.html'));
    const chances = page.locator('#pairs0 td[data-label="p"]');
    await expect.poll(() => chances.allInnerTexts()).toEqual(['0.031 corrected 0.063', '1.000']);
    const lead = page.locator('.decision .lead').first();
    expect(await lead.innerText()).toMatch(/p\s=\s0\.031, corrected p\s=\s0\.063\.$/);
    await page.getByRole('button', { name: 'RU' }).click();
    await expect.poll(() => chances.first().innerText()).toBe('0,031 с поправкой 0,063');
    expect(await lead.innerText()).toMatch(/p\s=\s0,031, с поправкой p\s=\s0,063\.$/);
  });

  it('are those of the terminal between the variants of a run', async ({ desk }) => {
    await wrongOn(desk, 'run', { 'gpt-4o': [], 'gpt-4o-mini': [0, 1, 2, 3, 4, 5], 'gpt-4.1': [6, 7, 8, 9, 10, 11] });
    const told = await desk.pass(['report', 'run']);
    expect(told.stdout.replaceAll(/\s+/g, ' ')).toContain('(p = 0.031, corrected p = 0.094)');
    const { page } = await openPage(browser, desk.path('run/report.html'));
    const cell = page.locator('.matrix button').first();
    expect(await cell.getAttribute('title')).toMatch(/p\s=\s0\.031, corrected p\s=\s0\.094, not significant$/);
  });
});
