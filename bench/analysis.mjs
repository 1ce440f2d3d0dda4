// Processor time and memory of a run's statistics: rows are generated in the program's format, and nothing is read.
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from './support/program.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    variants: { type: 'string', default: '8' },
    repeats: { type: 'string', default: '1' },
    scores: { type: 'string', default: 'pass' },
    clusters: { type: 'string', default: '0' },
    groups: { type: 'string', default: '0' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist/modules', import.meta.url)) },
  },
});
const [rows, variants, repeats] = [Number(values.rows), Number(values.variants), Number(values.repeats)];
const [clusters, groups] = [Number(values.clusters), Number(values.groups)];

const load = (name) => import(pathToFileURL(join(resolve(values.dist), 'core', 'analysis', `${name}.js`)).href);
const { Analyst } = await load('analyst');

const random = seededRandom(1);
const clusterNames = Array.from({ length: clusters }, (_, index) => `cluster ${index}`);
const groupNames = Array.from({ length: groups }, (_, index) => `group ${index}`);

/** A score of a row with a given difficulty; later variants are a little better. */
function scoreOf(difficulty, variant) {
  const skill = 0.5 + 0.01 * variant;
  const value = random() < (skill + difficulty) / 2 ? 1 : 0;
  return values.scores === 'pass' ? value : Math.round(100 * (value + random())) / 200;
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
      scores: values.scores,
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
