import type { JSX } from 'preact';
import { FILTERS, type Filter, ORDERS } from '../data/hash.ts';
import { type Labels, labelsCsv } from '../data/labels.ts';
import { type Page, usePage } from './page.ts';
import { Select } from './parts.tsx';

/** The field that `/` leads to. */
export const SEARCH_ID = 'search';

/** Filters that are always offered; the others only if they have rows. */
const USUAL: ReadonlySet<Filter> = new Set(['all', 'disagree', 'failed', 'errored']);

interface BarProps {
  readonly counts: Readonly<Record<Filter, number>>;
  readonly found: number;
  readonly labels: Labels;
}

/** Search, filters and order of rows. */
export function RowsBar({ counts, found, labels }: BarProps): JSX.Element {
  const page = usePage();
  const { words, format, view, set } = page;
  const shown = FILTERS.filter((filter) => USUAL.has(filter) || counts[filter] > 0 || view.filter === filter);
  return (
    <div class="rows-bar" role="search">
      <input
        id={SEARCH_ID}
        type="search"
        spellcheck={false}
        aria-label={words.search}
        placeholder={words.searchHint(hintOf(page))}
        value={view.query}
        onInput={({ currentTarget }) => set({ query: currentTarget.value })}
      />
      {shown.map((filter) => (
        <button
          type="button"
          class="chip"
          key={filter}
          aria-pressed={view.filter === filter}
          disabled={counts[filter] === 0 && view.filter !== filter}
          onClick={() => set({ filter: view.filter === filter ? 'all' : filter })}
        >
          {words.filters[filter]} <span class="quiet">{format.count(counts[filter])}</span>
        </button>
      ))}
      <span class="order">
        {labels.size > 0 && (
          <button type="button" class="chip" onClick={() => download(labels, page)}>
            {words.exportLabels(format, labels.size)}
          </button>
        )}
        <span class="quiet">{words.order}</span>
        <Select
          label={words.order}
          values={ORDERS}
          textOf={(order) => words.orders[order]}
          value={view.order}
          onChoose={(order) => set({ order })}
        />
        <span aria-live="polite">{words.rowsN(format, found)}</span>
      </span>
    </div>
  );
}

/** A column that a reader may search in, as an example. */
function hintOf({ head }: Page): string {
  const column =
    head.columns.find((name) => !['id', 'system', 'prompt', 'messages', head.expectedColumn].includes(name)) ??
    head.expectedColumn;
  return column === null ? 'fail:1' : `${column}:…`;
}

function download(labels: Labels, { head }: Page): void {
  const address = URL.createObjectURL(new Blob([labelsCsv(labels)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${head.run.name}-labels.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
