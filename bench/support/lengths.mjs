import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Standard normal numbers from numbers between 0 and 1: G. E. P. Box and M. E. Muller, Ann. Math. Stat. 29 (1958). */
export function normalNumbers(random) {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma variables with mean 1: G. Marsaglia and W. W. Tsang, ACM Trans. Math. Softw. 26 (2000), for `cv` up to 1. */
function gammaNumber(draw, cv) {
  const d = 1 / cv ** 2 - 1 / 3;
  for (;;) {
    const z = draw.normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - draw.random()) < z * z * 0.5 + d - d * v + d * Math.log(v)) return (d * v) / (d + 1 / 3);
  }
}

const logNormal = (draw, median, sigma) => median * Math.exp(sigma * draw.normal());
const promptLength = (draw) => Math.round(20 + logNormal(draw, 100, 0.5));
const tagOf = (draw, count) => `t${Math.floor(draw.random() * count)}`;

/** A distribution whose y depends neither on the prompt nor on a tag. */
function alone(name, y, cap = null) {
  return { name, cap, row: (draw) => ({ x: promptLength(draw), tag: null, y: bounded(y(draw), cap) }) };
}

function bounded(y, cap) {
  return Math.min(cap ?? Infinity, Math.max(1, Math.round(y)));
}

const TAG_MEANS = { t0: 40, t1: 120, t2: 250, t3: 500 };

function tagged(draw) {
  const tag = tagOf(draw, 4);
  return { x: promptLength(draw), tag, y: bounded(TAG_MEANS[tag] * gammaNumber(draw, 0.4), null) };
}

function byPrompt(draw) {
  const x = promptLength(draw);
  return { x, tag: null, y: bounded(1.5 * x * gammaNumber(draw, 0.3), null) };
}

/** Simulated answer lengths: `row` draws one row; `cap` is the maximum of y. */
export const DISTRIBUTIONS = [
  alone('narrow', (draw) => 200 + 30 * draw.normal()),
  alone('log-normal, CV 0.66', (draw) => logNormal(draw, 150, 0.6)),
  alone('log-normal, CV 0.95', (draw) => logNormal(draw, 150, 0.8)),
  alone('gamma, CV 0.65', (draw) => 200 * gammaNumber(draw, 0.65)),
  alone('bimodal', (draw) => (draw.random() < 0.6 ? 80 + 15 * draw.normal() : 400 + 60 * draw.normal())),
  { name: 'with the prompt', cap: null, row: byPrompt },
  {
    name: 'a little with the prompt',
    cap: null,
    row: (draw) => {
      const x = promptLength(draw);
      return { x, tag: null, y: bounded((100 + x) * gammaNumber(draw, 0.5), null) };
    },
  },
  { name: 'by tag', cap: null, row: tagged },
  {
    name: 'by tag and prompt',
    cap: null,
    row: (draw) => {
      const tag = tagOf(draw, 3);
      const x = promptLength(draw);
      return { x, tag, y: bounded((x + TAG_MEANS[tag]) * gammaNumber(draw, 0.25), null) };
    },
  },
  {
    name: 'eight tags that say nothing',
    cap: null,
    row: (draw) => ({ x: promptLength(draw), tag: tagOf(draw, 8), y: bounded(logNormal(draw, 150, 0.6), null) }),
  },
  alone('capped, a fifth at the cap', (draw) => logNormal(draw, 150, 0.8), 300),
  alone('capped, two thirds at the cap', (draw) => logNormal(draw, 300, 0.6), 256),
];

/** Numbers from a seed, uniform and normal. */
export function drawing(random) {
  return { random, normal: normalNumbers(random) };
}

/**
 * Recorded answers as rows: for each model the tokens of question and answer, by o200k_base.
 * @param path of GSM8K's example_model_solutions.jsonl
 */
export async function recordedAnswers(path) {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  const rowsOf = new Map();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line === '') continue;
    const { question, ground_truth: _truth, ...models } = JSON.parse(line);
    const x = countTokens(question);
    for (const [model, { solution }] of Object.entries(models)) {
      const rows = rowsOf.get(model) ?? [];
      rows.push({ x, tag: null, y: countTokens(solution) });
      rowsOf.set(model, rows);
    }
  }
  return [...rowsOf].map(([model, rows]) => ({ name: `GSM8K, ${model}`, cap: null, rows }));
}
