// Calls a second beside the floor's where each answer takes 50 ms, for each number of calls.
import { line } from '../support/figures.mjs';
import { dropRun } from '../support/grid.mjs';
import { mediansOf } from '../support/measure.mjs';
import { withServer } from '../support/server.mjs';
import { pairsOf } from './throughput.mjs';

const LATENCY_MS = 50;
const GOAL = { least: 98 };
/** Fewer calls are over before the start has become a small part of them. */
const NORMAL = 40_000;

function linesOf(calls, pairs) {
  const rate = mediansOf(pairs, 'callsPerSecond');
  const wall = mediansOf(pairs, 'wallSeconds');
  const what = `${calls.toLocaleString('en-US')} calls of ${LATENCY_MS} ms`;
  const goal = calls === NORMAL ? GOAL : null;
  return [
    line(`${what}: calls a second`, { ...rate, unit: '/s' }, [rate.ratio * 100, '%'], goal),
    line(`${what}: wall time`, { ...wall, unit: 's' }, [wall.ratio, '×']),
  ];
}

/** Runs beside the floor, by the server's own clock: from its first request to its last response. */
export async function latency(setting) {
  return withServer(LATENCY_MS, async (server) => {
    const sizes = [];
    for (const calls of setting.latencyCalls) {
      sizes.push({ calls, pairs: await pairsOf(setting, { server, calls, pairs: setting.latencyPairs }) });
      await dropRun(setting.folder, calls);
    }
    return {
      heads: { beside: 'floor' },
      lines: sizes.flatMap(({ calls, pairs }) => linesOf(calls, pairs)),
      details: sizes,
      checks: {
        everyCallOnce: sizes.every(({ calls, pairs }) => pairs.flat().every(({ served }) => served === calls)),
      },
    };
  });
}
