import type { Analysis } from '../../core/analysis/analysis.ts';
import { type ErroredTrials, erroredGate, type Gate, leastGates, type OwnScore } from '../../core/gate.ts';
import { formatDecimal, type Picounits, parseDecimal } from '../../core/money.ts';
import { formatMoneyBeside } from '../../core/money-text.ts';
import { repeatGates } from '../../core/repeat-gate.ts';
import type { GateConfig } from '../config/gates.ts';

/** Checks every gate by the figures of the whole run; each gives its reason, passed or not. */
export function checkRunGates(
  { least, minOn, maxErrored, maxCostPerThousand }: GateConfig,
  { variants, scorers, minRepeats = [] }: Analysis,
): readonly Gate[] {
  const own = scorers.flatMap(({ scorer, leaderboard }) =>
    leaderboard.map(({ variant, n, mean, interval }): OwnScore => {
      return { label: variants[variant]?.name ?? '', scorer, n, mean, interval };
    }),
  );
  const trials = variants.map(({ name, completed, errored }): ErroredTrials => {
    return { label: name, trials: completed + errored, errored };
  });
  return [
    ...least.flatMap((one) => leastGates(one, minOn, own)),
    ...minRepeats.flatMap((figures) =>
      repeatGates(
        figures,
        variants.map(({ name }) => name),
      ),
    ),
    ...(maxErrored === null ? [] : [erroredGate(maxErrored, trials)]),
    ...(maxCostPerThousand === null ? [] : [costGate(maxCostPerThousand, variants)]),
  ];
}

/** An unknown cost is not below any limit. */
function costGate(most: Picounits, variants: Analysis['variants']): Gate {
  const checked = variants.map(({ name, costPerThousandRows, unknownCosts }) => {
    const amount = costPerThousandRows === null ? null : parseDecimal(costPerThousandRows.total);
    if (costPerThousandRows === null || amount === null || unknownCosts > 0) {
      return { passed: false, amount: null, text: `${name}: what its answers cost is not known` };
    }
    const text = `${name}: ${formatMoneyBeside(costPerThousandRows, most)} for 1,000 rows`;
    return { passed: amount <= most, amount, text };
  });
  const faults = checked.filter(({ passed }) => !passed);
  const dearest = checked.reduce<(typeof checked)[number] | undefined>(
    (top, one) => (top === undefined || (one.amount ?? 0n) > (top.amount ?? 0n) ? one : top),
    undefined,
  );
  const why = faults.length > 0 ? faults.map(({ text }) => text).join('; ') : `at most ${dearest?.text ?? 'nothing'}`;
  return { name: `max-cost-per-1k ${formatDecimal(most)}`, passed: faults.length === 0, why };
}
