// Finished runs: the same command once more, which makes no call, and their answers scored again.
import { line } from '../support/figures.mjs';
import { dropRun, gridOf, gridWords } from '../support/grid.mjs';
import { measure, median } from '../support/measure.mjs';

const MILLION = 1_000_000;
const RESUMED = { calls: 40_000, goals: new Map([[MILLION, { most: 3 }]]) };
const SCORED = { calls: 200_000, most: 12 };

/** Bytes a trial that scoring may keep: the offset of its line in tables up to half empty, and its score. */
const BYTES_A_TRIAL = 2 * 16 + 8;
const SPARE_MEGABYTES = 40;

/** Makes a run of so many calls, works on it, and removes it. */
async function withFinished({ folder, program, concurrency, server }, calls, work) {
  const words = gridWords({ ...(await gridOf(folder, calls)), address: server.address, concurrency });
  await measure(folder, words, { program });
  await server.taken();
  const found = await work(words);
  await dropRun(folder, calls);
  return { calls, ...found, served: (await server.taken()).calls };
}

/** The figures of a command that is given some times, fewer for many trials. */
async function often({ folder, program, pairs, largePairs }, calls, words) {
  const again = [];
  for (let time = 0; time < (calls === MILLION ? largePairs : pairs); time++)
    again.push(await measure(folder, words, { program }));
  const [cpu, wall, memory] = ['cpuSeconds', 'wallSeconds', 'peakMegabytes'].map((name) =>
    median(again.map((one) => one[name])),
  );
  return { cpu, wall, memory, stdout: again.map(({ stdout }) => stdout) };
}

const sizesOf = ({ million }, normal) => (million ? [normal, MILLION] : [normal]);

/** Finished runs, resumed. */
export async function resumed(setting) {
  const sizes = [];
  for (const calls of sizesOf(setting, RESUMED.calls)) {
    sizes.push(await withFinished(setting, calls, (words) => often(setting, calls, words)));
  }
  return {
    heads: {},
    lines: sizes.flatMap(({ calls, cpu, wall, memory }) => {
      const count = calls.toLocaleString('en-US');
      return [
        line(`${count} finished trials: processor time`, { own: cpu, unit: 's' }, [cpu, 's'], RESUMED.goals.get(calls)),
        line(`${count} finished trials: wall time`, { own: wall, unit: 's' }),
        line(`${count} finished trials: memory`, { own: memory, unit: 'MB' }),
      ];
    }),
    details: sizes.map(({ stdout: _stdout, ...figures }) => figures),
    checks: { calledNobody: sizes.every(({ served }) => served === 0) },
  };
}

/** The answers of finished runs, scored again. */
export async function score(setting) {
  const sizes = [];
  for (const calls of sizesOf(setting, SCORED.calls)) {
    const words = ['score', `run-${calls}`, '--score', 'contains', '--json'];
    sizes.push(await withFinished(setting, calls, () => often(setting, calls, words)));
  }
  return {
    heads: {},
    lines: sizes.flatMap(({ calls, cpu, memory }) => {
      const count = calls.toLocaleString('en-US');
      const a = (cpu / calls) * 1e6;
      const goal = calls === SCORED.calls ? { most: SCORED.most } : null;
      return [
        line(`${count} trials scored: processor time a trial`, { own: cpu, unit: 's' }, [a, 'µs'], goal),
        line(`${count} trials scored: memory`, { own: memory, unit: 'MB' }),
      ];
    }),
    details: sizes.map(({ stdout: _stdout, ...figures }) => figures),
    checks: { scoredAll: sizes.every(scoredAll), ...memoryCheck(sizes) },
  };
}

function scoredAll({ calls, stdout }) {
  return stdout.every((text) => {
    const { variants } = JSON.parse(text);
    return variants.reduce((sum, { scores }) => sum + scores[0].n, 0) === calls;
  });
}

/** Whether memory stays flat, where two sizes were measured. */
function memoryCheck([small, large]) {
  if (large === undefined) return {};
  const growth = large.memory - small.memory;
  return { memoryIsFlat: growth < (large.calls * BYTES_A_TRIAL) / 1e6 + SPARE_MEGABYTES };
}
