/**
 * What the checksum of a journal line costs: writes and reads the same results with and without it.
 * node bench/journal.mjs [--trials 20000]
 */
import { parseArgs } from 'node:util';
import { sealOf } from '../dist/io/sealed-line.js';
import { journalLine, toRecord } from '../dist/store/journal-record.js';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '20000' } } });
const TRIALS = Number(values.trials);
const ROUNDS = 15;

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

/** Microseconds a trial. */
function time(work) {
  const begun = process.hrtime.bigint();
  for (let trial = 0; trial < TRIALS; trial++) work(results[trial % results.length], trial % results.length);
  return Number(process.hrtime.bigint() - begun) / 1000 / TRIALS;
}

const lines = results.map((result) => journalLine(result).trimEnd());
// As lines were before they had a checksum; parsed alone, for such lines are refused for new trials.
const plain = results.map((result) => JSON.stringify(toRecord(result)));

const BATCH = 32;

/** What a journal does with its lines but for the disk: measures them, joins a batch and encodes it. */
function writer(lineOf) {
  let batch = [];
  let bytes = 0;
  return (result) => {
    const text = lineOf(result);
    bytes += Buffer.byteLength(text);
    batch.push(text);
    if (batch.length < BATCH) return;
    bytes -= Buffer.from(batch.join('')).length;
    batch = [];
  };
}

const works = {
  'write without checksum': writer((result) => `${JSON.stringify(toRecord(result))}\n`),
  'write with checksum': writer(journalLine),
  'read without checksum': (_, index) => JSON.parse(plain[index]),
  'read with checksum': (_, index) => sealOf(lines[index]) === 'sound' && JSON.parse(lines[index]),
};

const best = Object.fromEntries(Object.keys(works).map((name) => [name, Number.POSITIVE_INFINITY]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, work] of Object.entries(works)) best[name] = Math.min(best[name], time(work));
}
for (const [name, us] of Object.entries(best)) console.log(`${name}: ${us.toFixed(2)} µs a trial`);
for (const what of ['write', 'read']) {
  const cost = best[`${what} with checksum`] - best[`${what} without checksum`];
  console.log(`checksum, ${what}: ${cost.toFixed(2)} µs a trial`);
}
