import { GOOD_ENOUGH_POINTS } from '../../core/analysis/cheapest.ts';
import { UsageError } from '../../core/errors.ts';
import { formatModelRef, type GridModel, type ModelRef } from '../../core/variant.ts';
import { namedModels } from '../../scorers/index.ts';
import { parseModelRef } from './endpoints.ts';
import { noEmbeddingModel } from './no-embeddings.ts';
import type { JudgeConfig, ScoringConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';

/** How answers are scored, and which models judge. @throws UsageError for a judge without a model */
export function resolveScoring(settings: FileSettings): ScoringConfig {
  return {
    scorers: settings.score ?? [],
    expectedColumn: settings.expected ?? 'expected',
    judge: resolveJudge(settings),
    keepThoughts: settings.keepThoughts ?? false,
    clusterColumn: settings.cluster ?? null,
    goodEnoughPoints: settings.goodEnough ?? GOOD_ENOUGH_POINTS,
  };
}

function resolveJudge(settings: FileSettings): JudgeConfig {
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
  return {
    embeddingModel: resolveEmbeddingModel(settings, compared),
    model: judgeModel === undefined ? null : parseModelRef(judgeModel, settings),
    named: Object.fromEntries(named.map((name) => [name, parseModelRef(name, settings)])),
    against: judgeAgainst ?? null,
  };
}

/** The model of embeddings; null if none is given. @throws UsageError if there is none that can make them */
function resolveEmbeddingModel(settings: FileSettings, compared: readonly (string | null)[]): ModelRef | null {
  const { embeddingModel } = settings;
  if (embeddingModel === undefined && compared.includes(null)) throw noEmbeddingModel();
  return embeddingModel === undefined ? null : parseModelRef(embeddingModel, settings);
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
