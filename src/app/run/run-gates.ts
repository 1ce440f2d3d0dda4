import type { Analysis } from '../../core/analysis/analysis.ts';
import { erroredGate, type Gate, gateOf, leastGates, type OwnScore } from '../../core/gate.ts';
import { formatDecimal, type Picounits, parseDecimal } from '../../core/money.ts';
import type { ErroredTrials } from '../../core/reasons.ts';
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
    return { side: null, variant: name, trials: completed + errored, errored };
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
      return { passed: false, amount: 0n, told: { variant: name, cost: null } };
    }
    const { total, currency } = costPerThousandRows;
    return { passed: amount <= most, amount, told: { variant: name, cost: { total, currency } } };
  });
  const faults = checked.filter(({ passed }) => !passed).map(({ told }) => told);
  const dearest = checked.reduce<(typeof checked)[number] | null>(
    (top, one) => (top === null || one.amount > top.amount ? one : top),
    null,
  );
  const limit = formatDecimal(most);
  const reason = { kind: 'cost', most: limit, faults, dearest: dearest?.told ?? null } as const;
  return gateOf(`max-cost-per-1k ${limit}`, faults.length === 0, reason);
}
