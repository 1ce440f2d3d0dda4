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

/** What the scorers of a command may rely on. */
interface ScoringUse {
  /** Finds the provider of models that judge. */
  readonly read: ReadModel;
  /** False for a command that calls no model, and takes verdicts from the journal. */
  readonly callsModels: boolean;
}

const IN_A_RUN: ScoringUse = { read: parseModelRef, callsModels: true };

/** How answers are scored, and which models judge. @throws UsageError for a judge without a model */
export function resolveScoring(settings: FileSettings, use: ScoringUse = IN_A_RUN): ScoringConfig {
  return {
    scorers: settings.score ?? [],
    expectedColumn: settings.expected ?? 'expected',
    judge: resolveJudge(settings, use),
    keepThoughts: settings.keepThoughts ?? false,
    clusterColumn: columnOf(settings.cluster),
    goodEnoughPoints: settings.goodEnough === undefined ? GOOD_ENOUGH_POINTS : pointsOf(settings.goodEnough),
  };
}

/** The column of `--cluster`; an empty name is none. */
function columnOf(cluster: string | undefined): string | null {
  return cluster === undefined || cluster === '' ? null : cluster;
}

function resolveJudge(settings: FileSettings, { read, callsModels }: ScoringUse): JudgeConfig {
  const { score = [], judgeModel, judgeAgainst } = settings;
  const asked = namedModels(score, undefined);
  if (judgeModel === undefined && asked.includes(null)) {
    throw new UsageError('a model is to judge, and none is named', {
      hint: callsModels
        ? 'give --judge-model, such as --judge-model gpt-4o; its calls are paid as well'
        : noCallsHint('--judge-model gpt-4o'),
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
  if (embeddingModel === undefined && compared.includes(null)) {
    throw noEmbeddingModel(callsModels ? undefined : noCallsHint('--embedding-model text-embedding-3-small'));
  }
  return {
    embeddingModel: embeddingModel === undefined ? null : read(embeddingModel, settings),
    model: judgeModel === undefined ? null : read(judgeModel, settings),
    named: Object.fromEntries(named.map((name) => [name, read(name, settings)])),
    against: judgeAgainst ?? null,
  };
}

function noCallsHint(flag: string): string {
  return `the run has none either, and this command calls no model: give the run command again with this scorer and ${flag}`;
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
