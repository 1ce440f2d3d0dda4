// How often a race of variants stops one wrongly, how often it stops one that is worse, and which calls that saves.
import { draws, median, printTable } from './support/draws.mjs';
import { readBuildFlags } from './support/flags.mjs';

const { load, runs, alpha, seed } = readBuildFlags({ runs: 2000, alpha: 0.05, seed: 1 });
const BASE = 0.8;
const Z_95 = 1.959963984540054;

const { VariantRace } = await load('core/stats/variant-race');

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/**
 * Scores of a row: with probability `alike` one random number decides for all variants, so the better ones pass
 * whenever the worse ones do; otherwise each has its own.
 */
function rowOf(random, { shares, alike, isPartial }) {
  const shared = random() < alike ? random() : null;
  return shares.map((share) => {
    const pass = () => Number((shared ?? random()) < share);
    return isPartial ? (pass() + Number(random() < share)) / 2 : pass();
  });
}

/**
 * A run of rows: which variants were stopped, and whether a 5 % test would have decided the same at any row, or at the
 * last one.
 */
function raced(scene, run) {
  const { random } = draws(seed * 1_000_003 + run);
  const race = new VariantRace({ variants: scene.shares.length, alpha });
  let [sum, squares, everBare] = [0, 0, false];
  for (let row = 0; row < scene.rows; row++) {
    const scores = rowOf(random, scene);
    race.add(scores);
    const difference = scores[0] - scores[1];
    sum += difference;
    squares += difference ** 2;
    // From ten rows on, because an earlier test is pointless.
    everBare ||= row >= 9 && Math.abs(sum) > Z_95 * Math.sqrt(squares);
  }
  return { beaten: race.beaten, everBare, lastBare: Math.abs(sum) > Z_95 * Math.sqrt(squares) };
}

const all = (scene) => Array.from({ length: runs }, (_, run) => raced(scene, run));
const shareOf = (made, is) => percent(made.filter(is).length / runs);
const kind = ({ isPartial }) => (isPartial ? '0, ½, 1' : 'pass/fail');

function* noDifference() {
  for (const variants of [2, 6]) {
    for (const [share, alike, isPartial] of [
      [0.5, 0, false],
      [0.8, 0, false],
      [0.8, 0.5, false],
      [0.95, 0.5, false],
      [0.8, 0.5, true],
    ]) {
      for (const rows of [300, 1000]) {
        const scene = { shares: Array(variants).fill(share), alike, isPartial, rows };
        const made = all(scene);
        const bare = variants === 2 ? shareOf(made, ({ everBare }) => everBare) : '–';
        yield [
          variants,
          rows,
          kind(scene),
          percent(share),
          alike,
          shareOf(made, ({ beaten }) => beaten.length > 0),
          bare,
        ];
      }
    }
  }
}

const FIELDS = [
  { name: '2, one worse', sharesOf: (less) => [BASE, BASE - less], isWorse: (variant) => variant === 1 },
  {
    name: '6, one worse',
    sharesOf: (less) => [...Array(5).fill(BASE), BASE - less],
    isWorse: (variant) => variant === 5,
  },
  {
    name: '6, five worse',
    sharesOf: (less) => [BASE, ...Array(5).fill(BASE - less)],
    isWorse: (variant) => variant > 0,
  },
];

function* withDifference() {
  for (const { name, sharesOf, isWorse } of FIELDS) {
    for (const points of [5, 10, 15]) {
      for (const rows of [300, 1000]) {
        const shares = sharesOf(points / 100);
        const worse = shares.filter((_, variant) => isWorse(variant)).length;
        const made = all({ shares, alike: 0.5, isPartial: false, rows });
        const found = made.flatMap(({ beaten }) => beaten.filter(({ variant }) => isWorse(variant)));
        const saved = mean(made.map(({ beaten }) => beaten.reduce((sum, { rows: at }) => sum + rows - at, 0)));
        const bare = name.startsWith('2') ? shareOf(made, ({ lastBare }) => lastBare) : '–';
        yield [
          name,
          points,
          rows,
          percent(found.length / worse / runs),
          shareOf(made, ({ beaten }) => beaten.some(({ variant }) => !isWorse(variant))),
          found.length === 0 ? '–' : Math.round(median(found.map(({ rows: at }) => at))),
          percent(saved / rows / shares.length),
          bare,
        ];
      }
    }
  }
}

/** Clusters by their sizes, and the total number of rows. */
const CLUSTERS = [
  { name: '10 of 100', sizes: Array(10).fill(100) },
  { name: '20 of 5', sizes: Array(20).fill(5) },
  { name: '100 of 10', sizes: Array(100).fill(10) },
  { name: '300 of 3', sizes: Array(300).fill(3) },
  { name: '80 of 1, 2, 10 and 40 in turn', sizes: Array.from({ length: 80 }, (_, index) => [1, 2, 10, 40][index % 4]) },
];

/** A race by clusters in random order, and one that treats their rows as independent. */
function clustered({ sizes, shares, alike }, run) {
  const draw = draws(seed * 1_000_003 + run);
  const [together, apart] = [0, 1].map(() => new VariantRace({ variants: shares.length, alpha }));
  const order = sizes.map((size) => ({ size, at: draw.random() })).sort((a, b) => a.at - b.at);
  const size = 1 / alike - 1;
  const most = Math.max(...sizes);
  for (const cluster of order) {
    const own = shares.map((share) => draw.beta(share * size, (1 - share) * size));
    const rows = Array.from({ length: cluster.size }, () => own.map((share) => Number(draw.happens(share))));
    together.addCluster(rows, most);
    for (const row of rows) apart.add(row);
  }
  return { together: together.beaten, apart: apart.beaten };
}

function* ofClusters() {
  for (const { name, sizes } of CLUSTERS) {
    for (const alike of [0.05, 0.3]) {
      for (const points of [0, 10, 20]) {
        const shares = [BASE, BASE - points / 100];
        const made = Array.from({ length: runs }, (_, run) => clustered({ sizes, shares, alike }, run));
        const beaten = (way, variant) => shareOf(made, (one) => one[way].some((beat) => beat.variant === variant));
        const [wrong, naive] = ['together', 'apart'].map((way) =>
          points === 0 ? shareOf(made, (one) => one[way].length > 0) : beaten(way, 0),
        );
        const found = points === 0 ? '–' : beaten('together', 1);
        yield [name, alike, points, wrong, naive, found];
      }
    }
  }
}

printTable(
  `rows that belong together, two variants, the better passing ${percent(BASE)}, ${runs} runs`,
  [
    'clusters',
    'alike',
    'points',
    'stopped wrongly, by clusters',
    'stopped wrongly, by rows as before',
    'worse one stopped, by clusters',
  ],
  ofClusters(),
);
printTable(
  `no difference, ${runs} runs`,
  ['variants', 'rows', 'scores', 'passed', 'alike', 'stopped wrongly', 'bare test, looked at after each row'],
  noDifference(),
);
printTable(
  `a difference, the best passing ${percent(BASE)}, rows alike by 0.5, ${runs} runs`,
  [
    'variants',
    'points',
    'rows',
    'worse ones stopped',
    'stopped wrongly',
    'after rows',
    'calls saved',
    'bare test at the end',
  ],
  withDifference(),
);
