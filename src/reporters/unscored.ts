import { cutShort, oneLine } from '../core/plain-text.ts';
import type { Summary } from '../core/summary.ts';
import { gaveNothing, type UnscoredAnswers, unscoredAnswers } from '../core/unscored.ts';
import { formatCount } from './format.ts';

/** Maximum characters of a reason on a terminal. */
const LONGEST_REASON = 240;

/** Which scorers left answers unscored, and why, one line each. */
export function renderUnscored({ variants }: Pick<Summary, 'variants'>): readonly string[] {
  return unscoredAnswers(variants).map(line);
}

/** The lines about scorers without a score for any answer. */
export function renderUseless({ variants }: Pick<Summary, 'variants'>): readonly string[] {
  return unscoredAnswers(variants).filter(gaveNothing).map(line);
}

function line(scores: UnscoredAnswers): string {
  const { name, scored, unscored, reasons } = scores;
  const [first, ...others] = reasons;
  const reason = first === undefined ? 'no reason given' : cutShort(oneLine(first.reason), LONGEST_REASON);
  const more = others.length === 0 ? '' : `; and ${others.length} more ${others.length === 1 ? 'reason' : 'reasons'}`;
  const answers = `${formatCount(scored + unscored)} ${scored + unscored === 1 ? 'answer' : 'answers'}`;
  const lead = gaveNothing(scores)
    ? `gave no score for any of ${answers}`
    : `gave no score for ${formatCount(unscored)} of ${answers}`;
  return `${oneLine(name)} ${lead}: ${reason}${more}`;
}
