import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { hundredthOf } from '../../core/rounding.ts';
import { readModelRef } from '../../core/variant.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import { readRun } from '../../store/run-folder.ts';
import type { StoredScoring } from '../config/scoring.ts';

/** How a run's answers were scored. */
interface OwnScoring extends StoredScoring {
  readonly scorers: readonly GivenScorer[];
}

/** How a run's answers were scored, as settings: for scoring them once more. @throws RunFolderError if there is no run */
export async function ownScoring(folder: string): Promise<OwnScoring> {
  const { variants, settings: stored } = await readRun(folder);
  const { judges, judgeModel, judgeAgainst, embeddingModel, expectedColumn, clusterColumn, goodEnoughPoints } = stored;
  const named = [...judges, ...[judgeModel, embeddingModel].filter((name) => name !== null)];
  return {
    scorers: stored.scorers.filter(isGivenScorer),
    models: [...named.map(readModelRef), ...variants.map(({ model }) => model)],
    providers: stored.endpoints,
    judgeAgainst,
    settings: {
      ...(judgeModel === null ? {} : { judgeModel }),
      ...(embeddingModel === null ? {} : { embeddingModel }),
      ...(expectedColumn === null ? {} : { expected: expectedColumn }),
      ...(clusterColumn === null ? {} : { cluster: clusterColumn }),
      ...(goodEnoughPoints === null ? {} : { goodEnough: hundredthOf(goodEnoughPoints) }),
    },
  };
}

function isGivenScorer(value: JsonValue): value is GivenScorer {
  return typeof value === 'string' || isJsonObject(value);
}
