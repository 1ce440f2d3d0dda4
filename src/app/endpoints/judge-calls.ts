import { UsageError } from '../../core/errors.ts';
import type { Scorer } from '../../core/scorer.ts';
import { formatModelRef, type ModelRef } from '../../core/variant.ts';
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

/** The kinds of calls that scorers make, to judges and for embeddings. */
export function judgeCalls({ config: { judge }, scorers }: Pick<AskingRun, 'config' | 'scorers'>): readonly CallKind[] {
  return scorers.flatMap(({ asks }) => {
    if (asks === null) return [];
    return asks.requests.flatMap(({ model: name, params, task }) => {
      const own = task === undefined ? judge.model : judge.embeddingModel;
      const model = name === null ? own : judge.named[name];
      return model === undefined || model === null ? [] : [{ model, params, task }];
    });
  });
}

/** @throws UsageError for a field of a judge's calls that its API has no counterpart for, and if it has no embeddings */
export function checkJudgeFields(run: Pick<AskingRun, 'config' | 'scorers'>, lanes: readonly Lane[]): void {
  for (const { model, params, task } of judgeCalls(run)) {
    const lane = lanes.find(({ provider }) => provider.name === model.provider);
    if (lane === undefined) continue;
    if (task !== undefined) {
      checkHasEmbeddings(model, lane);
      continue;
    }
    const lack = lackedField(params, traitsOf(lane.provider.kind));
    if (lack === null) continue;
    const { name, given, hint } = lack;
    throw new UsageError(`the judge's ${name}${given} has no counterpart in the API of ${formatModelRef(model)}`, {
      hint,
    });
  }
}

function checkHasEmbeddings(model: ModelRef, { provider }: Lane): void {
  if (provider.hasEmbeddings) return;
  throw new UsageError(`${formatModelRef(model)}: promptgrid gets no embeddings from ${provider.kind}`, {
    hint: 'name a model of another provider with --embedding-model, such as openai/text-embedding-3-small',
  });
}
