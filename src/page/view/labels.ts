import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { keepLabels, type Label, type LabelStorage, type Labels, readLabels, withLabel } from '../data/labels.ts';

/** Labels and how they are changed. */
export interface Labelling {
  readonly labels: Labels;
  readonly change: (id: string, change: Partial<Label>) => void;
}

const context = createContext<Labelling>({ labels: new Map(), change: () => undefined });

/** Gives labels to what is inside. */
export const LabelsProvider = context.Provider;

/** The labels of the page. */
export function useLabels(): Labelling {
  return useContext(context);
}

/** The browser's storage; null where it is refused. */
function browserStorage(): LabelStorage | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/** Keeps labels in the browser. @param run what tells the run from others */
export function useKeptLabels(run: string): Labelling {
  const [labels, setLabels] = useState(() => readLabels(browserStorage(), run));
  const change = (id: string, changed: Partial<Label>): void => {
    setLabels((before) => {
      const after = withLabel(before, id, changed);
      keepLabels(browserStorage(), run, after);
      return after;
    });
  };
  return { labels, change };
}
