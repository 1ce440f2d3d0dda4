import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import type { PageHead } from '../../core/page-data.ts';
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

/** A variant's name in a sentence: `gpt-4o at 0`. */
export function sentenceName({ names, words }: Pick<Page, 'names' | 'words'>, variant: number): string {
  const { model, temperature } = names[variant] ?? { model: '', temperature: '' };
  return temperature === '' ? model : `${model} ${words.at(temperature)}`;
}
