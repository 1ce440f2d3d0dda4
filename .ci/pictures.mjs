// Draws the pictures of the report page in docs/images, without a network: npm run pictures
// page-gsm8k.png is of answers that are not in the repository, and stays as it is.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
const GRID = ['datasets/support.csv', '--simulate', 'datasets/answers/support.jsonl', '--max-tokens', '32'];
// Few calls at a time, so that a busy machine does not show in their times.
const CALM = ['--concurrency', '4', '--no-cache'];

/** @param cwd the folder that it runs in; default the repository */
function promptgrid(words, cwd = root) {
  execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...words, '--quiet'], { cwd, stdio: 'inherit' });
}

function quickstart() {
  const models = ['--model', 'gpt-4o,gpt-4o-mini,deepseek-chat,yandexgpt', '--temperature', '0,0.7'];
  const out = join(folder, 'quickstart');
  promptgrid(['run', ...GRID, ...models, '--score', 'exact', '--score', 'contains', ...CALM, '--out', out]);
  return join(out, 'report.html');
}

function comparison() {
  for (const [name, model] of [
    ['before', 'gpt-4o'],
    ['after', 'yandexgpt'],
  ]) {
    const grid = ['--model', model, '--temperature', '0', '--score', 'exact'];
    promptgrid(['run', ...GRID, ...grid, ...CALM, '--out', join(folder, name)]);
  }
  // From there, so that the page has short names.
  promptgrid(['report', 'after', '--compare', 'before', '--format', 'html', '--output', 'compared.html'], folder);
  return join(folder, 'compared.html');
}

/** Opens a page as a reader does. @param options of its browser context; @param hash what is chosen in it */
async function open(browser, file, options, hash = '') {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })).newPage();
  await page.goto(pathToFileURL(file).href + hash);
  await page.waitForSelector('#app[data-state="ready"]');
  await page.waitForTimeout(500);
  return page;
}

/** Brings an element to a height of the window, and draws the window. */
async function shot(page, selector, top) {
  if (selector !== null) {
    await page.evaluate(`scrollBy(0, document.querySelector('${selector}').getBoundingClientRect().top - ${top})`);
    await page.waitForTimeout(300);
  }
  return page.screenshot();
}

function picture(name) {
  return join(root, 'docs/images', name);
}

const PHONE = { viewport: { width: 390, height: 844 }, locale: 'ru-RU', colorScheme: 'dark' };

/** Three windows of a phone beside each other. */
async function phones(browser, file) {
  const page = await open(browser, file, PHONE);
  const shots = [
    await shot(page, null),
    await shot(page, '.facts', 50),
    await shot(page, '.board tbody tr:nth-child(7)', 50),
  ];
  const sheet = await (await browser.newContext({ viewport: { width: 1200, height: 844 } })).newPage();
  const images = shots.map((png) => `<img src="data:image/png;base64,${png.toString('base64')}">`).join('');
  await sheet.setContent(`<body style="margin:0;display:flex;gap:15px;background:#808080">${images}</body>`);
  await sheet.screenshot({ path: picture('page-phone.png') });
}

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  const run = quickstart();
  const first = await open(browser, run, { viewport: { width: 1440, height: 860 } });
  await first.screenshot({ path: picture('page.png') });
  const rows = await open(browser, run, { colorScheme: 'dark' }, '#row=s-034');
  await shot(rows, '.rows-title', 96);
  await rows.screenshot({ path: picture('page-rows.png') });
  await phones(browser, run);
  const compared = await open(browser, comparison(), {});
  await compared.screenshot({ path: picture('page-compare.png') });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

function findChromium() {
  const words = ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'];
  return execFileSync('sh', words).toString().trim();
}
