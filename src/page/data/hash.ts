import type { Language } from '../words/format.ts';

/** Filters of rows, in the order of their keys. */
export const FILTERS = [
  'all',
  'disagree',
  'failed',
  'allFailed',
  'errored',
  'cut',
  'flaky',
  'flipped',
  'labelled',
] as const;
/** One of them. */
export type Filter = (typeof FILTERS)[number];
/** Orders of rows. */
export const ORDERS = ['worth', 'plan', 'share', 'id'] as const;
/** One of them. */
export type Order = (typeof ORDERS)[number];
/** Colour themes. */
export const THEMES = ['auto', 'light', 'dark'] as const;
/** One of them. */
export type Theme = (typeof THEMES)[number];

/** What a reader has chosen; all of it stands in the address, so that it can be sent to others. */
export interface View {
  readonly query: string;
  readonly filter: Filter;
  readonly order: Order;
  /** Name of the scorer; empty for the first. */
  readonly scorer: string;
  /** Ids of opened rows. */
  readonly open: readonly string[];
  /** null for the browser's own. */
  readonly language: Language | null;
  readonly theme: Theme;
}

/** Reads the part of the address behind `#`. */
export function readHash(hash: string): View {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const one = <Value extends string>(name: string, known: readonly Value[], otherwise: Value): Value => {
    return known.find((value) => value === values.get(name)) ?? otherwise;
  };
  return {
    query: values.get('q') ?? '',
    filter: one('show', FILTERS, 'all'),
    order: one('order', ORDERS, 'worth'),
    scorer: values.get('score') ?? '',
    open: values.getAll('row'),
    language: one<Language | ''>('lang', ['en', 'ru'], '') || null,
    theme: one('theme', THEMES, 'auto'),
  };
}

/** The address of a view; empty for the first one. */
export function hashOf(view: View): string {
  const values = new URLSearchParams();
  if (view.query !== '') values.set('q', view.query);
  if (view.filter !== 'all') values.set('show', view.filter);
  if (view.order !== 'worth') values.set('order', view.order);
  if (view.scorer !== '') values.set('score', view.scorer);
  if (view.language !== null) values.set('lang', view.language);
  if (view.theme !== 'auto') values.set('theme', view.theme);
  for (const id of view.open) values.append('row', id);
  const text = values.toString();
  return text === '' ? '' : `#${text}`;
}
