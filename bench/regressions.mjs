// How often a comparison says "regressed" for two runs of one model, and how often it finds a true loss, compared with
// a threshold on the pass rate. Every run is a result file that promptgrid compare reads.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBuildFlags } from './support/flags.mjs';
import { seededRandom } from './support/program.mjs';

const { load, pairs, seed } = readBuildFlags({ pairs: 500, seed: 1 });
const { compare } = await load('index');
const folder = mkdtempSync(join(tmpdir(), 'promptgrid-regressions-'));
const random = seededRandom(seed);

/** Commonly used thresholds: a drop of this much, or a rate this much below the base's usual one. */
const THRESHOLDS = [0, 0.02, 0.05];

/**
 * Rows with realistic difficulties: nine in twenty are easy, three hopeless, the others in between, so that 68 of 100
 * answers pass.
 */
function rowRates(rows) {
  return Array.from({ length: rows }, () => {
    const kind = random();
    if (kind < 0.45) return 0.97;
    return kind < 0.6 ? 0.05 : 0.2 + 0.8 * random();
  });
}

const clamp = (share) => Math.min(1, Math.max(0, share));
const answer = (rate) => (random() < rate ? 1 : 0);
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** A loss that affects rows that can lose, until the mean has dropped by this much. */
function worseRates(rates, loss) {
  const share = loss / mean(rates);
  return rates.map((rate) => clamp(rate * (1 - share)));
}

/** Rows of a document. */
const DOCUMENT = 5;

/** A model's answers about documents: half of the rows follow their document, and 80 of 100 pass. */
function documentAnswers(rows) {
  let ofDocument = 1;
  return Array.from({ length: rows }, (_, row) => {
    if (row % DOCUMENT === 0) ofDocument = answer(0.8);
    return [random() < 0.5 ? ofDocument : answer(0.8)];
  });
}

function resultFile(name, answers) {
  const path = join(folder, `${name}.jsonl`);
  const lines = answers.map((scores, row) => {
    const cells = Object.fromEntries(scores.map((score, index) => [`score.s${index}`, score]));
    const usual = { prompt: 'p', model: 'm', temperature: 0, repeat: 1, status: 'completed' };
    const passed = scores.every((score) => score === 1);
    return JSON.stringify({
      trial_id: `${row}`,
      row_id: `${row}`,
      'row.id': `${row}`,
      'row.document': `${Math.floor(row / DOCUMENT)}`,
      ...usual,
      output: `${name} ${row}`,
      ...cells,
      passed,
    });
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Results of many pairs of runs. */
async function simulate({ rows, loss, scorers, documents = false, cluster = null }) {
  const said = { regressed: 0, improved: 0, unchanged: 0, inconclusive: 0 };
  const dropped = THRESHOLDS.map(() => 0);
  for (let pair = 0; pair < pairs; pair++) {
    const rates = rowRates(rows);
    const after = loss === 0 ? rates : worseRates(rates, loss);
    const draw = (shares) => shares.map((rate) => Array.from({ length: scorers }, () => answer(rate)));
    const [base, candidate] = documents ? [documentAnswers(rows), documentAnswers(rows)] : [draw(rates), draw(after)];
    const { verdict } = await compare(resultFile('base', base), resultFile('candidate', candidate), {
      flips: 0,
      cluster,
    });
    said[verdict] += 1;
    const drops = Array.from(
      { length: scorers },
      (_, index) => mean(base.map((s) => s[index])) - mean(candidate.map((s) => s[index])),
    );
    THRESHOLDS.forEach((threshold, index) => {
      if (drops.some((drop) => drop > threshold)) dropped[index] += 1;
    });
  }
  return { said, dropped };
}

const share = (count) => `${((100 * count) / pairs).toFixed(1)} %`;

const CASES = [
  { what: 'the same model twice', rows: 50, loss: 0, scorers: 1 },
  { what: 'the same model twice', rows: 300, loss: 0, scorers: 1 },
  { what: 'the same model twice', rows: 1000, loss: 0, scorers: 1 },
  { what: 'the same model twice, four scorers', rows: 300, loss: 0, scorers: 4 },
  { what: `as good a model, documents of ${DOCUMENT} rows, by row`, rows: 300, loss: 0, scorers: 1, documents: true },
  {
    what: `as good a model, documents of ${DOCUMENT} rows, --cluster`,
    rows: 300,
    loss: 0,
    scorers: 1,
    documents: true,
    cluster: 'document',
  },
  { what: 'a loss of 10 points', rows: 300, loss: 0.1, scorers: 1 },
  { what: 'a loss of 10 points', rows: 100, loss: 0.1, scorers: 1 },
  { what: 'a loss of 3 points', rows: 300, loss: 0.03, scorers: 1 },
];

console.log(`${pairs} pairs of runs each\n`);
const thresholdHeads = THRESHOLDS.map((threshold) =>
  threshold === 0 ? 'any drop' : `drop > ${threshold * 100} points`,
);
const head = ['truth', 'rows', 'regressed', 'too few rows', 'unchanged', 'improved', ...thresholdHeads];
console.log(`| ${head.join(' | ')} |`);
console.log(`|${head.map(() => '---').join('|')}|`);
try {
  for (const one of CASES) {
    const { said, dropped } = await simulate(one);
    const cells = [said.regressed, said.inconclusive, said.unchanged, said.improved, ...dropped].map(share);
    console.log(`| ${[one.what, one.rows, ...cells].join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
