import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from './page.ts';

/** The Chromium of this machine; null if it has none. */
export const CHROMIUM = findChromium();

/** Starts a browser. @throws if the machine has none */
export async function startBrowser(): Promise<Browser> {
  if (CHROMIUM === null) throw new Error('there is no Chromium');
  // Containers run tests as root, where the sandbox of Chromium does not start.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page with what it complained of and asked for. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the console, and errors of scripts. */
  readonly complaints: string[];
  /** Addresses that were asked for, but for the file itself. */
  readonly requests: string[];
}

/** Opens a file as a reader does: from the disk, without a server, and waits until its rows are read. */
export async function openPage(
  browser: Browser,
  file: string,
  { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const address = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address) requests.push(request.url());
  });
  await page.goto(address + hash);
  await page.waitForSelector('#app[data-state="ready"]');
  return { page, complaints, requests };
}
