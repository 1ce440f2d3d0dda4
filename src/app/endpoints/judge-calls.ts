import { UsageError } from '../../core/errors.ts';
import type { Scorer } from '../../core/scorer.ts';
import { formatModelRef } from '../../core/variant.ts';
import { traitsOf } from '../../providers/index.ts';
import { lackedField } from '../config/api-fields.ts';
import type { GridConfig, MoneyConfig, ScoringConfig } from '../config/run-config.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import type { CallKind } from './call-bound.ts';
import type { Lane } from './lanes.ts';

/** The model requests of a run. */
export interface AskingRun {
  readonly config: GridConfig & MoneyConfig & Pick<ScoringConfig, 'judge'>;
  readonly facts: Pick<DatasetFacts, 'promptFacts'>;
  readonly scorers: readonly Scorer[];
}

/** The kinds of calls that judges make. */
export function judgeCalls({ config: { judge }, scorers }: Pick<AskingRun, 'config' | 'scorers'>): readonly CallKind[] {
  return scorers.flatMap(({ asks }) => {
    if (asks === null) return [];
    const { model: name, params } = asks.request;
    const model = name === null ? judge.model : judge.named[name];
    return model === undefined || model === null ? [] : [{ model, params }];
  });
}

/** @throws UsageError for a field of a judge's calls that its API has no counterpart for */
export function checkJudgeFields(run: Pick<AskingRun, 'config' | 'scorers'>, lanes: readonly Lane[]): void {
  for (const { model, params } of judgeCalls(run)) {
    const lane = lanes.find(({ provider }) => provider.name === model.provider);
    const lack = lane === undefined ? null : lackedField(params, traitsOf(lane.provider.kind));
    if (lack === null) continue;
    const { name, given, hint } = lack;
    throw new UsageError(`the judge's ${name}${given} has no counterpart in the API of ${formatModelRef(model)}`, {
      hint,
    });
  }
}
