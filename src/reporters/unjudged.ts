import { cutShort, oneLine } from '../core/plain-text.ts';
import type { Summary } from '../core/summary.ts';
import { gaveNothing, type UnjudgedScores, unjudgedScores } from '../core/unjudged.ts';
import { formatCount } from './format.ts';

/** Most characters of a reason on a terminal. */
const LONGEST_REASON = 240;

/** Which scorers left answers unjudged, and why, a line each. */
export function renderUnjudged({ variants }: Pick<Summary, 'variants'>): readonly string[] {
  return unjudgedScores(variants).map(line);
}

/**
 * Those of these lines that are about scorers which gave nothing on every answer.
 * @param excused names of scorers that may give nothing, since nobody was asked
 */
export function renderUseless(
  { variants }: Pick<Summary, 'variants'>,
  excused: readonly string[] = [],
): readonly string[] {
  const useless = unjudgedScores(variants).filter(gaveNothing);
  return useless.filter(({ name }) => !excused.includes(name)).map(line);
}

function line(scores: UnjudgedScores): string {
  const { name, judged, unjudged, reasons } = scores;
  const [first, ...others] = reasons;
  const reason = first === undefined ? 'no reason given' : cutShort(oneLine(first.reason), LONGEST_REASON);
  const more = others.length === 0 ? '' : `; and ${others.length} more ${others.length === 1 ? 'reason' : 'reasons'}`;
  const answers = `${formatCount(judged + unjudged)} ${judged + unjudged === 1 ? 'answer' : 'answers'}`;
  const lead = gaveNothing(scores)
    ? `gave no score for any of ${answers}`
    : `gave no score for ${formatCount(unjudged)} of ${answers}`;
  return `${oneLine(name)} ${lead}: ${reason}${more}`;
}
