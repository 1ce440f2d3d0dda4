// What comparisons of few rows claim, with repeats, partial scores and clusters: how often a loss that is there is ruled
// out, how often intervals hold the true difference, and how often they contradict the test; beside Student's interval.
import { draws, median, printTable } from './support/draws.mjs';
import { readBuildFlags } from './support/flags.mjs';

const { load, runs, seed, only } = readBuildFlags({ runs: 1000, seed: 1, only: '' });
const MARGIN = 0.02;
const ALPHA = 0.05;

const { agreeingInterval } = await load('core/stats/agreeing-interval');
const { pairedMeanInterval } = await load('core/stats/paired-mean');
const { signFlipTest } = await load('core/stats/sign-flip');

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const list = (n, draw) => Array.from({ length: n }, (_, index) => draw(index));
const shareOf = (outcomes, is) => percent(outcomes.filter(is).length / outcomes.length);

/** Results of each run of a scenario, which draws its rows' differences (candidate minus base) and their clusters. */
function all(scene, of) {
  return list(runs, (run) => of(scene(draws(seed * 1_000_003 + run)), run));
}

/** Whether a loss of the margin is ruled out, by Student's interval as before and by ours. */
function verdicts({ differences, clusters }) {
  const made = pairedMeanInterval(differences, { clusters, level: 1 - 2 * ALPHA });
  return { student: made.student.low > -MARGIN, ours: made.interval.low > -MARGIN };
}

/**
 * Means of three answers per row: with some probability the candidate fails the row completely, otherwise it answers
 * like the base.
 */
function breaking(n, { broken, pass }) {
  return ({ happens }) => {
    const answers = (isBroken) => mean(list(3, () => Number(!isBroken && happens(pass))));
    return { differences: Float64Array.from({ length: n }, () => answers(happens(broken)) - answers(false)) };
  };
}

/** Partial scores that differ a little, and by 0.8 on rows that break. */
function partial(n, { broken, spread }) {
  return ({ happens, normal }) => {
    const draw = () => (happens(broken) ? -0.8 : Math.max(-0.2, Math.min(0.2, spread * normal())));
    return { differences: Float64Array.from({ length: n }, draw) };
  };
}

const SIZES = [3, 5, 8, 12, 20, 30, 60, 100, 149, 300];

function* ruledOut() {
  const kinds = [
    ['all pass but rows that break', (n, loss) => breaking(n, { broken: loss, pass: 1 })],
    ['answers pass in 9 of 10, rows break', (n, loss) => breaking(n, { broken: loss / 0.9, pass: 0.9 })],
    ['partial scores all equal but where rows break', (n, loss) => partial(n, { broken: loss / 0.8, spread: 0 })],
    ['partial scores differ by 0.02, rows break', (n, loss) => partial(n, { broken: loss / 0.8, spread: 0.02 })],
  ];
  for (const [name, scene] of kinds) {
    for (const loss of [0.02, 0.05]) {
      const made = SIZES.map((n) => all(scene(n, loss), verdicts));
      for (const method of ['student', 'ours']) {
        const label = method === 'ours' ? 'ours' : 'Student, as before';
        yield [name, `${100 * loss} points`, label, ...made.map((outcomes) => shareOf(outcomes, (one) => one[method]))];
      }
    }
  }
}

function* useful() {
  const kinds = [
    ['all equal', 0],
    ['differ by 0.02', 0.02],
    ['differ by 0.05', 0.05],
    ['differ by 0.1', 0.1],
  ];
  for (const [name, spread] of kinds) {
    const made = SIZES_USEFUL.map((n) => all(partial(n, { broken: 0, spread }), verdicts));
    for (const method of ['student', 'ours']) {
      const label = method === 'ours' ? 'ours' : 'Student, as before';
      yield [name, label, ...made.map((outcomes) => shareOf(outcomes, (one) => one[method]))];
    }
  }
}
const SIZES_USEFUL = [20, 50, 100, 149, 160, 180, 200, 250, 300, 600];

const clamped = (value) => Math.max(-1, Math.min(1, value));

/** Score differences with their true mean. */
const SCENES_OF_MEANS = [
  [
    'shares of 5 answers',
    0,
    ({ happens, random }) => {
      const chance = random() ** (1 / 4);
      const share = () => mean(list(5, () => Number(happens(chance))));
      return share() - share();
    },
  ],
  ['normal, 0.1 wide', 0.03, ({ normal }) => clamped(0.03 + 0.1 * normal())],
  ['normal, 0.3 wide', 0, ({ normal }) => clamped(0.3 * normal())],
  ['equal, 3 of 100 rows break', -0.03, ({ happens }) => -Number(happens(0.03))],
  ['0.1 wide, 5 of 100 rows break', -0.05, ({ happens, normal }) => (happens(0.05) ? -1 : clamped(0.1 * normal()))],
  ['a little better, rarely much worse', 0, ({ happens }) => (happens(0.04) ? -0.96 : 0.04)],
];

function tested({ differences, clusters }, run, truth) {
  const found = pairedMeanInterval(differences, { clusters });
  const sums = clusters === undefined ? differences : clusterSums(differences, clusters);
  const { pValue } = signFlipTest(sums, { seed: run, rounds: 2000 });
  const printed = agreeingInterval(found.interval, { pValue, alpha: ALPHA, student: found.student });
  const holds = ({ low, high }) => low <= truth + 1e-9 && high >= truth - 1e-9;
  const contradicts = ({ low, high }) => (pValue <= ALPHA ? low < 0 && high > 0 : low > 0 || high < 0);
  return {
    student: {
      held: holds(found.student),
      width: found.student.high - found.student.low,
      against: contradicts(found.student),
    },
    bare: {
      held: holds(found.interval),
      width: found.interval.high - found.interval.low,
      against: contradicts(found.interval),
    },
    printed: { held: holds(printed), width: printed.high - printed.low, against: contradicts(printed) },
  };
}

function clusterSums(differences, clusters) {
  const sums = new Float64Array(Math.max(...clusters) + 1);
  differences.forEach((difference, row) => (sums[clusters[row]] += difference));
  return sums;
}

const cells = (outcomes) =>
  ['student', 'bare', 'printed'].flatMap((kind) => [
    shareOf(outcomes, (one) => one[kind].held),
    percent(median(outcomes.map((one) => one[kind].width))),
    shareOf(outcomes, (one) => one[kind].against),
  ]);

function* coverage() {
  for (const [name, truth, draw] of SCENES_OF_MEANS) {
    for (const n of [8, 20, 50, 100, 300]) {
      const scene = (drawn) => ({ differences: Float64Array.from({ length: n }, () => draw(drawn)) });
      yield [name, n, ...cells(all(scene, (sample, run) => tested(sample, run, truth)))];
    }
  }
}

/** Clusters whose rows share half of the variance; `broken` of them fail completely. */
function clustered(sizes, broken) {
  return ({ happens, normal }) => {
    const [differences, clusters] = [[], []];
    for (const [cluster, size] of sizes.entries()) {
      const [shared, isBroken] = [normal(), happens(broken)];
      for (let row = 0; row < size; row++) {
        differences.push(isBroken ? -1 : clamped(0.1 * (shared + normal())));
        clusters.push(cluster);
      }
    }
    return { differences: Float64Array.from(differences), clusters: Uint32Array.from(clusters) };
  };
}

const CLUSTERS = [
  ['10 of 20', Array(10).fill(20)],
  ['30 of 10', Array(30).fill(10)],
  ['30 of 1, 2, 10 and 40 in turn', list(30, (index) => [1, 2, 10, 40][index % 4])],
  ['200 of 1, 1, 1 and 20 in turn', list(200, (index) => [1, 1, 1, 20][index % 4])],
];

function* clusterCoverage() {
  for (const [name, sizes] of CLUSTERS) {
    for (const broken of [0, 0.05]) {
      const scene = clustered(sizes, broken);
      const made = all(scene, (sample, run) => tested(sample, run, -broken));
      const ruled = all(scene, verdicts);
      const falsely = broken === 0 ? ['–', '–'] : ['student', 'ours'].map((kind) => shareOf(ruled, (one) => one[kind]));
      yield [name, percent(broken), ...cells(made), ...falsely];
    }
  }
}

const MEANS = ['Student', 'width', 'against p', 'valid', 'width', 'against p', 'printed', 'width', 'against p'];
const TABLES = [
  {
    title: 'a true loss that is ruled out',
    head: ['data', 'true loss', 'interval', ...SIZES.map((n) => `${n} rows`)],
    lines: ruledOut,
  },
  {
    title: 'no difference: a loss of 2 points is ruled out, as it should be',
    head: ['partial scores', 'interval', ...SIZES_USEFUL.map((n) => `${n} rows`)],
    lines: useful,
  },
  {
    title: 'coverage of 95 % intervals of a mean difference',
    head: ['differences', 'rows', ...MEANS],
    lines: coverage,
  },
  {
    title: 'clusters: coverage of 95 % intervals, and a true loss of 5 points ruled out',
    head: ['clusters', 'broken', ...MEANS, 'Student rules out', 'ours rules out'],
    lines: clusterCoverage,
  },
];
for (const { title, head, lines } of TABLES) {
  if (title.includes(only)) printTable(`${title}, ${runs} runs`, head, lines());
}
