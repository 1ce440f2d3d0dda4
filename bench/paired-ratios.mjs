// How often a comparison of latencies or costs says "higher" or "lower" if nothing differs, and how often the gate on
// an increase fails if the increase is exactly at the limit.
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { draws, printTable } from './support/draws.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist/modules', import.meta.url)) },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const dist = (path) => import(pathToFileURL(join(resolve(values.dist), 'core', path)).href);
const { PairedRatio } = await dist('compare/paired-ratio.js');
const { studentQuantile } = await dist('stats/student.js');

const SIZES = [3, 5, 6, 8, 12, 20, 50, 200];
const percent = (count) => `${((100 * count) / runs).toFixed(1)} %`;

/** The linearised interval alone, as before. */
function linearised(rows) {
  const n = rows.length;
  const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
  const ratio = sum(([, candidate]) => candidate) / sum(([base]) => base);
  const squares = sum(([base, candidate]) => (candidate - ratio * base) ** 2);
  const relative = Math.sqrt(squares / ((n - 1) * n)) / (sum(([, candidate]) => candidate) / n);
  const reach = Math.exp(studentQuantile(0.975, n - 1) * relative);
  return { low: ratio / reach, high: ratio * reach };
}

function ours(rows) {
  const ratio = new PairedRatio();
  for (const [base, candidate] of rows) ratio.add(base, candidate);
  return ratio.figures().interval;
}

/** Latencies of a row on both sides, before the candidate's factor. */
const KINDS = [
  ['log-normal, sigma 0.5', ({ normal }) => [Math.exp(0.5 * normal()), Math.exp(0.5 * normal())]],
  ['log-normal, sigma 1', ({ normal }) => [Math.exp(normal()), Math.exp(normal())]],
  ['log-normal, sigma 1.5', ({ normal }) => [Math.exp(1.5 * normal()), Math.exp(1.5 * normal())]],
  [
    'rows of different length, sigma 0.5',
    ({ normal }) => {
      const size = normal();
      return [Math.exp(size + 0.5 * normal()), Math.exp(size + 0.5 * normal())];
    },
  ],
  [
    'one call in 20 waits 20 times as long',
    ({ normal, happens }) => [0, 1].map(() => Math.exp(0.2 * normal()) * (happens(0.05) ? 20 : 1)),
  ],
];

function* lines(factor, isWrong) {
  for (const [name, draw] of KINDS) {
    for (const [method, of] of [
      ['linearised, as before', linearised],
      ['ours', ours],
    ]) {
      const cells = SIZES.map((n) => {
        let wrong = 0;
        for (let run = 0; run < runs; run++) {
          const random = draws(seed * 1_000_003 + run);
          const rows = Array.from({ length: n }, () => draw(random)).map(([one, other]) => [one, factor * other]);
          if (isWrong(of(rows))) wrong += 1;
        }
        return percent(wrong);
      });
      yield [name, method, ...cells];
    }
  }
}

const head = ['latencies', 'interval of 95 %', ...SIZES.map((n) => `${n} rows`)];
printTable(
  `no difference, called higher or lower, ${runs} runs`,
  head,
  lines(1, ({ low, high }) => low > 1 || high < 1),
);
printTable(
  `20 % more, and --max-latency-increase 20% fails, ${runs} runs`,
  head,
  lines(1.2, ({ low }) => low > 1.2),
);
