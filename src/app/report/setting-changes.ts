import { GOOD_ENOUGH_POINTS } from '../../core/analysis/cheapest.ts';
import { formatModelRef, type ModelRef } from '../../core/variant.ts';
import type { StoredSettings } from '../../store/run-file.ts';
import type { ScoringConfig } from '../config/run-config.ts';

/** A setting of a run that scoring it again changed. */
export interface SettingChange {
  /** Its name, as in promptgrid.yaml. */
  readonly setting: string;
  /** null for none. */
  readonly before: string | null;
  readonly now: string | null;
}

/** What differs between the scoring of a run and another one, but for the scorers. */
export function settingChanges(stored: StoredSettings, scoring: ScoringConfig): readonly SettingChange[] {
  const { expectedColumn, judge, clusterColumn, goodEnoughPoints } = scoring;
  const both: readonly (readonly [string, string | null, string | null])[] = [
    ['expected', stored.expectedColumn ?? 'expected', expectedColumn],
    ['cluster', stored.clusterColumn, clusterColumn],
    ['goodEnough', pointsText(stored.goodEnoughPoints ?? GOOD_ENOUGH_POINTS), pointsText(goodEnoughPoints)],
    ['judgeModel', stored.judgeModel, nameOf(judge.model)],
    ['judgeAgainst', stored.judgeAgainst, judge.against],
    ['embeddingModel', stored.embeddingModel, nameOf(judge.embeddingModel)],
  ];
  return both.flatMap(([setting, before, now]) => (before === now ? [] : [{ setting, before, now }]));
}

function pointsText(points: number): string {
  return `${points} points`;
}

function nameOf(model: ModelRef | null): string | null {
  return model === null ? null : formatModelRef(model);
}
