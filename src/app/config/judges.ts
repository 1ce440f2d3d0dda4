import { GOOD_ENOUGH_POINTS } from '../../core/analysis/cheapest.ts';
import { UsageError } from '../../core/errors.ts';
import { formatModelRef, type GridModel, type ModelRef } from '../../core/variant.ts';
import { namedModels } from '../../scorers/index.ts';
import { parseModelRef } from './endpoints.ts';
import { noEmbeddingModel } from './no-embeddings.ts';
import type { JudgeConfig, ScoringConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';
import { pointsOf } from './values.ts';

/** Reads the name of a model. @throws UsageError for one that cannot be meant */
export type ReadModel = (name: string, settings: FileSettings) => ModelRef;

/**
 * How answers are scored, and which models judge.
 * @param read finds the provider of models that judge
 * @throws UsageError for a judge without a model
 */
export function resolveScoring(settings: FileSettings, read: ReadModel = parseModelRef): ScoringConfig {
  return {
    scorers: settings.score ?? [],
    expectedColumn: settings.expected ?? 'expected',
    judge: resolveJudge(settings, read),
    keepThoughts: settings.keepThoughts ?? false,
    clusterColumn: settings.cluster ?? null,
    goodEnoughPoints: settings.goodEnough === undefined ? GOOD_ENOUGH_POINTS : pointsOf(settings.goodEnough),
  };
}

function resolveJudge(settings: FileSettings, read: ReadModel): JudgeConfig {
  const { score = [], judgeModel, judgeAgainst } = settings;
  const asked = namedModels(score, undefined);
  if (judgeModel === undefined && asked.includes(null)) {
    throw new UsageError('a model is to judge, and none is named', {
      hint: 'give --judge-model, such as --judge-model gpt-4o; its calls are paid as well',
    });
  }
  if (judgeAgainst !== undefined && judgeModel === undefined && asked.length === 0) {
    throw new UsageError('--judge-against compares a judge with people, and no model is to judge', {
      hint: 'give a judge, such as --score judge --judge-model gpt-4o',
    });
  }
  const compared = namedModels(score, 'similarity');
  const named = [...asked, ...compared].filter((name) => name !== null);
  const { embeddingModel } = settings;
  if (embeddingModel === undefined && compared.includes(null)) throw noEmbeddingModel();
  return {
    embeddingModel: embeddingModel === undefined ? null : read(embeddingModel, settings),
    model: judgeModel === undefined ? null : read(judgeModel, settings),
    named: Object.fromEntries(named.map((name) => [name, read(name, settings)])),
    against: judgeAgainst ?? null,
  };
}

/** The models of judges and embeddings, each once. */
export function judgesOf({
  judge: { model, named, embeddingModel },
}: Pick<ScoringConfig, 'judge'>): readonly ModelRef[] {
  const all = [...Object.values(named), ...[model, embeddingModel].filter((ref) => ref !== null)];
  return [...new Map(all.map((ref) => [formatModelRef(ref), ref])).values()];
}

/** Which models a run uses. */
type ModelUse = Pick<ScoringConfig, 'judge'> & { readonly models: readonly Pick<GridModel, 'ref'>[] };

/** Every model that receives requests, each once: those of the grid, then the judges. */
export function askedModels(config: ModelUse): readonly ModelRef[] {
  const ofGrid = config.models.map(({ ref }) => ref);
  return [...new Map([...ofGrid, ...judgesOf(config)].map((ref) => [formatModelRef(ref), ref])).values()];
}
