// What luck does to an estimate: a pilot that stops where its range looks narrow, tags chosen among many columns, answers
// that run on and were not met, and how long a run takes.
import { draws, median, printTable } from './support/draws.mjs';
import { readBuildFlags } from './support/flags.mjs';

const { load, runs, seed, only } = readBuildFlags({ runs: 400, seed: 1, only: '' });
const [ROWS, FIRST, LEVEL] = [1000, 20, 0.9];

const { schedule } = await load('core/stats/call-schedule');
const { chiSquareQuantile } = await load('core/stats/chi-square');
const { forecastDuration } = await load('core/stats/duration');
const { forecastTotal, rowsForPrecision, unseenRunOn } = await load('core/stats/forecast');
const { Population } = await load('core/stats/population');
const { spreadOrder } = await load('core/stats/spread-order');
const { studentQuantile } = await load('core/stats/student');

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const list = (n, draw) => Array.from({ length: n }, (_, index) => draw(index));
const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const sumOf = (rows) => rows.reduce((sum, { y }) => sum + y, 0);
const shareOf = (made, is) => percent(made.filter(is).length / made.length);
const holds = ({ low, high }, total) => low <= total && total <= high;
const each = (of) => list(runs, (run) => of(draws(seed * 1_000_003 + run), run + 1));

function populationOf(rows) {
  const population = new Population();
  for (const { x, tag } of rows) population.add(x, tag);
  return population;
}

/** Splits rows into the first of a pilot's order and the others, for pilots of increasing size. */
function splitter(rows, order) {
  const drawn = [];
  return (n) => {
    while (drawn.length < n) drawn.push(order.next().value);
    const asked = new Set(drawn.slice(0, n));
    return { pilot: [...asked].map((index) => rows[index]), rest: rows.filter((_, index) => !asked.has(index)) };
  };
}

const orderOf = (rows, run) =>
  spreadOrder(
    Uint32Array.from(rows, ({ x }) => x),
    run,
  );

/** Lengths that depend on nothing. */
const LENGTHS = [
  ['narrow', ({ normal }) => 200 + 30 * normal()],
  ['log-normal, CV 0.66', ({ normal }) => 150 * Math.exp(0.6 * normal())],
  ['log-normal, CV 0.95', ({ normal }) => 150 * Math.exp(0.8 * normal())],
  ['bimodal', ({ normal, happens }) => (happens(0.6) ? 80 + 15 * normal() : 400 + 60 * normal())],
];

/** Rows needed for a range this narrow, if the others vary as much as the pilot: the former rule. */
function bareRows(pilot, rest, precision) {
  const df = pilot.length - 1;
  return guardedRows(pilot, rest, precision * Math.sqrt(df / chiSquareQuantile(0.2, df)));
}

const guardedRows = (pilot, rest, precision) =>
  rowsForPrecision(pilot, populationOf(rest), { level: LEVEL, cap: null, precision });

/** Half a range from the true spread of the rows, as a share of their total. */
function trueHalfWidth(rows, n) {
  const [total, centre] = [sumOf(rows), sumOf(rows) / rows.length];
  const variance = rows.reduce((sum, { y }) => sum + (y - centre) ** 2, 0) / (rows.length - 1);
  const rest = rows.length - n;
  return (studentQuantile((1 + LEVEL) / 2, n - 1) * rest * Math.sqrt(variance * (1 / n + 1 / rest))) / total;
}

function grown(draw, run, { length, precision, rowsFor }) {
  const rows = list(ROWS, () => ({ x: Math.round(20 + 200 * draw.random()), tag: null, y: Math.max(1, length(draw)) }));
  const split = splitter(rows, orderOf(rows, run));
  for (let size = FIRST; ; ) {
    const { pilot, rest } = split(size);
    const wanted = Math.min(ROWS, rowsFor(pilot, rest, precision));
    if (wanted <= size) {
      const made = forecastTotal(pilot, populationOf(rest), { level: LEVEL, cap: null });
      const off = Math.abs(sumOf(rest) - made.expected) / (sumOf(pilot) + made.expected);
      const lucky = trueHalfWidth(rows, size) > 1.1 * precision;
      return { held: holds(made, sumOf(rest)), isOff: off > precision, lucky, size };
    }
    size = wanted;
  }
}

function* growing() {
  for (const [name, length] of LENGTHS) {
    for (const wanted of [0.25, 0.2, 0.1]) {
      for (const [rule, rowsFor] of [
        ['as before', bareRows],
        ['ours', guardedRows],
      ]) {
        const made = each((draw, run) => grown(draw, run, { length, precision: wanted, rowsFor }));
        yield [
          name,
          `± ${percent(wanted, 0)}`,
          rule,
          shareOf(made, ({ lucky }) => lucky),
          shareOf(made, ({ isOff }) => isOff),
          shareOf(made, ({ held }) => held),
          Math.round(mean(made.map(({ size }) => size))),
        ];
      }
    }
  }
}

/** How much y varies within the tags of a column, as an estimate evaluates columns. */
function spreadWithin(pilot, tags) {
  const groups = new Map();
  for (const { y, index } of pilot) groups.set(tags[index], [...(groups.get(tags[index]) ?? []), y]);
  let squares = 0;
  for (const ys of groups.values()) squares += ys.reduce((sum, y) => sum + (y - mean(ys)) ** 2, 0);
  return squares / Math.max(1, pilot.length - groups.size);
}

function chosenTags(draw, run, { columns, matters }) {
  const tags = list(columns, () => list(ROWS, () => `t${Math.floor(4 * draw.random())}`));
  const level = { t0: 60, t1: 120, t2: 240, t3: 400 };
  const rows = list(ROWS, (index) => {
    const base = matters ? level[tags[0][index]] : 150;
    return { x: Math.round(20 + 200 * draw.random()), tag: null, y: base * Math.exp(0.5 * draw.normal()), index };
  });
  const { pilot, rest } = splitter(rows, orderOf(rows, run))(FIRST);
  const best = tags.toSorted((a, b) => spreadWithin(pilot, a) - spreadWithin(pilot, b))[0];
  const tagged = (from) => from.map(({ x, y, index }) => ({ x, y, tag: best[index] }));
  const [asked, others] = [tagged(pilot), tagged(rest)];
  const of = (tagColumns) => forecastTotal(asked, populationOf(others), { level: LEVEL, cap: null, tagColumns });
  return { total: sumOf(rest), before: of(1), ours: of(columns) };
}

function* tagChoices() {
  for (const matters of [false, true]) {
    for (const columns of [1, 5, 30]) {
      const made = each((draw, run) => chosenTags(draw, run, { columns, matters }));
      const cells = ['before', 'ours'].flatMap((rule) => [
        shareOf(made, (one) => one[rule].method.includes('tags')),
        shareOf(made, (one) => holds(one[rule], one.total)),
        `± ${percent(median(made.map((one) => (one[rule].high - one[rule].low) / 2 / one[rule].expected)), 0)}`,
      ]);
      yield [columns, matters ? 'the first' : 'none', ...cells];
    }
  }
}

function* runOns() {
  for (const cap of [1000, 4096]) {
    for (const share of [0, 0.01, 0.03]) {
      for (const n of [20, 50, 200]) {
        const made = each((draw, run) => {
          const length = () => (draw.happens(share) ? cap : Math.min(cap, 150 * Math.exp(0.5 * draw.normal())));
          const rows = list(ROWS, () => ({
            x: Math.round(20 + 200 * draw.random()),
            tag: null,
            y: Math.round(length()),
          }));
          const { pilot, rest } = splitter(rows, orderOf(rows, run))(n);
          const range = forecastTotal(pilot, populationOf(rest), { level: LEVEL, cap });
          const runOn = unseenRunOn(pilot, range, { level: LEVEL, cap, rows: rest.length });
          return { total: sumOf(rest), range, runOn, most: Math.max(range.high, runOn?.total ?? 0) };
        });
        const told = made.filter(({ runOn }) => runOn !== null);
        const times =
          told.length === 0 ? '–' : median(told.map(({ runOn, range }) => runOn.total / range.expected)).toFixed(1);
        yield [
          cap,
          percent(share, 0),
          n,
          shareOf(made, (one) => holds(one.range, one.total)),
          shareOf(made, ({ runOn }) => runOn !== null),
          shareOf(made, ({ total, most }) => total <= most),
          times,
        ];
      }
    }
  }
}

/** Durations of calls. */
const LATENCIES = [
  ['all nearly alike', ({ normal }) => 1 + 0.05 * normal()],
  ['log-normal, sigma 0.3', ({ normal }) => Math.exp(0.3 * normal())],
  ['log-normal, sigma 0.5', ({ normal }) => Math.exp(0.5 * normal())],
  ['log-normal, sigma 1', ({ normal }) => Math.exp(normal())],
  [
    'one call in 20 takes ten times as long',
    ({ normal, happens }) => Math.exp(0.3 * normal()) * (happens(0.05) ? 10 : 1),
  ],
];

function* durations() {
  for (const [name, latency] of LATENCIES) {
    for (const [calls, concurrency] of [
      [40, 64],
      [200, 64],
      [1000, 64],
      [5000, 64],
      [1000, 16],
    ]) {
      const options = { concurrency, firstConcurrency: 8, level: LEVEL };
      const made = list(Math.min(runs, 100), (run) => {
        const draw = draws(seed * 1_000_003 + run);
        const seen = list(FIRST, () => latency(draw));
        const { span } = schedule(calls, () => latency(draw), options);
        const before = mean(seen) * Math.ceil(calls / concurrency);
        return { span, before, ours: forecastDuration([{ seen, calls }], options) };
      });
      yield [
        name,
        calls,
        concurrency,
        median(made.map(({ span, before }) => span / before)).toFixed(2),
        shareOf(made, ({ ours, span }) => holds(ours, span)),
        shareOf(made, ({ ours, span }) => span > ours.high),
        median(made.map(({ ours, span }) => span / ours.expected)).toFixed(2),
        `± ${percent(median(made.map(({ ours }) => (ours.high - ours.low) / 2 / ours.expected)), 0)}`,
      ];
    }
  }
}

const SCENES = [
  {
    title: 'a pilot that grows from 20 rows until the range is as narrow as wanted',
    head: ['lengths', 'wanted', 'rule', 'stopped by luck', 'total farther off than wanted', 'range holds', 'rows'],
    lines: growing,
  },
  {
    title: 'tags of the best of many columns, 20 rows',
    head: [
      'columns',
      'that says something',
      'believed, as before',
      'holds',
      'half width',
      'believed, ours',
      'holds',
      'half width',
    ],
    lines: tagChoices,
  },
  {
    title: 'answers that run on to the cap',
    head: ['cap', 'run on', 'pilot', 'range holds', 'the line is there', 'total within it', 'times what is expected'],
    lines: runOns,
  },
  {
    title: 'how long a run takes, from 20 calls seen, 8 in flight at first',
    head: [
      'latencies',
      'calls',
      'in flight',
      'true by before',
      'range holds',
      'above it',
      'true by expected',
      'half width',
    ],
    lines: durations,
  },
];
for (const { title, head, lines } of SCENES) {
  if (title.includes(only)) printTable(`${title}, ${runs} runs`, head, lines());
}
