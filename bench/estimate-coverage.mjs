// How often forecast ranges hold the true total, and how wide they are beside those of a plain t interval.
import { readBuildFlags } from './support/flags.mjs';
import { DISTRIBUTIONS, drawing, recordedAnswers } from './support/lengths.mjs';
import { seededRandom } from './support/program.mjs';

const { load, ...flags } = readBuildFlags({
  seeds: 1000,
  first: 1,
  rows: 1000,
  level: 0.9,
  only: '',
  gsm8k: undefined,
});
const { seeds, first, rows: rowCount, level, only, gsm8k } = flags;
const PILOTS = [10, 20, 50];

const { forecastTotal, rowsForPrecision } = await load('core/stats/forecast');
const { Population } = await load('core/stats/population');
const { spreadOrder } = await load('core/stats/spread-order');
const { studentQuantile } = await load('core/stats/student');

const sumOf = (rows) => rows.reduce((sum, { y }) => sum + y, 0);
const share = (count) => `${((100 * count) / seeds).toFixed(1)} %`;

function populationOf(rows, unseen = 0) {
  const population = new Population(unseen);
  for (const { x, tag } of rows) population.add(x, tag);
  return population;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** Splits a dataset into the first rows of a pilot's order and the others. */
function splitter(rows, seed) {
  const order = spreadOrder(
    Uint32Array.from(rows, ({ x }) => x),
    seed,
  );
  const drawn = [];
  return (n) => {
    while (drawn.length < n) drawn.push(order.next().value);
    const asked = new Set(drawn.slice(0, n));
    return { pilot: [...asked].map((index) => rows[index]), rest: rows.filter((_, index) => !asked.has(index)) };
  };
}

/** Student's interval for `count` rows, from the pilot's mean and standard deviation alone. */
function plainT(pilot, count) {
  const n = pilot.length;
  const mean = sumOf(pilot) / n;
  const variance = pilot.reduce((sum, { y }) => sum + (y - mean) ** 2, 0) / (n - 1);
  const margin = studentQuantile((1 + level) / 2, n - 1) * count * Math.sqrt(variance * (1 / n + 1 / count));
  return { low: count * mean - margin, high: count * mean + margin };
}

const holds = ({ low, high }, total) => low <= total && total <= high;

/** Table rows: forecast results over all seeds, for each size of the pilot. */
function* measure({ name }, pilots, trial) {
  const made = pilots.map(() => []);
  for (let seed = first; seed < first + seeds; seed++) {
    const outcomeOf = trial(seed);
    for (const [index, n] of pilots.entries()) made[index].push(outcomeOf(n));
  }
  for (const [index, n] of pilots.entries()) yield [name, String(n), ...figuresOf(made[index])];
}

function figuresOf(made) {
  const count = (is) => share(made.filter(is).length);
  const width = (of) => median(made.map((one) => of(one).high - of(one).low));
  const halves = made.map(({ forecast: { low, high, expected } }) => (high - low) / 2 / expected);
  return [
    count(({ forecast, total }) => holds(forecast, total)),
    count(({ forecast, total }) => total < forecast.low),
    count(({ forecast, total }) => total > forecast.high),
    count(({ plain, total }) => holds(plain, total)),
    (width(({ forecast }) => forecast) / width(({ plain }) => plain)).toFixed(2),
    `± ${(100 * median(halves)).toFixed(0)} %`,
    groupCount(made.map(({ forecast }) => forecast.method))
      .map(([method, times]) => `${method} ${((100 * times) / seeds).toFixed(0)} %`)
      .join(', '),
  ];
}

function groupCount(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** The rest of a dataset after a pilot. */
function restOf({ rowsOf, cap }) {
  return (seed) => {
    const split = splitter(rowsOf(seed), seed);
    return (n) => {
      const { pilot, rest } = split(n);
      const forecast = forecastTotal(pilot, populationOf(rest), { level, cap });
      return { forecast, plain: plainT(pilot, rest.length), total: sumOf(rest) };
    };
  };
}

/** Ten times as many rows as the dataset has, drawn from the same distribution. */
function plannedOf({ rowsOf, cap }) {
  return (seed) => (n) => {
    const all = rowsOf(seed);
    const { pilot } = splitter(all, seed)(n);
    const parts = Array.from({ length: 10 }, (_, part) => sumOf(rowsOf(seed + 1_000_003 * (part + 1))));
    const rows = 10 * all.length;
    const forecast = forecastTotal(pilot, populationOf(all), { level, cap, rows });
    return { forecast, plain: plainT(pilot, rows), total: parts.reduce((sum, part) => sum + part, 0) };
  };
}

/** A dataset for which x is known for only a tenth, from which the pilot is drawn. */
function sampledOf({ rowsOf, cap }) {
  return (seed) => (n) => {
    const rows = rowsOf(seed);
    const seen = Math.ceil(rows.length / 10);
    const unseen = rows.slice(seen);
    const { pilot, rest } = splitter(rows.slice(0, seen), seed)(n);
    const forecast = forecastTotal(pilot, populationOf(rest, unseen.length), { level, cap });
    return { forecast, plain: plainT(pilot, rest.length + unseen.length), total: sumOf(rest) + sumOf(unseen) };
  };
}

/** Half the width of a forecast as a share of the whole total. @param known the pilot's */
const precisionOf = ({ low, expected, high }, known) => (high - low) / 2 / (known + expected);

/** A pilot that begins with `n` rows and grows until the whole total's range is as narrow as ± 10 %. */
function preciseOf({ rowsOf, cap }) {
  return (seed) => (n) => {
    const rows = rowsOf(seed);
    const split = splitter(rows, seed);
    for (let size = n; ; ) {
      const { pilot, rest } = split(size);
      const population = populationOf(rest);
      const forecast = forecastTotal(pilot, population, { level, cap });
      if (rest.length === 0 || precisionOf(forecast, sumOf(pilot)) <= 0.1) {
        return { forecast, plain: plainT(pilot, rest.length), total: sumOf(rest) };
      }
      const wanted = rowsForPrecision(pilot, population, { level, cap, precision: 0.1 });
      size = Math.min(rows.length, Math.max(size + 1, wanted));
    }
  };
}

function drawnRows(row) {
  return (seed) => {
    const draw = drawing(seededRandom(Math.imul(seed, 0x9e3779b1)));
    return Array.from({ length: rowCount }, () => row(draw));
  };
}

const drawn = DISTRIBUTIONS.map(({ name, cap, row }) => ({ name, cap, rowsOf: drawnRows(row) }));
const recorded = gsm8k === undefined ? [] : await recordedAnswers(gsm8k);
const datasets = [...drawn, ...recorded.map(({ name, cap, rows }) => ({ name, cap, rowsOf: () => rows }))];
const SCENES = [
  { title: 'the rest of the dataset', of: datasets, trial: restOf, pilots: PILOTS },
  { title: 'ten times the rows of the dataset', of: drawn, trial: plannedOf, pilots: [20] },
  { title: 'a dataset of which a tenth was sampled', of: drawn, trial: sampledOf, pilots: [20] },
  { title: 'a pilot that grows from 20 rows until the range is ± 10 %', of: datasets, trial: preciseOf, pilots: [20] },
];

const HEAD = ['y', 'pilot', 'holds', 'below', 'above', 't holds', 'width / t', 'half width', 'made from'];
for (const { title, of, trial, pilots } of SCENES) {
  if (!title.includes(only)) continue;
  process.stdout.write(`${title}, ${seeds} seeds\n\n| ${HEAD.join(' | ')} |\n|${'---|'.repeat(HEAD.length)}\n`);
  for (const dataset of of) {
    for (const line of measure(dataset, pilots, trial(dataset))) process.stdout.write(`| ${line.join(' | ')} |\n`);
  }
  process.stdout.write('\n');
}
