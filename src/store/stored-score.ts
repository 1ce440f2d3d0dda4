import { ResultsError, type SourcePlace } from '../core/errors.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { ROUNDING } from '../core/rounding.ts';

/** Begins the column of each score. */
const SCORE_PREFIX = 'score.';

const MOST_SHOWN = 60;

/**
 * A score of a record; null if its cell is empty.
 * @param key its column
 * @throws ResultsError for any other value that is not a number from 0 to 1: as unscored it would go unnoticed, and a
 * gate would pass on the answers that are left
 */
export function storedScore(record: JsonObject, key: string, place: SourcePlace): number | null {
  const cell = record[key] ?? null;
  if (cell === null) return null;
  if (typeof cell === 'number' && cell >= -ROUNDING && cell <= 1 + ROUNDING) return cell;
  throw new ResultsError(place, `${key} is ${shown(cell)}, which is not a score from 0 to 1`, {
    hint: 'write scores as shares, such as 0.5 for 50 %, and leave the cell of an answer without a score empty',
  });
}

/** Reads all scores of an answer. @throws ResultsError as `storedScore` */
export function checkScores(record: JsonObject, place: SourcePlace): void {
  if (record['status'] !== 'completed') return;
  for (const key in record) if (key.startsWith(SCORE_PREFIX)) storedScore(record, key, place);
}

function shown(cell: JsonValue): string {
  const text = JSON.stringify(cell);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
