import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import { readRun } from '../../store/run-folder.ts';
import type { FileSettings } from '../config/schema.ts';

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
    ...(goodEnoughPoints === null ? {} : { goodEnough: goodEnoughPoints }),
  };
}

function isGivenScorer(value: JsonValue): value is GivenScorer {
  return typeof value === 'string' || isJsonObject(value);
}
