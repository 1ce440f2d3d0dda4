// A run whose answers come from a module in a thread, beside the floor, which asks over HTTP.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { line } from '../support/figures.mjs';
import { dropRun, gridOf, gridWords } from '../support/grid.mjs';
import { FLOOR, inTurns, measure, mediansOf } from '../support/measure.mjs';
import { readJsonLines } from '../support/program.mjs';

const CALLS = 40_000;
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const MODULE_CALLS = pathOf('../support/module-calls.mjs');
const HTTP_CALLS = pathOf('../support/http-calls.mjs');
const MODULES = pathOf('../../dist/modules');
const GOAL = { most: 1 };
const MODULE = 'own.mjs';
/** Answers as the server of the bench does, with its costs. */
const TEXT = `
const REST =
  'This answer has some forty words like a usual one, so that a line of results has a usual length, ' +
  'and neither the model nor the temperature changes a word of it, whatever either of them may be.';

export default async ({ messages }) => {
  const question = messages.at(-1).content;
  const item = /#(\\d+)/.exec(question)?.[1] ?? '?';
  const usage = { promptTokens: Math.ceil(question.length / 4), completionTokens: 48 };
  const cost = usage.promptTokens * 0.0005 + usage.completionTokens * 0.001;
  return { output: \`The answer to item \${item} is value-\${item}. \${REST}\`, usage, cost, finishReason: 'stop' };
};
`;

/**
 * 40,000 calls by promptgrid's provider beside the floor's HTTP, each without a run around it, and then a whole run of
 * them beside the floor. The thread's processor time counts.
 */
export async function module(setting) {
  const { folder, program, concurrency, server } = setting;
  await writeFile(join(folder, MODULE), TEXT);
  const ofCalls = [String(CALLS), String(concurrency)];
  const calls = await inTurns(
    setting.pairs,
    () => measure(folder, [MODULE, ...ofCalls, MODULES], { program: MODULE_CALLS }),
    () => measure(folder, [server.address, ...ofCalls], { program: HTTP_CALLS }),
  );
  const grid = { ...(await gridOf(folder, CALLS)), address: server.address, concurrency };
  const models = ['plain-a', 'plain-b'].map((name) => `module:./${MODULE}#${name}`).join(',');
  const words = gridWords(grid).map((word) => (word === 'plain-a,plain-b' ? models : word));
  const runs = await inTurns(
    setting.pairs,
    () => measure(folder, [...words, '--currency', 'USD', '--overwrite', '--quiet'], { program }),
    () => measure(folder, [grid.dataset, server.address, 'floor.jsonl', String(concurrency)], { program: FLOOR }),
  );
  const results = await readJsonLines(join(folder, grid.out, 'results.jsonl'));
  await dropRun(folder, CALLS);
  const alone = mediansOf(calls, 'cpuSeconds');
  const [cpu, wall, memory] = ['cpuSeconds', 'wallSeconds', 'peakMegabytes'].map((name) => mediansOf(runs, name));
  return {
    heads: { beside: 'floor' },
    lines: [
      line(
        '40,000 calls alone, by a module and by HTTP: processor time',
        { ...alone, unit: 's' },
        [alone.ratio, '×'],
        GOAL,
      ),
      line('a run of 40,000 calls of a module: processor time', { ...cpu, unit: 's' }, [cpu.ratio, '×']),
      line('a run of 40,000 calls of a module: wall time', { ...wall, unit: 's' }, [wall.ratio, '×']),
      line('a run of 40,000 calls of a module: memory', { ...memory, unit: 'MB' }, [memory.own, 'MB']),
    ],
    details: { calls, runs },
    checks: {
      everyAnswerPassed: results.length === CALLS && results.every(({ passed }) => passed === true),
      everyCostReported: results.every(({ cost_source: source }) => source === 'provider'),
    },
  };
}
