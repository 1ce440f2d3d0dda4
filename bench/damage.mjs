// Changes single bytes of a run folder and of a response cache, zeroes pages of the cache, and reports the effect of
// each change.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { saveBaseline } from '../dist/modules/app/compare/baseline.js';
import { readScoring } from '../dist/modules/app/config/scoring.js';
import { reportRun } from '../dist/modules/app/report/index.js';
import { ownScoring } from '../dist/modules/app/report/own-scoring.js';
import { rescore } from '../dist/modules/app/report/rescore.js';
import { ResponseCache } from '../dist/modules/engine/response-cache.js';
import { startGateway } from '../dist/modules/gateway/index.js';
import { PromptgridError, run as runGrid } from '../dist/modules/index.js';
import { readFlags } from './support/flags.mjs';
import { inFolder, readJsonLines, seededRandom, tell, writeQuestions } from './support/program.mjs';

const flags = readFlags({ seed: 1, changes: 500, 'cache-changes': 500, pages: 50, read: undefined });
const CACHE_ANSWERS = 400;
const ROWS = 40;
const FILES = ['journal.jsonl', 'results.jsonl', 'results.csv'];
const random = seededRandom(flags.seed);

const placeIn = (bytes) => Math.floor(random() * bytes.length);

function flipByte(bytes) {
  bytes[placeIn(bytes)] ^= 1 + Math.floor(random() * 255);
  return bytes;
}

function zeroPage(bytes) {
  const pageSize = bytes.readUInt32LE(48);
  const page = Math.floor(placeIn(bytes) / pageSize);
  return bytes.fill(0, page * pageSize, (page + 1) * pageSize);
}

/** Outcome of a command with a damaged folder: a known promptgrid error is a rejection, any other error is a crash. */
async function attempt(work) {
  const warnings = [];
  try {
    return { answers: await work((text) => warnings.push(text)), isTold: warnings.length > 0 };
  } catch (error) {
    if (!(error instanceof PromptgridError)) process.stderr.write(`${error.stack}\n`);
    return { answers: [], isTold: true, isRefused: true, hasCrashed: !(error instanceof PromptgridError) };
  }
}

const answersOf = (lines) => lines.map(({ row_id, output }) => [row_id, output]);

/** Every command that reads a run folder. They return the answers that they left, by row id. */
function commandsFor(folder, settings) {
  const path = join(folder, 'run');
  const baseline = join(folder, 'base.jsonl');
  const csv = () => parse(readFileSync(join(path, 'results.csv'), 'utf8'), { columns: true });
  return {
    report: async (onWarning) => {
      await reportRun({ folder: path, groupColumn: null, clusterColumn: null, test: undefined, onWarning });
      return [];
    },
    baseline: async (onWarning) => {
      const options = { withOutputs: true, withLatency: false, allowPartial: true };
      await saveBaseline({ run: path, file: baseline, ...options, onWarning });
      const [, ...lines] = await readJsonLines(baseline);
      return answersOf(lines);
    },
    score: async (onWarning) => {
      const context = { env: {}, folder, now: () => new Date() };
      const scoring = await readScoring({ score: ['word-count:1-'] }, context, await ownScoring(path));
      await rescore({ folder: path, scoring, now: new Date(), onWarning });
      return [...answersOf(await readJsonLines(join(path, 'results.jsonl'))), ...answersOf(csv())];
    },
    run: async (onWarning) => {
      await runGrid({ ...settings, payAgain: true }, { env: {}, onWarning });
      return [...answersOf(await readJsonLines(join(path, 'results.jsonl'))), ...answersOf(csv())];
    },
  };
}

/** Effects of the changes to one file; `silent` changes are those that no command reported. */
function tallyOf(commands) {
  const [told, refused] = [0, 1].map(() => Object.fromEntries(commands.map((name) => [name, 0])));
  return { changes: 0, crashes: 0, wrongAnswers: 0, askedAgain: 0, silent: 0, told, refused };
}

async function attackFolder(folder) {
  const gateway = await startGateway({ port: 0 });
  try {
    await writeQuestions(join(folder, 'rows.csv'), ROWS);
    const settings = {
      dataset: join(folder, 'rows.csv'),
      model: ['gpt-4o'],
      cache: false,
      score: ['word-count:1-'],
      maxTokens: 32,
      baseUrl: gateway.url,
      out: join(folder, 'run'),
    };
    await runGrid(settings, { env: {} });
    cpSync(join(folder, 'run'), join(folder, 'whole'), { recursive: true });
    const commands = commandsFor(folder, settings);
    const right = new Map(answersOf(await readJsonLines(join(folder, 'whole/results.jsonl'))));
    const tallies = Object.fromEntries(FILES.map((name) => [name, tallyOf(Object.keys(commands))]));
    for (let change = 0; change < flags.changes; change++) {
      const file = FILES[Math.floor(random() * FILES.length)];
      const damaged = flipByte(readFileSync(join(folder, 'whole', file)));
      await attackOnce({ folder, file, damaged, commands, right, gateway, tally: tallies[file] });
    }
    return tallies;
  } finally {
    await gateway.close();
  }
}

async function attackOnce({ folder, file, damaged, commands, right, gateway, tally }) {
  const served = gateway.stats().served;
  let isTold = false;
  for (const [name, work] of Object.entries(commands)) {
    rmSync(join(folder, 'run'), { recursive: true });
    cpSync(join(folder, 'whole'), join(folder, 'run'), { recursive: true });
    writeFileSync(join(folder, 'run', file), damaged);
    // A folder with both is read from the JSONL.
    if (file === 'results.csv' && name === 'baseline') rmSync(join(folder, 'run', 'results.jsonl'));
    const { answers, ...ended } = await attempt(work);
    if (ended.isTold) tally.told[name] += 1;
    if (ended.isRefused) tally.refused[name] += 1;
    if (ended.hasCrashed) tally.crashes += 1;
    isTold ||= ended.isTold;
    tally.wrongAnswers += answers.filter(([id, output]) => right.get(id) !== output).length;
    // Anything neither rejected nor reported must be intact.
    if (!ended.isTold && answers.length > 0 && answers.length % ROWS !== 0) tally.wrongAnswers += 1;
  }
  tally.changes += 1;
  tally.askedAgain += gateway.stats().served - served;
  if (!isTold) tally.silent += 1;
}

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

/** In a separate process: reads every answer, stores one more, and prints how many were right, wrong or missing. */
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

/** Each change in a separate process, because a damaged map may end a process with a signal. */
async function attackCache(folder, changes, damage) {
  const path = join(folder, 'data.mdb');
  const tally = { changes: 0, crashes: 0, wrongAnswers: 0, askedAgain: 0, told: 0 };
  const cache = ResponseCache.open(folder, () => undefined);
  for (let number = 0; number < CACHE_ANSWERS; number++) cache.put(keyOf(number), completionOf(number), 'now');
  await cache.close();
  const whole = readFileSync(path);
  for (let change = 0; change < changes; change++) {
    writeFileSync(path, damage(Buffer.from(whole)));
    rmSync(join(folder, 'lock.mdb'), { force: true });
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--read', folder], { timeout: 60_000 });
    tally.changes += 1;
    if (child.status !== 0) {
      tally.crashes += 1;
      process.stderr.write(`change ${change}: ${child.signal ?? child.status} ${String(child.stderr).slice(0, 300)}\n`);
      continue;
    }
    const { wrong, missing, warnings } = JSON.parse(String(child.stdout));
    tally.wrongAnswers += wrong;
    tally.askedAgain += missing;
    if (warnings > 0) tally.told += 1;
  }
  return tally;
}

if (flags.read !== undefined) await readCache(flags.read);
else {
  await inFolder(async (folder) => {
    const files = await attackFolder(folder);
    const cacheBytes = await attackCache(join(folder, 'a'), flags['cache-changes'], flipByte);
    const cachePages = await attackCache(join(folder, 'b'), flags.pages, zeroPage);
    const all = [...Object.values(files), cacheBytes, cachePages];
    tell(
      { files, cacheBytes, cachePages },
      {
        noWrongAnswer: all.every(({ wrongAnswers }) => wrongAnswers === 0),
        noCrash: all.every(({ crashes }) => crashes === 0),
        everyChangeOfAFileTold: Object.values(files).every(({ silent }) => silent === 0),
      },
    );
  });
}
