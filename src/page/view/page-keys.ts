import { THEMES } from '../data/hash.ts';
import { useKeys } from './keys.ts';
import { usePage } from './page.ts';
import { SEARCH_ID } from './rows-bar.tsx';

/** Keys that belong to no part of the page. */
export function usePageKeys(): void {
  const { view, set } = usePage();
  useKeys({
    t: () => set({ theme: THEMES[(THEMES.indexOf(view.theme) + 1) % THEMES.length] ?? 'auto' }),
    '/': () => {
      const field = document.getElementById(SEARCH_ID);
      field?.scrollIntoView({ block: 'center' });
      field?.focus({ preventScroll: true });
    },
  });
}
