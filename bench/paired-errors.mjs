// How often paired tests see a difference that is not there, and how often paired intervals hold the true one.
import { readBuildFlags } from './support/flags.mjs';
import { seededRandom } from './support/program.mjs';

const { load, runs, first, only } = readBuildFlags({ runs: 2000, first: 1, only: '' });
const SIZES = [20, 50, 200];
const LEVEL = 0.05;

const { mcnemarExact } = await load('core/stats/mcnemar');
const { holmAdjusted } = await load('core/stats/holm');
const { signFlipTest } = await load('core/stats/sign-flip');
const { wilcoxonSignedRank } = await load('core/stats/wilcoxon');
const { pairedMeanInterval } = await load('core/stats/paired-mean');

/** Random numbers of a run: uniform ones, and normal ones by G. E. P. Box and M. E. Muller (1958). */
function drawing(seed) {
  const uniform = seededRandom(Math.imul(seed, 0x9e3779b1));
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

const list = (n, draw) => Array.from({ length: n }, (_, index) => draw(index));
const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const percent = (count) => `${((100 * count) / runs).toFixed(1)} %`;
const holds = (interval, truth) => interval !== null && interval.low <= truth && truth <= interval.high;

/** Share of all runs in which a condition holds. */
function share(isSo) {
  let count = 0;
  for (let run = first; run < first + runs; run++) if (isSo(drawing(run), run)) count += 1;
  return percent(count);
}

/** Counts of `n` rows if two variants pass the shares `p` and `q`, with that correlation. */
function tableOf({ uniform }, n, { p, q, correlation }) {
  const both = p * q + correlation * Math.sqrt(p * (1 - p) * q * (1 - q));
  const table = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (let row = 0; row < n; row++) {
    const drawn = uniform();
    if (drawn < both) table.both += 1;
    else if (drawn < p) table.onlyFirst += 1;
    else if (drawn < p + q - both) table.onlySecond += 1;
    else table.neither += 1;
  }
  return table;
}

/** Share of five answers that pass, each with that probability. */
const ofFive = ({ uniform }, chance) => mean(list(5, () => (uniform() < chance ? 1 : 0)));
/** Probability that a row passes: 80 % on average, from rows that hardly ever pass to those that always do. */
const chanceOfRow = ({ uniform }) => uniform() ** (1 / 4);

/** Scores differ by at most 1. */
const bounded = (difference) => Math.max(-1, Math.min(1, difference));

/** Generators of score differences; each has the mean `truth`. */
const SCORES = [
  {
    name: 'shares of 5 answers, equal',
    truth: 0,
    isEqual: true,
    draw: (drawn) => {
      const chance = chanceOfRow(drawn);
      return ofFive(drawn, chance) - ofFive(drawn, chance);
    },
  },
  {
    name: 'shares of 5 answers, 8 points apart',
    truth: 0.08,
    draw: (drawn) => {
      const chance = chanceOfRow(drawn);
      return ofFive(drawn, chance) - ofFive(drawn, 0.9 * chance);
    },
  },
  { name: 'normal', truth: 0, isEqual: true, draw: ({ normal }) => bounded(0.1 * normal()) },
  {
    name: 'heavy tails',
    truth: 0,
    isEqual: true,
    draw: ({ normal }) => bounded(0.02 * normal() * Math.exp(normal())),
  },
  {
    name: 'mean 0, skewed: often a little, rarely much',
    truth: 0,
    isEqual: true,
    draw: ({ normal }) => bounded(0.05 * (Math.exp(0.75 * normal()) - Math.exp(0.75 ** 2 / 2))),
  },
];

/** Shares that both variants pass, and the correlation of the rows they pass. */
const SHARES = [
  { p: 0.5, q: 0.5, correlation: 0.5 },
  { p: 0.8, q: 0.8, correlation: 0.5 },
  { p: 0.95, q: 0.95, correlation: 0.5 },
];
const nameOf = ({ p, q, correlation }) => `${100 * p} % and ${100 * q} %, correlation ${correlation}`;

const differencesOf = (drawn, n, { draw }) => Float64Array.from({ length: n }, () => draw(drawn));

function* falsePositives() {
  for (const shares of SHARES) {
    const found = (n) => (drawn) => {
      const { onlyFirst, onlySecond } = tableOf(drawn, n, shares);
      return mcnemarExact(onlyFirst, onlySecond) <= LEVEL;
    };
    yield ['McNemar', nameOf(shares), ...SIZES.map((n) => share(found(n)))];
  }
  for (const scores of SCORES.filter(({ isEqual }) => isEqual)) {
    const flipped = (n) => (drawn, seed) => signFlipTest(differencesOf(drawn, n, scores), { seed }).pValue <= LEVEL;
    yield ['sign flip', scores.name, ...SIZES.map((n) => share(flipped(n)))];
    const ranked = (n) => (drawn) => wilcoxonSignedRank(differencesOf(drawn, n, scores)).pValue <= LEVEL;
    yield ['Wilcoxon', scores.name, ...SIZES.map((n) => share(ranked(n)))];
  }
}

/** P-values of all pairs of four equally good variants, on the same rows. */
function pairsOf(n, scoreOf, pValueOf) {
  return (drawn, seed) => {
    const rows = list(n, () => {
      const chance = chanceOfRow(drawn);
      return list(4, () => scoreOf(drawn, chance));
    });
    const pairs = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].filter((b) => b > a).map((b) => [a, b]));
    return pairs.map(([a, b]) =>
      pValueOf(
        Float64Array.from(rows, (row) => row[a] - row[b]),
        seed,
      ),
    );
  };
}

const ofOne = ({ uniform }, chance) => (uniform() < chance ? 1 : 0);
const byMcnemar = (differences) =>
  mcnemarExact(differences.filter((one) => one > 0).length, differences.filter((one) => one < 0).length);
const bySigns = (differences, seed) => signFlipTest(differences, { seed }).pValue;

function* families() {
  for (const [test, scoreOf, pValueOf] of [
    ['McNemar', ofOne, byMcnemar],
    ['sign flip, 5 answers a row', ofFive, bySigns],
  ]) {
    const any = (n, correct) => {
      const pValues = pairsOf(n, scoreOf, pValueOf);
      return share((drawn, seed) => correct(pValues(drawn, seed)).some((p) => p <= LEVEL));
    };
    yield [test, 'uncorrected', ...SIZES.map((n) => any(n, (pValues) => pValues))];
    yield [test, 'Holm', ...SIZES.map((n) => any(n, holmAdjusted))];
  }
}

/** Differences of rows in clusters, which explain half of the variance, and the cluster of each. */
function clustered({ uniform, normal }, n, sizeOf) {
  const differences = [];
  const clusters = [];
  for (let cluster = 0; differences.length < n; cluster++) {
    const shared = normal();
    const size = Math.min(n - differences.length, sizeOf(uniform));
    for (let row = 0; row < size; row++) {
      differences.push(bounded(0.1 * (shared + normal())));
      clusters.push(cluster);
    }
  }
  return { differences: Float64Array.from(differences), clusters: Uint32Array.from(clusters) };
}

/** Rows of one cluster. */
const CLUSTERS = [
  { name: 'normal, clusters of 5 rows', sizeOf: () => 5 },
  { name: 'normal, clusters of 1 to 9 rows', sizeOf: (uniform) => 1 + Math.floor(9 * uniform()) },
];

/** Student's interval, and the one that is valid for any distribution. */
const INTERVALS = [
  ['Student', 'student'],
  ['valid', 'interval'],
];

function* meanCoverage() {
  for (const scores of SCORES) {
    for (const [name, which] of INTERVALS) {
      const held = (n) => (drawn) =>
        holds(pairedMeanInterval(differencesOf(drawn, n, scores), {})[which], scores.truth);
      yield [`${name}, by row`, scores.name, ...SIZES.map((n) => share(held(n)))];
    }
  }
  for (const { name, sizeOf } of CLUSTERS) {
    const held = (n, isTold, which) => (drawn) => {
      const { differences, clusters } = clustered(drawn, n, sizeOf);
      return holds(pairedMeanInterval(differences, isTold ? { clusters } : {})[which], 0);
    };
    for (const [method, which] of INTERVALS) {
      yield [`${method}, by cluster`, name, ...SIZES.map((n) => share(held(n, true, which)))];
      yield [`${method}, as if by row`, name, ...SIZES.map((n) => share(held(n, false, which)))];
    }
  }
}

const ROWS = SIZES.map((n) => `${n} rows`);
const SCENES = [
  { title: 'false positives at 5 %, no difference', head: ['test', 'data'], lines: falsePositives },
  {
    title: 'any false positive at 5 % among the 6 pairs of 4 equal variants',
    head: ['test', 'p-values'],
    lines: families,
  },
  {
    title: 'coverage of the 95 % intervals of a mean difference',
    head: ['interval', 'differences'],
    lines: meanCoverage,
  },
];

for (const { title, head, lines } of SCENES) {
  if (!title.includes(only)) continue;
  const columns = [...head, ...ROWS];
  process.stdout.write(`${title}, ${runs} runs\n\n| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}\n`);
  for (const line of lines()) process.stdout.write(`| ${line.join(' | ')} |\n`);
  process.stdout.write('\n');
}
