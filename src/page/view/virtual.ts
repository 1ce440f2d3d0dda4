import {
  observeWindowOffset,
  observeWindowRect,
  type VirtualItem,
  Virtualizer,
  windowScroll,
} from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** What a windowed list shows. */
export interface Windowed {
  readonly items: readonly VirtualItem[];
  readonly height: number;
  /** Where the list begins in the page. */
  readonly margin: number;
  /** Call it with each drawn element, which has `data-index`. */
  readonly measure: (element: HTMLElement | null) => void;
  /**
   * Brings a line into view; the beginning of one that does not fit.
   * @param isFirst true to bring it to the top, wherever it is
   */
  readonly scrollTo: (index: number, isFirst?: boolean) => void;
}

interface ListOptions {
  readonly count: number;
  /** Height of a line that was not drawn yet, in pixels. */
  readonly estimate: number;
  readonly keyOf: (index: number) => string | number;
  /** Height of what stays at the top of the window. */
  readonly top: number;
  /** True for a line that may be much taller than the others. */
  readonly isOpen: (index: number) => boolean;
}

/** A list in the page's own scrolling of which only the visible lines are drawn. */
export function useWindowed(
  list: { readonly current: HTMLElement | null },
  { count, estimate, keyOf, top, isOpen }: ListOptions,
): Windowed {
  const [, redraw] = useState(0);
  const margin = useMargin(list);
  const kept = useRef<Virtualizer<Window, HTMLElement> | null>(null);
  const options = {
    count,
    estimateSize: () => estimate,
    getItemKey: keyOf,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    initialOffset: () => window.scrollY,
    scrollMargin: margin,
    scrollPaddingStart: top,
    overscan: 8,
    onChange: () => redraw((times) => times + 1),
  };
  const virtualizer = (kept.current ??= new Virtualizer<Window, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return {
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    margin,
    measure: virtualizer.measureElement,
    scrollTo: (index, isFirst = false) => {
      const { size = 0, end = 0 } = virtualizer.measurementsCache[index] ?? {};
      const isTall = size > window.innerHeight - top;
      // Below the window it was perhaps never drawn, and its height is a guess.
      const isBelow = isOpen(index) && end > window.scrollY + window.innerHeight;
      virtualizer.scrollToIndex(index, { align: isFirst || isTall || isBelow ? 'start' : 'auto' });
    },
  };
}

/** Where an element begins in the page, also after what is above it has changed. */
function useMargin(list: { readonly current: HTMLElement | null }): number {
  const [margin, setMargin] = useState(0);
  useEffect(() => {
    const look = (): void => {
      const element = list.current;
      if (element !== null) setMargin(Math.round(element.getBoundingClientRect().top + window.scrollY));
    };
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    look();
    return () => observer.disconnect();
  }, []);
  return margin;
}
