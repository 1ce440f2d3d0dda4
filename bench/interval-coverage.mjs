// How often intervals of 95 % hold the true share or mean: one answer a row, repeats of rows, partial scores, costs.
import { draws, median, printTable } from './support/draws.mjs';
import { readBuildFlags } from './support/flags.mjs';

const { load, runs, rounds, seed, only } = readBuildFlags({ runs: 2000, rounds: 400, seed: 1, only: '' });
const SHARES = [0.5, 0.8, 0.95];
const REPEATS = 5;

const { logGamma } = await load('core/stats/beta');
const { bootstrapMeanInterval } = await load('core/stats/bootstrap');
const { ClusterSums, clusteredMean } = await load('core/stats/clustered-mean');
const { meanInterval } = await load('core/stats/mean-interval');
const { scoreInterval } = await load('core/stats/score-interval');
const { wilsonInterval } = await load('core/stats/wilson');

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const holds = ({ low, high }, truth) => low <= truth && truth <= high;

/** For each kind of interval, the share of runs in which it contained the true value, and its median width in units. */
function measure(truth, intervalsOf, unit = 1) {
  const seen = new Map();
  for (let run = 0; run < runs; run++) {
    for (const [name, interval] of Object.entries(intervalsOf(draws(seed * 1_000_003 + run), run))) {
      const { held, widths } = seen.get(name) ?? seen.set(name, { held: [], widths: [] }).get(name);
      held.push(holds(interval, truth));
      widths.push(interval.high - interval.low);
    }
  }
  const figures = [...seen].map(([name, { held, widths }]) => [
    name,
    { held: percent(held.filter(Boolean).length / runs), width: percent(median(widths) / unit) },
  ]);
  return Object.fromEntries(figures);
}

/** Probability that Wilson's interval of `n` rows contains `p`, summed over the binomial distribution. */
function exactCoverage(n, p) {
  let sum = 0;
  for (let passed = 0; passed <= n; passed++) {
    if (!holds(wilsonInterval(passed, n), p)) continue;
    const choices = logGamma(n + 1) - logGamma(passed + 1) - logGamma(n - passed + 1);
    sum += Math.exp(choices + passed * Math.log(p) + (n - passed) * Math.log1p(-p));
  }
  return sum;
}

function* oneAnswer() {
  for (const n of [20, 50, 200]) {
    for (const p of SHARES) {
      const { wilson } = measure(p, ({ happens }) => {
        const passed = Array.from({ length: n }, () => happens(p)).filter(Boolean).length;
        return { wilson: wilsonInterval(passed, n) };
      });
      yield [n, percent(p, 0), wilson.held, percent(exactCoverage(n, p)), wilson.width];
    }
  }
}

/** The probability that a row passes: a beta variable whose spread makes repeats correlated by `alike`. */
function rowShare({ beta, happens }, p, alike) {
  if (alike === 0) return p;
  const size = 1 / alike - 1;
  return size === 0 ? Number(happens(p)) : beta(p * size, (1 - p) * size);
}

/** Sums of rows, each repeated as often as `sizes` says. */
function tried(draw, sizes, { p, alike }) {
  const sums = new ClusterSums();
  for (const [row, size] of sizes.entries()) {
    const share = rowShare(draw, p, alike);
    for (let repeat = 0; repeat < size; repeat++) sums.add(row, Number(draw.happens(share)));
  }
  return clusteredMean(sums);
}

function shareIntervals(clustered) {
  const { mean, n } = clustered;
  return {
    ours: meanInterval(clustered, { isShare: true }),
    student: meanInterval(clustered, { isShare: false, bounds: null }),
    naive: wilsonInterval(Math.round(mean * n), n),
  };
}

function* repeats() {
  for (const n of [20, 50, 200]) {
    for (const p of SHARES) {
      for (const alike of [0, 0.2, 0.5, 0.9]) {
        const sizes = Array(n).fill(REPEATS);
        const { ours, student, naive } = measure(p, (draw) => shareIntervals(tried(draw, sizes, { p, alike })));
        yield [n, percent(p, 0), alike, ours.held, ours.width, student.held, naive.held];
      }
    }
  }
}

const CLUSTERS = [
  { name: '10 of 20', sizes: Array(10).fill(20) },
  { name: '30 of 10', sizes: Array(30).fill(10) },
  {
    name: '100, of 1, 1, 1 and 20 in turn',
    sizes: Array.from({ length: 100 }, (_, index) => (index % 4 === 3 ? 20 : 1)),
  },
  {
    name: '30, of 1, 2, 10 and 40 in turn',
    sizes: Array.from({ length: 30 }, (_, index) => [1, 2, 10, 40][index % 4]),
  },
];

/** Scores that are the share of five assertions that hold. */
function* partial() {
  for (const n of [20, 50, 200]) {
    for (const [p, alike] of SHARES.flatMap((share) => [0.2, 0.5].map((rho) => [share, rho]))) {
      const { ours, student } = measure(p, (draw) => {
        const sums = new ClusterSums();
        for (let row = 0; row < n; row++) {
          const share = rowShare(draw, p, alike);
          for (let repeat = 0; repeat < REPEATS; repeat++) {
            sums.add(row, Array.from({ length: 5 }, () => draw.happens(share)).filter(Boolean).length / 5);
          }
        }
        const clustered = clusteredMean(sums);
        return {
          ours: meanInterval(clustered, { isShare: false }),
          student: meanInterval(clustered, { isShare: false, bounds: null }),
        };
      });
      yield [n, percent(p, 0), alike, ours.held, ours.width, student.held, student.width];
    }
  }
}

function* clusters() {
  for (const { name, sizes } of CLUSTERS) {
    for (const [p, alike] of [0.5, 0.8, 0.95].flatMap((share) => [0.05, 0.3].map((rho) => [share, rho]))) {
      const { ours, student, naive } = measure(p, (draw) => shareIntervals(tried(draw, sizes, { p, alike })));
      yield [name, percent(p, 0), alike, ours.held, student.held, naive.held];
    }
  }
}

/** Scores from 0 to 1 with their true mean. */
const SCORES = [
  { name: 'any score alike', mean: 0.5, draw: ({ random }) => random() },
  { name: 'most near 1', mean: 0.8, draw: ({ random }) => 1 - random() ** 4 },
  { name: 'most near 0', mean: 0.1, draw: ({ random }) => random() ** 9 },
  { name: 'all near 0.9', mean: 0.9, draw: ({ beta }) => beta(90, 10) },
  { name: 'four of five are 1', mean: 0.9, draw: ({ random, happens }) => (happens(0.8) ? 1 : random()) },
  { name: '19 of 20 are 1', mean: 0.975, draw: ({ random, happens }) => (happens(0.95) ? 1 : random()) },
  {
    name: 'nine of ten are 1, else below 0.1',
    mean: 0.905,
    draw: ({ random, happens }) => (happens(0.9) ? 1 : random() / 10),
  },
];

/** Unbounded values, such as costs. */
const COSTS = [
  { name: 'normal', mean: 3, draw: ({ normal }) => 3 + normal() },
  { name: 'exponential', mean: 1, draw: ({ random }) => -Math.log(1 - random()) },
  { name: 'log-normal, CV 1.3', mean: Math.exp(0.5), draw: ({ normal }) => Math.exp(normal()) },
];

function meanIntervals(scores, { run, bounds }) {
  const sums = new ClusterSums();
  for (const [row, score] of scores.entries()) sums.add(row, score);
  const bootstrap = (method) => bootstrapMeanInterval(scores, { seed: seed + run, rounds, method });
  return {
    ours: scoreInterval(scores, { seed: seed + run, bounds }).interval,
    student: meanInterval(clusteredMean(sums), { isShare: false, bounds: null }),
    bca: bootstrap('bca'),
    studentised: bootstrap('studentised'),
  };
}

function* means(distributions, bounds) {
  for (const { name, mean, draw } of distributions) {
    for (const n of [10, 20, 50, 200]) {
      const intervalsOf = (numbers, run) => {
        const scores = Float64Array.from({ length: n }, () => draw(numbers));
        return meanIntervals(scores, { run, bounds });
      };
      const { ours, student, bca, studentised } = measure(mean, intervalsOf, bounds === null ? mean : 1);
      yield [name, n, ...[ours, student, bca, studentised].flatMap(({ held, width }) => [held, width])];
    }
  }
}

const MEANS = ['rows', 'ours', 'width', 'Student', 'width', 'BCa', 'width', 'studentised', 'width'];
const TABLES = [
  { title: 'one answer a row', head: ['rows', 'true', 'Wilson', 'exact', 'width'], lines: oneAnswer },
  {
    title: `repeats, ${REPEATS} answers a row`,
    head: ['rows', 'true', 'alike', 'ours', 'width', 'Student', 'naive'],
    lines: repeats,
  },
  {
    title: `partial scores, ${REPEATS} answers a row`,
    head: ['rows', 'true', 'alike', 'ours', 'width', 'Student', 'width'],
    lines: partial,
  },
  { title: 'clusters', head: ['clusters', 'true', 'alike', 'ours', 'Student', 'naive'], lines: clusters },
  { title: 'scores', head: ['scores', ...MEANS], lines: () => means(SCORES, { low: 0, high: 1 }) },
  { title: 'costs', head: ['values', ...MEANS], lines: () => means(COSTS, null) },
];
for (const { title, head, lines } of TABLES) {
  if (title.includes(only)) printTable(`${title}, ${runs} runs`, head, lines());
}
