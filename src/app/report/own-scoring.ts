import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { readModelRef } from '../../core/variant.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import { readRun } from '../../store/run-folder.ts';
import type { FileSettings } from '../config/schema.ts';
import type { KnownModels } from '../config/scoring.ts';

/** How a run's answers were scored, as settings: for scoring them so once more. @throws RunFolderError if there is no run */
export async function ownScoring(folder: string): Promise<FileSettings> {
  const { scorers, judgeModel, embeddingModel, expectedColumn, clusterColumn, goodEnoughPoints } = (
    await readRun(folder)
  ).settings;
  return {
    score: scorers.filter(isGivenScorer),
    ...(judgeModel === null ? {} : { judgeModel }),
    ...(embeddingModel === null ? {} : { embeddingModel }),
    ...(expectedColumn === null ? {} : { expected: expectedColumn }),
    ...(clusterColumn === null ? {} : { cluster: clusterColumn }),
    ...(goodEnoughPoints === null ? {} : { goodEnough: goodEnoughPoints / 100 }),
  };
}

/** The models that a run asked, judges too, and their providers. @throws RunFolderError if there is no run */
export async function modelsOfRun(folder: string): Promise<KnownModels> {
  const { variants, settings } = await readRun(folder);
  const { judges, judgeModel, embeddingModel, endpoints } = settings;
  const named = [...judges, ...[judgeModel, embeddingModel].filter((name) => name !== null)];
  return { models: [...named.map(readModelRef), ...variants.map(({ model }) => model)], providers: endpoints };
}

function isGivenScorer(value: JsonValue): value is GivenScorer {
  return typeof value === 'string' || isJsonObject(value);
}
