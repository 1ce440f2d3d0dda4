import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, openPage, startBrowser } from '../support/browser.ts';
import { it } from '../support/in-process.ts';
import { wrongOn } from '../support/wrong-runs.ts';

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
