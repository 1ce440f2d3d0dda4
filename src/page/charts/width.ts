import { useEffect, useState } from 'preact/hooks';

/** Width of an element in px, as it changes. @param usual before it is known; @param least the smallest that is told */
export function useWidth(ref: { readonly current: Element | null }, usual = 560, least = 260): number {
  const [width, setWidth] = useState(usual);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      setWidth(Math.max(least, Math.floor(element.getBoundingClientRect().width)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
