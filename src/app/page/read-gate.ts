import type { Gate } from '../../core/gate.ts';
import { MIN_ON } from '../../core/gate-settings.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, objectOf, textOr } from '../../core/json.ts';
import { parseDecimal } from '../../core/money.ts';
import type {
  CostReason,
  ErroredReason,
  ErroredTrials,
  RepeatedRow,
  RepeatsReason,
  RunGateReason,
  ScoreReason,
  VariantCost,
} from '../../core/reasons.ts';

/** A gate of a summary.json; none for anything else. Its reason is null if it was stored without one, or another one. */
export function readGate(value: JsonValue): readonly Gate[] {
  const { name, passed, why, reason } = objectOf(value);
  if (typeof name !== 'string' || typeof passed !== 'boolean') return [];
  return [{ name, passed, why: textOr(why, ''), reason: readReason(objectOf(reason)) }];
}

function readReason(reason: JsonObject): RunGateReason | null {
  switch (reason['kind']) {
    case 'score':
      return readScore(reason);
    case 'repeats':
      return readRepeats(reason);
    case 'errored':
      return readErrored(reason);
    case 'no results':
      return { kind: 'no results' };
    case 'cost':
      return readCost(reason);
    default:
      return null;
  }
}

function readScore({ variant, n, mean, minOn, figure, least }: JsonObject): ScoreReason | null {
  const on = MIN_ON.find((known) => known === minOn);
  if (typeof variant !== 'string' || on === undefined || !isNumber(n) || !isNumber(least)) return null;
  if (!isNumberOrNull(mean) || !isNumberOrNull(figure)) return null;
  return { kind: 'score', variant, n, mean, minOn: on, figure, least };
}

function readRepeats({ variant, rows, failed, worst }: JsonObject): RepeatsReason | null {
  const named = everyOf(worst, readRow);
  if (typeof variant !== 'string' || !isNumber(rows) || !isNumber(failed) || named === null) return null;
  return { kind: 'repeats', variant, rows, failed, worst: named };
}

function readRow({ rowId, passed, repeats }: JsonObject): RepeatedRow | null {
  return typeof rowId === 'string' && isNumber(passed) && isNumber(repeats) ? { rowId, passed, repeats } : null;
}

function readErrored({ errored, faults }: JsonObject): ErroredReason | null {
  const found = everyOf(faults, readErroredTrials);
  return isNumber(errored) && found !== null ? { kind: 'errored', errored, faults: found } : null;
}

function readErroredTrials({ variant, trials, errored }: JsonObject): ErroredTrials | null {
  if (typeof variant !== 'string' || !isNumber(trials) || !isNumber(errored)) return null;
  return { side: null, variant, trials, errored };
}

function readCost({ most, faults, dearest }: JsonObject): CostReason | null {
  const [found, top] = [everyOf(faults, readVariantCost), isJsonObject(dearest) ? readVariantCost(dearest) : null];
  if (!isAmount(most) || found === null || (top === null && dearest !== null)) return null;
  return { kind: 'cost', most, faults: found, dearest: top };
}

function readVariantCost({ variant, cost }: JsonObject): VariantCost | null {
  if (typeof variant !== 'string' || cost === undefined) return null;
  if (cost === null) return { variant, cost };
  const { total, currency } = objectOf(cost);
  return isAmount(total) && typeof currency === 'string' ? { variant, cost: { total, currency } } : null;
}

/** Every item of an array; null if one cannot be read, or if there is no array. */
function everyOf<T>(value: JsonValue | undefined, read: (item: JsonObject) => T | null): readonly T[] | null {
  if (!isJsonArray(value)) return null;
  const items = value.flatMap((item) => read(objectOf(item)) ?? []);
  return items.length === value.length ? items : null;
}

function isNumber(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isNumberOrNull(value: JsonValue | undefined): value is number | null {
  return value === null || isNumber(value);
}

function isAmount(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && parseDecimal(value) !== null;
}
