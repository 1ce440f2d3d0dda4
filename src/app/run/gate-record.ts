import { MIN_ON } from '../../core/gate-settings.ts';
import { type JsonObject, listOf, numberOf, objectOf, textOf } from '../../core/json.ts';
import { formatDecimal, parseDecimal } from '../../core/money.ts';
import type { StoredSettings } from '../../store/run-file.ts';
import type { GateConfig } from '../config/gates.ts';

/** The gates of a run but for those on repeats, for its settings in run.json; empty without any. */
export function gatesRecord({ least, minOn, maxErrored, maxCostPerThousand }: GateConfig): JsonObject {
  if (least.length === 0 && maxErrored === null && maxCostPerThousand === null) return {};
  const min = least.map((one) => ({ ...one }));
  const maxCostPer1k = maxCostPerThousand === null ? null : formatDecimal(maxCostPerThousand);
  return { gates: { min, minOn, maxErrored, maxCostPer1k } };
}

/** The gates of a stored run. @param settings of its run.json */
export function readGates(settings: JsonObject, { minRepeats }: Pick<StoredSettings, 'minRepeats'>): GateConfig {
  const { min, minOn, maxErrored, maxCostPer1k } = objectOf(settings['gates']);
  const cost = textOf(maxCostPer1k);
  return {
    least: listOf(min).map(objectOf).flatMap(readLeast),
    minOn: MIN_ON.find((known) => known === minOn) ?? 'lower',
    minRepeats,
    maxErrored: numberOf(maxErrored),
    maxCostPerThousand: cost === null ? null : parseDecimal(cost),
  };
}

function readLeast({ scorer, least }: JsonObject): GateConfig['least'] {
  return typeof scorer === 'string' && typeof least === 'number' ? [{ scorer, least }] : [];
}
