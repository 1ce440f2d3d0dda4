// What intervals of paired passes and failures promise and keep, summed over all outcomes and not simulated: how often
// they hold the true difference, how often they rule out a loss that is there, and how often they contradict the test.
import { printTable } from './support/draws.mjs';
import { readBuildFlags } from './support/flags.mjs';
import { newcombe, tango } from './support/paired-intervals.mjs';

const { load, ...flags } = readBuildFlags({ rows: '20,50,81,133,149,200,300,600', only: '' });
const SIZES = flags.rows.split(',').map(Number);
const MARGIN = 0.02;
const [LEVEL, MARGIN_LEVEL] = [0.95, 0.9];
/** Less likely outcomes, and rounding of interval ends, do not change any printed figure. */
const NEGLIGIBLE = 1e-8;
const ROUNDING = 1e-9;

const { logGamma } = await load('core/stats/beta');
const { mcnemarExact } = await load('core/stats/mcnemar');
const { pairedShareInterval } = await load('core/stats/paired-share');

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Intervals by their arguments: all of them, if they depend only on the rows that just one side passed. */
function remembered(intervalOf) {
  const known = new Map();
  return (table, level) => {
    const { both, onlyFirst, onlySecond, neither } = table;
    const key = `${both + neither} ${onlyFirst} ${onlySecond} ${level}`;
    const found = known.get(key) ?? intervalOf(table, level);
    known.set(key, found);
    return found;
  };
}

const METHODS = [
  { name: 'Newcombe, as before', of: newcombe, byBase: true },
  { name: 'Tango', of: remembered(tango), byBase: false },
  { name: 'ours', of: remembered(pairedShareInterval), byBase: false },
];

const logChoose = (n, k) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
const power = (share, count) => (count === 0 ? 0 : count * Math.log(share));
const binomial = (n, k, share) => Math.exp(logChoose(n, k) + power(share, k) + power(1 - share, n - k));

/** Non-negligible counts of a binomial variable, each with its probability. */
function* counts(n, share) {
  const middle = Math.min(n, Math.floor((n + 1) * share));
  let first = middle;
  while (first > 0 && binomial(n, first - 1, share) > NEGLIGIBLE) first -= 1;
  for (let k = first; k <= n; k++) {
    const probability = binomial(n, k, share);
    if (k > middle && probability <= NEGLIGIBLE) return;
    yield [k, probability];
  }
}

/** All tables of `n` rows with their probabilities; rows that both pass are separated only if that matters. */
function* tables(n, { base, loss, swap }, byBase) {
  const [lost, gained] = [loss + swap, swap];
  for (const [onlyFirst, first] of counts(n, gained)) {
    for (const [onlySecond, second] of counts(n - onlyFirst, lost / (1 - gained))) {
      const rest = n - onlyFirst - onlySecond;
      const together = first * second;
      if (together < NEGLIGIBLE) continue;
      if (!byBase) {
        yield [{ both: rest, onlyFirst, onlySecond, neither: 0 }, together];
        continue;
      }
      for (const [both, last] of counts(rest, (base - lost) / (1 - lost - gained))) {
        yield [{ both, onlyFirst, onlySecond, neither: rest - both }, together * last];
      }
    }
  }
}

/** The candidate comes first: losses are negative true differences. */
function figuresOf({ of, byBase }, n, truth) {
  let [held, unchanged, width] = [0, 0, 0];
  for (const [table, probability] of tables(n, truth, byBase)) {
    const { low, high } = of(table, LEVEL);
    if (low <= -truth.loss + ROUNDING && high >= -truth.loss - ROUNDING) held += probability;
    if (of(table, MARGIN_LEVEL).low > -MARGIN) unchanged += probability;
    width += probability * (high - low);
  }
  return { held, unchanged, width };
}

const textOf = ({ base, loss, swap }) =>
  `base ${(100 * base).toFixed(0)} %, loss ${(100 * loss).toFixed(1)}, swapped ${(100 * swap).toFixed(1)}`;

/** Shares that the base passes, losses, and rows that swap in both directions, such that no two of them contradict. */
const TRUTHS = [0.05, 0.2, 0.5, 0.8, 0.95].flatMap((base) =>
  [0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1].flatMap((loss) =>
    [0, 0.005, 0.02, 0.05]
      .map((swap) => ({ base, loss, swap }))
      .filter(({ swap }) => loss + swap <= base && swap <= 1 - base),
  ),
);

function* worst() {
  for (const n of SIZES) {
    for (const method of METHODS) {
      let [least, most] = [{ held: 1 }, { unchanged: 0 }];
      for (const truth of TRUTHS) {
        // If the interval depends only on the rows that just one side passed, one base stands for all.
        if (!method.byBase && truth.base !== 0.5) continue;
        const { held, unchanged } = figuresOf(method, n, truth);
        if (held < least.held) least = { held, truth };
        if (truth.loss >= MARGIN && unchanged > most.unchanged) most = { unchanged, truth };
      }
      const at = ({ truth }) => (truth === undefined ? '–' : textOf(truth));
      yield [n, method.name, percent(least.held), at(least), percent(most.unchanged), at(most)];
    }
  }
}

function* nearlyIdentical() {
  for (const [n, truth] of [
    [81, { base: 0.5, loss: 0.02, swap: 0 }],
    [100, { base: 0.5, loss: 0.02, swap: 0 }],
    [100, { base: 0.9, loss: 0.02, swap: 0 }],
    [133, { base: 0.5, loss: 0.02, swap: 0 }],
    [200, { base: 0.5, loss: 0.01, swap: 0 }],
    [200, { base: 0.8, loss: 0.01, swap: 0 }],
    [300, { base: 0.8, loss: 0.02, swap: 0.005 }],
  ]) {
    const made = METHODS.map((method) => figuresOf(method, n, truth));
    const cells = made.flatMap(({ held, unchanged }) => [
      percent(held),
      truth.loss < MARGIN ? '–' : percent(unchanged),
    ]);
    yield [textOf(truth), n, ...cells];
  }
}

function* useful() {
  for (const swap of [0, 0.005, 0.01, 0.025, 0.05]) {
    for (const n of [100, 149, 200, 300, 600, 1000]) {
      const truth = { base: 0.8, loss: 0, swap };
      const made = METHODS.map((method) => figuresOf(method, n, truth));
      yield [percent(2 * swap), n, ...made.flatMap(({ unchanged, width }) => [percent(unchanged), percent(width)])];
    }
  }
}

function* contradictions() {
  for (const n of [10, 20, 50, 100, 200]) {
    for (const method of METHODS) {
      let [all, only, silent] = [0, 0, 0];
      for (let onlyFirst = 0; onlyFirst <= n; onlyFirst++) {
        for (let onlySecond = 0; onlySecond <= onlyFirst && onlyFirst + onlySecond <= n; onlySecond++) {
          const rest = n - onlyFirst - onlySecond;
          const both = Math.floor(rest / 2);
          const { low, high } = method.of({ both, onlyFirst, onlySecond, neither: rest - both }, LEVEL);
          const isShown = mcnemarExact(onlyFirst, onlySecond) <= 1 - LEVEL;
          const excludes = low > 0 || high < 0;
          all += 1;
          if (excludes && !isShown) only += 1;
          if (!excludes && isShown) silent += 1;
        }
      }
      yield [n, method.name, all, only, silent];
    }
  }
}

const heads = METHODS.map(({ name }) => name);
const SCENES = [
  {
    title: 'the worst over base 5 to 95 %, a loss of 0 to 10 points, and rows swapped both ways of 0 to 5 %',
    head: [
      'rows',
      'interval',
      'least that 95 % intervals hold',
      'at',
      'most often a true loss of 2 and more is ruled out',
      'at',
    ],
    lines: worst,
  },
  {
    title: 'nearly identical variants: held, and a true loss of 2 points ruled out',
    head: ['truth', 'rows', ...heads.flatMap((name) => [name, 'ruled out'])],
    lines: nearlyIdentical,
  },
  {
    title: 'no difference, base 80 %: a loss of 2 points ruled out, and the mean width of the interval',
    head: ['rows that differ', 'rows', ...heads.flatMap((name) => [name, 'width'])],
    lines: useful,
  },
  {
    title: 'tables of counts in which interval and McNemar’s exact test contradict each other',
    head: ['rows', 'interval', 'tables', 'interval excludes 0, p above 5 %', 'interval holds 0, p at most 5 %'],
    lines: contradictions,
  },
];
for (const { title, head, lines } of SCENES) if (title.includes(flags.only)) printTable(title, head, lines());
