import type { AnalysedTrial } from '../../core/analysis/input.ts';
import { type CallErrorKind, readCallErrorKind } from '../../core/call-error.ts';
import { isCutOff } from '../../core/finish-reason.ts';
import { givenText, type JsonObject, type JsonValue, numberOf, numberOr, textOr } from '../../core/json.ts';
import { type Amount, parseDecimal } from '../../core/money.ts';
import type { TrialKey } from '../../core/result.ts';
import type { Row } from '../../core/row.ts';
import type { Score } from '../../core/scorer.ts';
import type { ModelRef } from '../../core/variant.ts';
import type { StoredScorer } from '../scoring/stored-scorers.ts';

/** What a line is parsed with. */
interface TrialReading {
  /** Place of its variant in the grid. */
  readonly variant: number;
  readonly place: TrialKey;
  readonly scorers: readonly StoredScorer[];
  /** Original cost of a cached answer; null if it is not cached or the cost is unknown. */
  readonly saved: Amount | null;
}

/** A trial for analysis, from its record in a result file. */
export function storedTrial(cells: JsonObject, row: Row, reading: TrialReading): AnalysedTrial {
  const status = statusOf(cells['status']);
  const isCached = cells['cached'] === true;
  const { latency_ms: latency, finish_reason: finishReason } = cells;
  return {
    variant: reading.variant,
    status,
    isCached,
    isCut: status === 'completed' && typeof finishReason === 'string' && isCutOff(finishReason),
    latencyMs: numberOf(latency),
    cost: status !== 'completed' ? null : isCached ? reading.saved : paidCost(cells),
    scores: status === 'completed' ? scoresOf(cells, row, reading) : [],
  };
}

/** Why a trial errored, from its record in a result file; null if it did not. */
export function storedError(cells: JsonObject): { readonly code: CallErrorKind; readonly message: string } | null {
  if (statusOf(cells['status']) !== 'errored') return null;
  return { code: readCallErrorKind(cells['error_code']), message: textOr(cells['error_message'], '') };
}

function statusOf(value: JsonValue | undefined): AnalysedTrial['status'] {
  return value === 'completed' || value === 'skipped' ? value : 'errored';
}

function paidCost({ total_cost: total, currency }: JsonObject): Amount | null {
  const amount = typeof total === 'string' || typeof total === 'number' ? parseDecimal(total) : null;
  return amount === null || typeof currency !== 'string' ? null : { amount, currency };
}

/** An empty cell is a score that could not be computed, unless the scorer did not apply to the answer. */
function scoresOf(cells: JsonObject, row: Row, { scorers, place }: TrialReading): readonly Score[] {
  const scores: Score[] = [];
  for (const { name, key, isAsked, thresholdOf } of scorers) {
    const value = numberOf(cells[key]);
    if (value !== null || isAsked(row, place))
      scores.push({ name, value, explanation: null, threshold: thresholdOf(row) });
  }
  return scores;
}

/** The grid place of a line. @param model the variant's, with its provider */
export function storedPlace(cells: JsonObject, { provider, model }: ModelRef): TrialKey {
  const { trial_id: trialId, row_id: rowId, prompt, temperature, repeat, label } = cells;
  return {
    trialId: textOr(trialId, ''),
    rowId: textOr(rowId, ''),
    prompt: textOr(prompt, ''),
    model,
    provider,
    temperature: numberOf(temperature),
    repeat: numberOr(repeat, 1),
    label: givenText(label),
  };
}
