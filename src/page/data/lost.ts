import type { PageLost } from '../../core/page-data.ts';
import type { Words } from '../words/en.ts';
import type { Format } from '../words/format.ts';

interface Speech {
  readonly words: Words;
  readonly format: Format;
}

/** Calls that may have been billed without a usable answer, and what they cost at most; null if there are none. */
export function lostCallsText(speech: Speech, lost: PageLost): string | null {
  const { words, format } = speech;
  return lost.calls === 0 ? null : words.lostCalls(format, lost, costText(speech, lost));
}

/** What is not in a sum of what was paid: lost results, and such calls. */
export function lostTexts(speech: Speech, lost: PageLost): readonly string[] {
  const { words, format } = speech;
  const calls = lostCallsText(speech, lost);
  return [...(lost.results === 0 ? [] : [words.lostResults(format, lost.results)]), ...(calls === null ? [] : [calls])];
}

function costText({ words, format }: Speech, { costsAtMost, unbounded }: PageLost): string {
  if (costsAtMost.length === 0) return unbounded === 0 ? '' : words.lostUnknown;
  const unknown = unbounded === 0 ? '' : ` + ${format.count(unbounded)} ${words.unknown}`;
  return words.lostMost(format.costs(costsAtMost) + unknown);
}
