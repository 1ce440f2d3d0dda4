import type { Flip } from '../../core/comparison.ts';
import type { Row } from '../../core/row.ts';
import type { Source } from '../../store/source.ts';
import { datasetRows } from '../report/dataset-rows.ts';
import { AskedOf } from './asked.ts';
import { cutText } from './row-texts.ts';

/** What the dataset is read for. */
interface DatasetRequest {
  readonly base: Source;
  /** Its dataset is tried first, and only its lines are looked up. */
  readonly candidate: Source;
  /** True also looks up lines. */
  readonly wantsLines: boolean;
}

/**
 * Flips with what only the dataset knows: the lines on which their rows begin, and what rows ask and expect if neither
 * side has kept it. All that stays unknown if the dataset is missing or has changed since the run. The dataset is not
 * read if nothing is looked for.
 */
export async function withDataset(flips: readonly Flip[], request: DatasetRequest): Promise<readonly Flip[]> {
  const { base, candidate, wantsLines } = request;
  const isAsked = flips.some(({ question, expected }) => question === null && expected === null);
  if (flips.length === 0 || !(wantsLines || isAsked)) return flips;
  const ids = new Set(flips.map(({ rowId }) => rowId));
  for (const source of isAsked ? [candidate, base] : [candidate]) {
    const rows = await datasetRows(ids, source.facts);
    if (rows === null) continue;
    const asked = new AskedOf(source);
    return flips.map((flip) => {
      const row = rows.get(flip.rowId);
      return row === undefined ? flip : { ...filled(flip, row, asked), line: source === candidate ? row.line : null };
    });
  }
  return flips;
}

function filled(flip: Flip, row: Row, asked: AskedOf): Flip {
  if (flip.question !== null || flip.expected !== null) return flip;
  const { question, expected } = asked.ofRow(row, flip.candidate.prompt);
  return { ...flip, question: cutText(question), expected: cutText(expected) };
}
