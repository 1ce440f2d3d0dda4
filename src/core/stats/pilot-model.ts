import type { Population } from './population.ts';
import { fTail } from './student.ts';

/** A row that was actually run. */
export interface PilotRow {
  /** A value known in advance, such as its prompt tokens. */
  readonly x: number;
  /** A value with only a few distinct values among rows; null for none. */
  readonly tag: string | null;
  /** Its result, such as completion tokens; from 0. */
  readonly y: number;
}

/** The terms of a row's expected y: a mean, optionally a slope over x, optionally a part for each tag. */
export interface Model {
  readonly usesX: boolean;
  /** Tags with a part of their own; empty if tags are not used. */
  readonly tags: readonly (string | null)[];
  /** Shrinkage of a tag's part towards 0: variance of y within tags divided by variance between them; above 0. */
  readonly penalty: number;
  /** Number of columns from which the tags' column was chosen by looking at y, at least 1. */
  readonly tagColumns: number;
}

/** Significance level at which x or the tags are believed to matter. */
const BELIEVED_BELOW = 0.05;
/** Pilot rows that must remain for estimating the spread. */
const LEAST_DF = 5;
const LEAST_PENALTY = 1e-6;

const MEAN: Model = { usesX: false, tags: [], penalty: 1, tagColumns: 1 };

/**
 * Chooses what the expected y depends on, by F tests as in the analysis of covariance: first the more significant of x
 * and the tags, then the other in addition. Noise passes a test once in twenty pilots. H. Scheffé, The Analysis of
 * Variance (1959), 6.
 * @param tagColumns number of columns from which the tags' one was chosen by looking at y; they share the one in twenty
 *   (C. E. Bonferroni's correction)
 */
export function chooseModel(pilot: readonly PilotRow[], population: Population, tagColumns = 1): Model {
  const whole = squares([pilot]);
  const within = squares(groupByTag(pilot));
  const n = pilot.length;
  const groups = population.tags === null ? 1 : within.groups;
  const withTags = groups > 1 && n - groups - 1 >= LEAST_DF;
  const p = {
    x: n - 2 >= LEAST_DF ? chance(whole.y, whole.rest, 1, n - 2) : 1,
    tags: withTags ? tagColumns * chance(whole.y, within.y, groups - 1, n - groups) : 1,
    xBesideTags: withTags ? chance(within.y, within.rest, 1, n - groups - 1) : 1,
    tagsBesideX: withTags ? tagColumns * chance(whole.rest, within.rest, groups - 1, n - groups - 1) : 1,
  };
  const isXFirst = p.x <= p.tags;
  const usesX = (isXFirst ? p.x : p.xBesideTags) < BELIEVED_BELOW && (isXFirst || p.tags < BELIEVED_BELOW);
  const usesTags = (isXFirst ? p.tagsBesideX : p.tags) < BELIEVED_BELOW && (!isXFirst || p.x < BELIEVED_BELOW);
  if (!usesTags) return { ...MEAN, usesX };
  const tags = [...new Set([...pilot.map(({ tag }) => tag), ...(population.tags?.keys() ?? [])])];
  return { usesX, tags, penalty: penaltyOf(pilot, usesX), tagColumns };
}

/** Sums of squares of y around group means, before and after a common slope over x. */
interface Squares {
  readonly groups: number;
  readonly y: number;
  readonly rest: number;
}

function squares(groups: readonly (readonly PilotRow[])[]): Squares {
  let [xx, xy, yy] = [0, 0, 0];
  for (const rows of groups) {
    const meanX = rows.reduce((sum, { x }) => sum + x, 0) / rows.length;
    const meanY = rows.reduce((sum, { y }) => sum + y, 0) / rows.length;
    for (const { x, y } of rows) {
      xx += (x - meanX) ** 2;
      xy += (x - meanX) * (y - meanY);
      yy += (y - meanY) ** 2;
    }
  }
  return { groups: groups.length, y: yy, rest: xx > 0 ? Math.max(0, yy - (xy * xy) / xx) : yy };
}

function groupByTag(pilot: readonly PilotRow[]): readonly (readonly PilotRow[])[] {
  const groups = new Map<string | null, PilotRow[]>();
  for (const row of pilot) {
    const group = groups.get(row.tag);
    if (group === undefined) groups.set(row.tag, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/**
 * Probability that chance alone lowers a sum of squares from `before` to `after` by `added` parameters; 1 if none is
 * added.
 */
function chance(before: number, after: number, added: number, df: number): number {
  if (!(before > after)) return 1;
  return fTail((before - after) / added / (after / df), added, df);
}

/** Variances within and between tags: C. R. Henderson, "Estimation of Variance and Covariance Components" (1953). */
function penaltyOf(pilot: readonly PilotRow[], usesX: boolean): number {
  const groups = groupByTag(pilot);
  const [whole, inTags] = [squares([pilot]), squares(groups)];
  const [before, after] = usesX ? [whole.rest, inTags.rest] : [whole.y, inTags.y];
  const n = pilot.length;
  const within = after / (n - groups.length - (usesX ? 1 : 0));
  const rowsOfTag = (n - groups.reduce((sum, { length }) => sum + length * length, 0) / n) / (groups.length - 1);
  const between = ((before - after) / (groups.length - 1) - within) / rowsOfTag;
  return between > 0 ? Math.max(LEAST_PENALTY, within / between) : 1 / LEAST_PENALTY;
}
