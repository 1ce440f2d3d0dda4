/**
 * The cost of a journal line's checksum: writes and reads the same results with and without it. node bench/journal.mjs
 * [--trials 4000]
 */
import { SealedLines, sealJson, sealOf } from '../dist/modules/io/sealed-line.js';
import { recordMembers, recordText } from '../dist/modules/store/journal-record.js';
import { readFlags } from './support/flags.mjs';
import { round, tell } from './support/program.mjs';

const { trials: TRIALS } = readFlags({ trials: 4000 });
const ROUNDS = 100;

function resultOf(trial) {
  return {
    trialId: `t${trial.toString(16).padStart(20, '0')}`,
    rowId: String(trial),
    prompt: 'default',
    provider: 'gptunnel',
    model: 'gpt-4o-mini',
    temperature: 0,
    repeat: 1,
    status: 'completed',
    latencyMs: 812,
    attempts: 1,
    at: '2026-01-02T03:04:05.678Z',
    cached: false,
    completion: {
      id: 'chatcmpl-0123456789',
      output: `The answer to question ${trial} is in the second paragraph of the contract. `.repeat(4),
      finishReason: 'stop',
      simulated: false,
      usage: { promptTokens: 210, completionTokens: 64, totalTokens: 274, cachedPromptTokens: null },
      cost: { prompt: 31_500_000n, completion: 38_400_000n, total: 69_900_000n, currency: 'RUB', source: 'provider' },
    },
  };
}

const results = Array.from({ length: 1000 }, (_, trial) => resultOf(trial));

/** Microseconds per trial. */
function time(work) {
  const begun = process.hrtime.bigint();
  for (let trial = 0; trial < TRIALS; trial++) work(results[trial % results.length], trial % results.length);
  return Number(process.hrtime.bigint() - begun) / 1000 / TRIALS;
}

/** As a line from a file: a string sliced from others is read more slowly. */
const asRead = (text) => Buffer.from(text.trimEnd()).toString('utf8');
const lines = results.map((result) => asRead(sealJson(recordText(result))));
// Lines as before checksums; only parsed, because such lines are rejected for new trials.
const plain = results.map((result) => asRead(recordText(result)));

const BATCH = 32;

/** Encodes lines and joins a batch, as a journal would without checksums. */
function plainWriter() {
  let batch = [];
  return (result) => {
    batch.push(Buffer.from(`${recordText(result)}\n`));
    if (batch.length < BATCH) return;
    Buffer.concat(batch);
    batch = [];
  };
}

/** A journal's work on its lines except for the disk. */
function writer() {
  const encoded = new SealedLines();
  let added = 0;
  return (result) => {
    encoded.add(recordMembers(result));
    added += 1;
    if (added % BATCH === 0) encoded.clear();
  };
}

const works = {
  'write without checksum': plainWriter(),
  'write with checksum': writer(),
  'read without checksum': (_, index) => JSON.parse(plain[index]),
  'read with checksum': (_, index) => sealOf(lines[index]) === 'sound' && JSON.parse(lines[index]),
};

const best = Object.fromEntries(Object.keys(works).map((name) => [name, Number.POSITIVE_INFINITY]));
for (let turn = 0; turn < ROUNDS; turn++) {
  for (const [name, work] of Object.entries(works)) best[name] = Math.min(best[name], time(work));
}
const costOf = (what) => best[`${what} with checksum`] - best[`${what} without checksum`];
const checksum = { write: costOf('write'), read: costOf('read') };
const rounded = (figures) => Object.fromEntries(Object.entries(figures).map(([name, us]) => [name, round(us, 2)]));
tell(
  { microsecondsATrial: rounded(best), checksum: rounded(checksum) },
  { writesUnderTwo: checksum.write < 2, readsUnderTwo: checksum.read < 2 },
);
