// How often any of several comparisons is called significant where nothing differs, and how often one that differs is found,
// by Holm's correction with and without tests that could never have been significant.
import { draws, printTable } from './support/draws.mjs';
import { readBuildFlags } from './support/flags.mjs';

const { load, runs, seed } = readBuildFlags({ runs: 4000, seed: 1 });
const LEVEL = 0.05;

const { familySize, holmAdjusted } = await load('core/stats/holm');
const { mcnemarExact } = await load('core/stats/mcnemar');
const { leastSignPValue, signFlipTest } = await load('core/stats/sign-flip');

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const list = (n, draw) => Array.from({ length: n }, (_, index) => draw(index));
const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** The p-value of differences, and the smallest possible one. */
function tested(differences) {
  const more = differences.filter((one) => one > 0).length;
  const less = differences.filter((one) => one < 0).length;
  const isShare = differences.every((one) => Number.isInteger(one));
  const pValue = isShare
    ? mcnemarExact(more, less)
    : signFlipTest(Float64Array.from(differences), { seed: 1, rounds: 2000 }).pValue;
  return { pValue, least: leastSignPValue(more + less) };
}

/** An answer of a row that repeats the row's first one, unless it is drawn again. */
const drawn = ({ happens }, row, answers) => {
  const one = () => Number(happens(row.chance));
  if (answers === 1) return happens(row.alike) ? row.usual : one();
  return mean(list(answers, () => (happens(row.alike) ? row.usual : one())));
};

function rowsOf({ happens, beta }, n, { pass, alike }) {
  return list(n, () => {
    const chance = beta(4 * pass, 4 * (1 - pass));
    return { chance, alike, usual: Number(happens(chance)) };
  });
}

/** How a scorer scores an answer: the first takes it unchanged, others differ in one of ten. */
const scored = ({ happens }, scorer, answer) => (scorer > 0 && happens(0.1) ? 1 - answer : answer);

/**
 * Pairs of base and candidate of several variants, each scored by several scorers of the same answers, which mostly
 * agree.
 */
function comparison({ n, variants, scorers, answers, ...kind }) {
  return (draw) => {
    const rows = rowsOf(draw, n, kind);
    return list(variants, () => {
      const [base, candidate] = [rows, rows].map((all) => all.map((row) => drawn(draw, row, answers)));
      return list(scorers, (scorer) =>
        rows.map((_, row) => scored(draw, scorer, candidate[row]) - scored(draw, scorer, base[row])),
      );
    }).flat();
  };
}

/** All pairs of several variants on the same rows; the first may be worse, and then only pairs without it count. */
function run({ n, variants, answers, worse, ...kind }) {
  return (draw) => {
    const rows = rowsOf(draw, n, kind);
    const columns = list(variants, (variant) =>
      rows.map((row) => (variant === 0 && draw.happens(worse) ? 0 : drawn(draw, row, answers))),
    );
    const pairs = list(variants, (a) => list(variants - a - 1, (index) => [a, a + index + 1])).flat();
    return pairs.map(([a, b]) => rows.map((_, row) => columns[a][row] - columns[b][row]));
  };
}

/** How often any of the pairs without a difference is significant, and the size of a family. */
function errors(scene, isTrue) {
  const made = list(runs, (index) => {
    const tests = scene(draws(seed * 1_000_003 + index)).map(tested);
    const pValues = tests.map(({ pValue }) => pValue);
    const least = tests.map((one) => one.least);
    const any = (adjusted) => adjusted.some((p, place) => isTrue(place) && p <= LEVEL);
    return {
      none: any(pValues),
      holm: any(holmAdjusted(pValues)),
      ours: any(holmAdjusted(pValues, least)),
      all: tests.length,
      size: familySize(least, LEVEL),
    };
  });
  const share = (is) => percent(made.filter(is).length / runs);
  return [
    made[0].all,
    mean(made.map(({ size }) => size)).toFixed(1),
    share(({ none }) => none),
    share(({ holm }) => holm),
    share(({ ours }) => ours),
  ];
}

const name = ({ pass, alike }) => `${percent(pass)} pass, ${percent(alike)} of answers alike`;

function* wrong() {
  const kinds = [
    { pass: 0.8, alike: 0.5 },
    { pass: 0.9, alike: 0.9 },
    { pass: 0.95, alike: 0.97 },
  ];
  for (const kind of kinds) {
    for (const n of [20, 50, 100, 300]) {
      for (const [variants, scorers] of [
        [4, 1],
        [4, 3],
      ]) {
        const scene = comparison({ n, variants, scorers, answers: 1, ...kind });
        yield [`two runs, ${variants} variants, ${scorers} scorers`, name(kind), n, ...errors(scene, () => true)];
      }
      const scene = run({ n, variants: 5, answers: 1, worse: 0, ...kind });
      yield ['every two of 5 variants', name(kind), n, ...errors(scene, () => true)];
      // The first 4 pairs are those of the worse variant.
      const one = run({ n, variants: 5, answers: 1, worse: 0.3, ...kind });
      yield ['every two of 5 variants, one worse', name(kind), n, ...errors(one, (place) => place > 3)];
    }
  }
  for (const n of [8, 20, 50]) {
    const kind = { pass: 0.9, alike: 0.9 };
    const scene = run({ n, variants: 5, answers: 3, worse: 0, ...kind });
    yield ['every two of 5 variants, 3 repeats', name(kind), n, ...errors(scene, () => true)];
  }
}

/** One variant that lost some rows and gained none, and three others with some changes in both directions. */
function* found() {
  for (const others of [0, 1, 3, 5, 8]) {
    for (const lost of [6, 7, 8, 10]) {
      const rest = tested([...Array(Math.ceil(others / 2)).fill(1), ...Array(Math.floor(others / 2)).fill(-1), 0]);
      const tests = [tested([...Array(lost).fill(-1), 0]), rest, rest, rest];
      const pValues = tests.map(({ pValue }) => pValue);
      const text = (p) => `${p.toFixed(4)}${p <= LEVEL ? ', regressed' : ''}`;
      yield [
        lost,
        others,
        pValues[0].toFixed(4),
        text(holmAdjusted(pValues)[0]),
        text(
          holmAdjusted(
            pValues,
            tests.map(({ least }) => least),
          )[0],
        ),
      ];
    }
  }
}

printTable(
  `any comparison without a difference called significant, ${runs} runs`,
  ['comparisons', 'data', 'rows', 'tests', 'that count', 'uncorrected', 'Holm, as before', 'ours'],
  wrong(),
);
printTable(
  'one of four variants lost rows and gained none: its p-value',
  ['lost', 'rows that differ of each other variant', 'alone', 'Holm, as before', 'ours'],
  found(),
);
