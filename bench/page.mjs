// The report page of a large run: its size, the time and memory of making it, and how fast it is in a browser.
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { readFlags } from './support/flags.mjs';
import { cpuSeconds, inFolder, round, run, seededRandom, tell } from './support/program.mjs';

const { rows, variants, characters } = readFlags({ rows: 25_000, variants: 4, characters: 600 });
const BATCH = 500;
const MB = 1e6;

const random = seededRandom(1);
const syllables = ['ka', 'lo', 'mi', 'ner', 'tu', 'sha', 'ri', 'ven', 'do', 'pel', 'ix', 'an', 'or', 'est', 'qui'];
const words = Array.from({ length: 3000 }, () => {
  return Array.from({ length: 1 + ((random() * 3) | 0) }, () => syllables[(random() * syllables.length) | 0]).join('');
});

/** Prose of words as frequent as those of a language: the first few are most of it. */
function prose(units) {
  const parts = [];
  for (let length = 0; length < units; ) {
    const word = words[Math.floor(words.length * random() ** 3)];
    parts.push(word);
    length += word.length + 1;
  }
  return parts.join(' ').slice(0, units);
}

const models = Array.from({ length: variants }, (_, index) => `model-${index + 1}`);

function* results() {
  for (let row = 0; row < rows; row++) {
    const question = prose(120);
    for (const [index, model] of models.entries()) {
      const isRight = random() < 0.9 - 0.05 * index;
      yield {
        trial_id: `t${row.toString(16).padStart(12, '0')}${index.toString(16).padStart(8, '0')}`,
        row_id: `r${row}`,
        'row.id': `r${row}`,
        'row.question': question,
        'row.expected': String(row % 997),
        prompt: 'p1',
        model,
        temperature: 0,
        repeat: 1,
        status: 'completed',
        output: `${prose(characters - 12)} A: ${isRight ? row % 997 : row % 13}`,
        finish_reason: 'stop',
        prompt_tokens: 40 + ((random() * 20) | 0),
        completion_tokens: 120 + ((random() * 80) | 0),
        total_cost: (0.01 + 0.05 * random()).toFixed(5),
        currency: 'RUB',
        latency_ms: (300 + 2000 * random() ** 2) | 0,
        attempts: 1,
        cached: false,
        'score.numeric': isRight ? 1 : 0,
        passed: isRight,
        error_code: null,
        error_message: null,
      };
    }
  }
}

/** A run folder as promptgrid leaves it, as far as a report reads it. */
async function writeRun(folder) {
  await mkdir(folder);
  const file = createWriteStream(join(folder, 'results.jsonl'));
  let batch = [];
  for (const result of results()) {
    batch.push(JSON.stringify(result));
    if (batch.length < BATCH) continue;
    if (!file.write(`${batch.join('\n')}\n`)) await once(file, 'drain');
    batch = [];
  }
  file.end(batch.map((line) => `${line}\n`).join(''));
  await once(file, 'close');
  const at = '2026-01-01T00:00:00.000Z';
  const identity = {
    dataset: 'rows.jsonl',
    prompts: [{ name: 'p1', template: JSON.stringify({ system: 'column:system', prompt: '{{ question }}' }) }],
    models: models.map((model) => `custom/${model}`),
    temperatures: [0],
    repeat: 1,
    params: { max_tokens: 400 },
  };
  const settings = { scorers: ['numeric'], expectedColumn: 'expected' };
  const record = { formatVersion: 1, state: 'completed', createdAt: at, updatedAt: at, identity, settings };
  await writeFile(join(folder, 'run.json'), JSON.stringify({ ...record, trials: rows * variants }));
  await writeFile(
    join(folder, 'summary.json'),
    JSON.stringify({ total: { completed: rows * variants }, variants: [], errors: [] }),
  );
}

function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'chromium')).find((path) => existsSync(path));
}

/** How fast the page is in a browser, in milliseconds. */
async function browse(file, executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const began = performance.now();
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
    await page.waitForSelector('h1');
    const figuresMs = performance.now() - began;
    await page.waitForSelector('#app[data-state="ready"]', { timeout: 60_000 });
    const readyMs = performance.now() - began;
    const firstPaintMs = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    );
    // Nobody searches before the page was seen.
    await page.waitForTimeout(1500);
    const searchMs = [];
    for (const query of ['kaner', 'fail:1', 'question:lo', 'zzzz']) {
      searchMs.push(await page.evaluate(timeSearch, query));
    }
    await page.evaluate(() => document.getElementById('rows').scrollIntoView());
    const scrollMs = await page.evaluate(timeScroll);
    return {
      firstPaintMs,
      figuresMs,
      readyMs,
      searchMs: Math.max(...searchMs),
      searches: searchMs.map(Math.round).join(' '),
      ...scrollMs,
    };
  } finally {
    await browser.close();
  }
}

/** From a typed search to its count, in the page. */
async function timeSearch(query) {
  const field = document.getElementById('search');
  const count = document.querySelector('.order [aria-live]');
  const before = count.textContent;
  field.value = query;
  const began = performance.now();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  while (count.textContent === before && performance.now() - began < 10_000) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  return performance.now() - began;
}

/** The longest and the median time between two frames while the rows scroll by, in the page. */
async function timeScroll() {
  const field = document.getElementById('search');
  field.value = '';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const times = [];
  for (let step = 0; step < 100; step++) {
    const began = performance.now();
    window.scrollBy(0, 300);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { scrollMedianMs: times[50], scrollMostMs: times.at(-1) };
}

await inFolder(async (folder) => {
  await writeRun(join(folder, 'run'));
  const began = performance.now();
  const ended = await run(folder, ['report', 'run', '--format', 'html', '--output', 'page.html']);
  const makingSeconds = (performance.now() - began) / 1000;
  if (ended.status !== 0) throw new Error(ended.stderr);
  const page = join(folder, 'page.html');
  const sizeMB = (await stat(page)).size / MB;
  const executablePath = findChromium();
  const browsed = executablePath === undefined ? null : await browse(page, executablePath);
  const figures = {
    trials: rows * variants,
    characters,
    sizeMB: round(sizeMB, 1),
    makingSeconds: round(makingSeconds, 1),
    makingCpuSeconds: cpuSeconds(ended.usage),
    makingPeakMB: Math.round((ended.usage.maxRSS * 1024) / MB),
    ...Object.fromEntries(
      Object.entries(browsed ?? {}).map(([name, value]) => [
        name,
        typeof value === 'number' ? Math.round(value) : value,
      ]),
    ),
  };
  const isLarge = rows * variants > 100_000;
  tell(figures, {
    'smaller than 40 MB': sizeMB < 40,
    // Of processor time: a busy machine takes longer by the clock.
    'made in 10 s': isLarge || cpuSeconds(ended.usage) < 10,
    'first paint within 1.5 s': browsed === null || isLarge || browsed.firstPaintMs < 1500,
    'search within 300 ms': browsed === null || isLarge || browsed.searchMs < 300,
    'ready within 3 s of a million trials': browsed === null || !isLarge || browsed.readyMs < 3000,
  });
});
