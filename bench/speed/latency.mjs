// Calls a second beside the floor's where each answer takes 50 ms.
import { line } from '../support/figures.mjs';
import { dropRun } from '../support/grid.mjs';
import { mediansOf } from '../support/measure.mjs';
import { withServer } from '../support/server.mjs';
import { pairsOf } from './throughput.mjs';

const LATENCY_MS = 50;
const GOAL = { least: 98 };

/** A run beside the floor, by the server's own clock: from its first request to its last response. */
export async function latency(setting) {
  const calls = setting.latencyCalls;
  return withServer(LATENCY_MS, async (server) => {
    const pairs = await pairsOf(setting, { server, calls, pairs: setting.latencyPairs });
    const rate = mediansOf(pairs, 'callsPerSecond');
    const wall = mediansOf(pairs, 'wallSeconds');
    const count = calls.toLocaleString('en-US');
    await dropRun(setting.folder, calls);
    return {
      heads: { beside: 'floor' },
      lines: [
        line(
          `${count} calls of ${LATENCY_MS} ms: calls a second`,
          { ...rate, unit: '/s' },
          [rate.ratio * 100, '%'],
          GOAL,
        ),
        line(`${count} calls of ${LATENCY_MS} ms: wall time`, { ...wall, unit: 's' }, [wall.ratio, '×']),
      ],
      details: pairs,
      checks: { everyCallOnce: pairs.flat().every(({ served }) => served === calls) },
    };
  });
}
