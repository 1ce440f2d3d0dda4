import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import type { PageHead } from '../../core/page-data.ts';
import type { ShownChance } from '../../core/paired/chance.ts';
import type { View } from '../data/hash.ts';
import type { NameParts } from '../data/names.ts';
import type { Words } from '../words/en.ts';
import type { Format } from '../words/format.ts';

/** What every part of the page knows. */
export interface Page {
  readonly head: PageHead;
  readonly words: Words;
  readonly format: Format;
  readonly view: View;
  /** Changes the view. */
  readonly set: (change: Partial<View>) => void;
  /** The scorer that is shown; null without scores. */
  readonly scorer: ScorerAnalysis | null;
  /** Its index among the scorers of the rows, −1 for none. */
  readonly scorerPlace: number;
  /** In plan order. */
  readonly names: readonly NameParts[];
  /** The column that rows are recognised by; null for their last user message. */
  readonly questionColumn: number | null;
  /** The chosen variant; null for none. */
  readonly chosen: number | null;
}

const context = createContext<Page | null>(null);

/** Gives the page to what is inside. */
export const PageProvider = context.Provider;

/** The page that a component is part of. */
export function usePage(): Page {
  const page = useContext(context);
  if (page === null) throw new Error('outside of a page');
  return page;
}

/** Names of a list that are written out. */
const MOST_NAMES = 6;

/** Variants by name; of many the first, and how many more there are. */
export function namesText(page: Pick<Page, 'names' | 'words' | 'format'>, variants: readonly number[]): string {
  const { words, format } = page;
  // One more takes less room than to say that there is one more.
  const shown = variants.length > MOST_NAMES + 1 ? variants.slice(0, MOST_NAMES) : variants;
  const names = shown.map((variant) => sentenceName(page, variant)).join(', ');
  const more = variants.length - shown.length;
  return more === 0 ? names : `${names} ${words.andMore(format.count(more))}`;
}

/** A variant's name in a sentence: `gpt-4o at 0`. */
export function sentenceName({ names, words }: Pick<Page, 'names' | 'words'>, variant: number): string {
  const { model, temperature } = names[variant] ?? { model: '', temperature: '' };
  return temperature === '' ? model : `${model} ${words.at(temperature)}`;
}

/** The p-values of a comparison: `p = 0.003`; `p = 0.021, corrected p = 0.084`. */
export function chanceText(
  { words, format }: Pick<Page, 'words' | 'format'>,
  { pValue, corrected }: ShownChance,
): string {
  const own = format.pValue(pValue);
  return corrected === null ? own : `${own}, ${words.corrected(format.pValue(corrected))}`;
}
