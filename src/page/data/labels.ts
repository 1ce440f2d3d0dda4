import { withoutFormula } from '../../core/formula.ts';

/** What a reader thinks of an answer. */
export interface Label {
  readonly mark: 'good' | 'bad' | '';
  readonly note: string;
}

/** Labels by trial id. */
export type Labels = ReadonlyMap<string, Label>;

/** Where labels are kept; the browser's own storage, or none where it refuses. */
export interface LabelStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'promptgrid labels of ';

/** The labels of a run. @param run what tells it from others */
export function readLabels(storage: LabelStorage | null, run: string): Labels {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY + run) ?? '[]');
    return new Map(Array.isArray(kept) ? kept.flatMap(readLabel) : []);
  } catch {
    return new Map();
  }
}

function readLabel(value: unknown): readonly [string, Label][] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  const [id, mark, note] = parts;
  if (typeof id !== 'string' || typeof note !== 'string') return [];
  return [[id, { mark: mark === 'good' || mark === 'bad' ? mark : '', note }]];
}

/** Keeps the labels of a run; a storage that is full or closed keeps none, and the page still has them. */
export function keepLabels(storage: LabelStorage | null, run: string, labels: Labels): void {
  try {
    storage?.setItem(KEY + run, JSON.stringify([...labels].map(([id, { mark, note }]) => [id, mark, note])));
  } catch {
    // The export button still gives them.
  }
}

/** The labels with one changed; an empty one is none. */
export function withLabel(labels: Labels, id: string, change: Partial<Label>): Labels {
  const changed = new Map(labels);
  const label = { mark: '' as const, note: '', ...labels.get(id), ...change };
  if (label.mark === '' && label.note === '') changed.delete(id);
  else changed.set(id, label);
  return changed;
}

/** Labels as CSV (RFC 4180): trial_id, label, note. Cells that a spreadsheet would run are made harmless. */
export function labelsCsv(labels: Labels): string {
  const lines = [...labels].map(([id, { mark, note }]) => [id, mark, note].map(csvCell).join(','));
  return ['trial_id,label,note', ...lines, ''].join('\r\n');
}

function csvCell(text: string): string {
  const safe = withoutFormula(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
