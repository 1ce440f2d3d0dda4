/**
 * Damages a run folder and a response cache, a byte or a page at a time, and counts what came of it.
 * node bench/damage.mjs [--seed 1] [--changes 1000] [--cache-changes 500] [--pages 50]
 * The cache is opened by a process of its own for each change, for a damaged map may end a process with a signal.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ResponseCache } from '../dist/engine/response-cache.js';
import { Journal } from '../dist/store/journal.js';
import { JournalReader } from '../dist/store/journal-reader.js';

const CACHE_ANSWERS = 400;
const TRIALS = 40;
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    changes: { type: 'string', default: '1000' },
    'cache-changes': { type: 'string', default: '500' },
    pages: { type: 'string', default: '50' },
    read: { type: 'string' },
  },
});

/** Mulberry32: the same numbers for the same seed. @returns from 0 up to, not including, 1 */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomOf(Number(values.seed));
const keyOf = (number) => `${(number * 7919).toString(16).padStart(40, '0')}1`;
const outputOf = (number) => `answer ${number} `.repeat(number % 50 === 0 ? 600 : 20);

function completionOf(number) {
  return {
    id: 'chatcmpl-1',
    output: outputOf(number),
    finishReason: 'stop',
    simulated: false,
    usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, cachedPromptTokens: null },
    cost: { prompt: 1n, completion: 2n, total: 3n, currency: 'RUB', source: 'provider' },
  };
}

function resultOf(number) {
  return {
    // Trials are found by their first 16 digits.
    trialId: `t${(number * 7919).toString(16).padStart(16, '0')}0000`,
    rowId: String(number),
    prompt: 'default',
    provider: 'gptunnel',
    model: 'gpt-4o',
    temperature: 0,
    repeat: 1,
    status: 'completed',
    latencyMs: 5,
    attempts: 1,
    at: '2026-01-02T03:04:05.678Z',
    cached: false,
    completion: completionOf(number),
  };
}

/** In a process of its own: reads every answer, stores one more, and prints how many were right, wrong or missing. */
async function readCache(folder) {
  const counts = { right: 0, wrong: 0, missing: 0, warnings: 0 };
  const cache = ResponseCache.open(folder, () => {
    counts.warnings += 1;
  });
  for (let number = 0; number < CACHE_ANSWERS; number++) {
    const output = cache.get(keyOf(number))?.output;
    if (output === undefined) counts.missing += 1;
    else if (output === outputOf(number)) counts.right += 1;
    else counts.wrong += 1;
  }
  cache.put(keyOf(CACHE_ANSWERS), completionOf(CACHE_ANSWERS), 'now');
  await cache.close();
  process.stdout.write(JSON.stringify(counts));
}

async function attackJournal(folder) {
  const path = join(folder, 'journal.jsonl');
  const clock = { elapsedMs: () => 0 };
  const journal = await Journal.open(path, clock);
  for (let number = 0; number < TRIALS; number++) await journal.append(resultOf(number));
  await journal.close();
  const whole = readFileSync(path);
  const told = { changes: 0, wrong: 0, askedAgain: 0, told: 0 };
  for (let change = 0; change < Number(values.changes); change++) {
    const bytes = Buffer.from(whole);
    const at = Math.floor(random() * bytes.length);
    bytes[at] ^= 1 + Math.floor(random() * 255);
    writeFileSync(path, bytes);
    const damaged = await Journal.open(path, clock);
    const { badLines, tornBytes } = damaged.recovery;
    if (badLines.length > 0 || tornBytes > 0) told.told += 1;
    await damaged.close();
    const reader = await JournalReader.open(path);
    for (let number = 0; number < TRIALS; number++) {
      const result = await reader.read(resultOf(number).trialId);
      if (result === null) told.askedAgain += 1;
      else if (result.completion?.output !== outputOf(number)) told.wrong += 1;
    }
    await reader.close();
    told.changes += 1;
  }
  return told;
}

async function attackCache(folder, damages, damage) {
  const path = join(folder, 'data.mdb');
  const found = { changes: 0, wrong: 0, crashes: 0, askedAgain: 0, told: 0 };
  const cache = ResponseCache.open(folder, () => undefined);
  for (let number = 0; number < CACHE_ANSWERS; number++) cache.put(keyOf(number), completionOf(number), 'now');
  await cache.close();
  const whole = readFileSync(path);
  for (let change = 0; change < damages; change++) {
    writeFileSync(path, damage(Buffer.from(whole)));
    rmSync(join(folder, 'lock.mdb'), { force: true });
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--read', folder], { timeout: 30_000 });
    found.changes += 1;
    if (child.status !== 0) {
      found.crashes += 1;
      process.stderr.write(`change ${change}: ${child.signal ?? child.status} ${String(child.stderr).slice(0, 300)}\n`);
      continue;
    }
    const { wrong, missing, warnings } = JSON.parse(String(child.stdout));
    found.wrong += wrong;
    found.askedAgain += missing;
    if (warnings > 0) found.told += 1;
  }
  return found;
}

function flipByte(bytes) {
  const at = Math.floor(random() * bytes.length);
  bytes[at] ^= 1 + Math.floor(random() * 255);
  return bytes;
}

function zeroPage(bytes) {
  const pageSize = bytes.readUInt32LE(48);
  const page = Math.floor((random() * bytes.length) / pageSize);
  return bytes.fill(0, page * pageSize, (page + 1) * pageSize);
}

if (values.read !== undefined) await readCache(values.read);
else {
  const folder = mkdtempSync(join(tmpdir(), 'promptgrid-damage-'));
  try {
    console.log('journal, bytes', await attackJournal(folder));
    console.log('cache, bytes  ', await attackCache(join(folder, 'a'), Number(values['cache-changes']), flipByte));
    console.log('cache, pages  ', await attackCache(join(folder, 'b'), Number(values.pages), zeroPage));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
