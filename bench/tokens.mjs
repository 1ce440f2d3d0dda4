// Speed of counting tokens of generated prompts, by processor time; what loading a vocabulary takes; memory.
import { loadEncodingCounter } from '../dist/modules/pricing/token-counter.js';
import { readFlags } from './support/flags.mjs';
import { round, seededRandom, tell } from './support/program.mjs';

const { megabytes, passes } = readFlags({ megabytes: 4, passes: 3 });

/** For one tokenizer on realistic prompts; the speed of runs without spaces is only reported. */
const LEAST_MB_PER_SECOND = 3;

const SYLLABLES = {
  english:
    'ta ble con ver sion ing er pre sent a tion ly ment un re state for in put out rea son able ter min al the of',
  russian: 'про ект ный ста ция при мер раз вер ты ва ние об ра бот ка дан ных по ль зо ва те ля со об ще и на не',
};

const random = seededRandom(1);
const pick = (list) => list[Math.floor(random() * list.length)];

const LEXICON_WORDS = 40_000;

/** This many different words of one to five syllables, short ones first, like the frequent words of a language. */
function lexiconOf(syllables) {
  const words = new Set();
  while (words.size < LEXICON_WORDS) {
    words.add(Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(syllables)).join(''));
  }
  return [...words].toSorted((one, other) => one.length - other.length);
}

const LEXICONS = {
  english: lexiconOf(SYLLABLES.english.split(' ')),
  russian: lexiconOf(SYLLABLES.russian.split(' ')),
};

/** A word by Zipf's law: the one of rank n is n times as rare as the first. */
function word(language) {
  return LEXICONS[language][Math.floor(LEXICON_WORDS ** random()) - 1];
}

function sentence(language) {
  const words = Array.from({ length: 6 + Math.floor(random() * 12) }, () => word(language));
  if (random() < 0.3) words.push(String(Math.floor(random() * 100_000)));
  return `${words.join(' ')}${pick(['.', '.', '?', ':', ',\n'])}`;
}

function code() {
  const name = word('english');
  return `  if (${name}.length > ${Math.floor(random() * 100)}) {\n    return [${name}[0], "${name}", null];\n  }\n`;
}

const PROMPTS = {
  english: () => sentence('english'),
  russian: () => sentence('russian'),
  'english and russian': () => sentence(pick(['english', 'russian'])),
  code,
};

const RUNS = {
  'one letter': 'a',
  blanks: ' ',
  emoji: '👩🏽‍💻😀',
  chinese: '提示词的价格',
  base64: 'QmFzZTY0IGlzIG5vdCB0ZXh0K2Zvbw',
};

function promptsOf(make) {
  const rows = [];
  for (let bytes = 0; bytes < megabytes * 1e6; ) {
    const row = Array.from({ length: 8 }, make).join(' ');
    bytes += Buffer.byteLength(row);
    rows.push(row);
  }
  return rows;
}

/** @returns megabytes of UTF-8 per second of processor time: of the first pass, and the median of the passes */
function speedOf(counter, rows) {
  const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(row), 0);
  const speeds = Array.from({ length: passes }, () => {
    const before = process.cpuUsage();
    for (const row of rows) counter.countText(row);
    const { user, system } = process.cpuUsage(before);
    return bytes / (user + system);
  });
  const sorted = speeds.toSorted((one, other) => one - other);
  return { first: round(speeds[0], 1), median: round(sorted[Math.floor(passes / 2)], 1) };
}

/** @returns milliseconds of processor time for the first counter of an encoding, and the counter */
async function load(encoding) {
  const before = process.cpuUsage();
  const counter = await loadEncodingCounter(encoding);
  const { user, system } = process.cpuUsage(before);
  return { counter, loadCpuMs: round((user + system) / 1000, 0) };
}

const checks = {};
const encodings = {};
const texts = Object.entries(PROMPTS).map(([kind, make]) => ({ kind, rows: promptsOf(make) }));
for (const encoding of ['o200k_base', 'cl100k_base']) {
  const { counter, loadCpuMs } = await load(encoding);
  const mbPerSecond = {};
  for (const { kind, rows } of texts) {
    mbPerSecond[kind] = speedOf(counter, rows);
    checks[`${encoding} ${kind}`] = mbPerSecond[kind].first >= LEAST_MB_PER_SECOND;
  }
  for (const [kind, unit] of Object.entries(RUNS)) {
    const run = unit.repeat(1e6 / Buffer.byteLength(unit));
    mbPerSecond[`1 MB of ${kind}`] = speedOf(counter, [run]);
  }
  encodings[encoding] = { loadCpuMs, mbPerSecond };
}
tell({ megabytes, encodings, rssMb: round(process.memoryUsage().rss / 1e6, 0) }, checks);
