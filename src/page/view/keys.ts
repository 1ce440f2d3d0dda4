import { useEffect, useRef } from 'preact/hooks';

/** What keys do, by their names. */
export type KeyActions = Readonly<Record<string, () => void>>;

const TYPED_IN = new Set(['INPUT', 'SELECT', 'TEXTAREA']);
/** Keys with a meaning of their own in what is focused. */
const OWN_KEYS = new Set(['Enter', ' ', 'ArrowUp', 'ArrowDown']);
const FOCUSABLE = 'button, summary, a, .matrix';

/** Calls actions for keys that nothing else takes. */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      const isTyping = target instanceof HTMLElement && TYPED_IN.has(target.tagName);
      if (isTyping && event.key !== 'Escape') return;
      if (OWN_KEYS.has(event.key) && target instanceof HTMLElement && target.closest(FOCUSABLE) !== null) return;
      const action = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
