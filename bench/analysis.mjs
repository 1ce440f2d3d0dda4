// Processor time and memory of a run's statistics: rows are made as the program makes them, and nothing is read.
import { readBuildFlags } from './support/flags.mjs';
import { seededRandom } from './support/program.mjs';

const { load, rows, variants, repeats, clusters, groups, scores } = readBuildFlags({
  rows: 1_000_000,
  variants: 8,
  repeats: 1,
  scores: 'pass',
  clusters: 0,
  groups: 0,
});

const { Analyst } = await load('core/analysis/analyst');

const random = seededRandom(1);
const clusterNames = Array.from({ length: clusters }, (_, index) => `cluster ${index}`);
const groupNames = Array.from({ length: groups }, (_, index) => `group ${index}`);

/** A score of a row with a given difficulty; later variants are a little better. */
function scoreOf(difficulty, variant) {
  const skill = 0.5 + 0.01 * variant;
  const value = random() < (skill + difficulty) / 2 ? 1 : 0;
  return scores === 'pass' ? value : Math.round(100 * (value + random())) / 200;
}

function trialsOf() {
  const difficulty = random();
  const trials = [];
  for (let variant = 0; variant < variants; variant++) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const score = { name: 'score', value: scoreOf(difficulty, variant), explanation: null };
      const cost = { amount: 10n ** 9n * BigInt(1 + ((random() * 100) | 0)), currency: 'RUB' };
      const latencyMs = Math.round(200 + 2000 * random());
      trials.push({ variant, status: 'completed', isCached: false, latencyMs, cost, scores: [score] });
    }
  }
  return trials;
}

const named = (index) => ({ prompt: { name: 'p' }, model: { provider: 'x', model: `m${index}` }, temperature: 0 });
const seconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;

/** The same rows, generated and discarded: the overhead that is not part of the statistics. */
function makeOnly() {
  let made = 0;
  for (let row = 0; row < rows; row++) made += trialsOf().length;
  return made;
}

const beforeMaking = seconds();
makeOnly();
const making = seconds() - beforeMaking;

const analyst = new Analyst({
  variants: Array.from({ length: variants }, (_, index) => named(index)),
  scorers: ['score'],
  clusterColumn: clusters === 0 ? null : 'cluster',
  groupColumn: groups === 0 ? null : 'group',
});
const start = seconds();
for (let row = 0; row < rows; row++) {
  analyst.add({
    id: `r${row}`,
    cluster: clusters === 0 ? null : clusterNames[row % clusters],
    group: groups === 0 ? null : groupNames[(random() * groups) | 0],
    trials: trialsOf(),
  });
}
const fed = seconds();
const analysis = analyst.analyse();
const end = seconds();

const [scorer] = analysis.scorers;
const round = (value) => Math.round(value * 100) / 100;
process.stdout.write(
  `${JSON.stringify(
    {
      rows,
      variants,
      repeats,
      scores: scores,
      clusters,
      groups,
      trials: rows * variants * repeats,
      cpuSeconds: { all: round(end - start), ofWhichMakingRows: round(making), analyse: round(end - fed) },
      peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      comparisons: scorer.comparisons.length,
      certain: scorer.comparisons.filter(({ verdict }) => verdict !== 'none shown').length,
      test: scorer.comparisons[0]?.test ?? null,
    },
    null,
    2,
  )}\n`,
);
