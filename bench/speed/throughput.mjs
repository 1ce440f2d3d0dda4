// A run beside the floor, for each number of calls: processor time, wall time, memory.
import { line } from '../support/figures.mjs';
import { dropRun, gridOf, gridWords } from '../support/grid.mjs';
import { FLOOR, inTurns, measure, mediansOf } from '../support/measure.mjs';

const GOALS = {
  timesFloor: 1.3,
  megabytes: new Map([
    [40_000, 135],
    [1_000_000, 150],
  ]),
  growth: 0.1,
};
const NORMAL = 40_000;
const MANY = 400_000;

/** Pairs of a run and the floor, of so many calls. The folder of the last run stays. */
export async function pairsOf({ folder, program, concurrency }, { server, calls, pairs }) {
  const grid = { ...(await gridOf(folder, calls)), address: server.address, concurrency };
  const counted = async (words, given) => {
    const figures = await measure(folder, words, given);
    const served = await server.taken();
    return { ...figures, stdout: undefined, served: served.calls, callsPerSecond: served.calls / served.seconds };
  };
  return inTurns(
    pairs,
    () => counted([...gridWords(grid), '--overwrite'], { program }),
    () => counted([grid.dataset, server.address, 'floor.jsonl', String(concurrency)], { program: FLOOR }),
  );
}

function linesOf(calls, pairs) {
  const [cpu, wall, memory] = ['cpuSeconds', 'wallSeconds', 'peakMegabytes'].map((name) => mediansOf(pairs, name));
  const rate = mediansOf(pairs, 'callsPerSecond');
  const goal = calls === NORMAL ? { most: GOALS.timesFloor } : null;
  const most = GOALS.megabytes.get(calls);
  const count = calls.toLocaleString('en-US');
  const unit = 's';
  return [
    line(`${count} calls: processor time`, { ...cpu, unit }, [cpu.ratio, '×'], goal),
    line(`${count} calls: wall time`, { ...wall, unit }, [wall.ratio, '×'], goal),
    line(`${count} calls: processor time a call`, perCall(cpu, calls)),
    line(`${count} calls: calls a second while calling`, { ...rate, unit: '/s' }, [rate.ratio * 100, '%']),
    line(`${count} calls: memory`, { ...memory, unit: 'MB' }, [memory.own, 'MB'], most === undefined ? null : { most }),
  ];
}

const perCall = ({ own, beside }, calls) => ({ own: (own / calls) * 1e6, beside: (beside / calls) * 1e6, unit: 'µs' });

/** How many more times the floor a run of many calls takes than a normal one, where both were measured. */
function growthLines(sizes) {
  const of = (calls) => sizes.find((size) => size.calls === calls);
  const [normal, many] = [of(NORMAL), of(MANY)];
  if (normal === undefined || many === undefined) return [];
  return ['cpuSeconds', 'wallSeconds'].map((name) => {
    const [one, other] = [normal, many].map(({ pairs }) => mediansOf(pairs, name).ratio);
    const what = `400,000 calls less 40,000: times the floor, ${name === 'cpuSeconds' ? 'processor' : 'wall'} time`;
    return line(what, { own: other, beside: one, unit: '×' }, [other - one, '×'], { most: GOALS.growth });
  });
}

/** Runs beside the floor without latency. */
export async function throughput(setting) {
  const { server } = setting;
  const sizes = [];
  for (const calls of setting.calls) {
    const pairs = calls > NORMAL ? setting.largePairs : setting.pairs;
    sizes.push({ calls, pairs: await pairsOf(setting, { server, calls, pairs }) });
    await dropRun(setting.folder, calls);
  }
  return {
    heads: { beside: 'floor' },
    lines: [...sizes.flatMap(({ calls, pairs }) => linesOf(calls, pairs)), ...growthLines(sizes)],
    details: sizes,
    checks: { everyCallOnce: sizes.every(({ calls, pairs }) => pairs.flat().every(({ served }) => served === calls)) },
  };
}
