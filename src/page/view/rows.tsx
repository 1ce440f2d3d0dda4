import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useWidth } from '../charts/width.ts';
import { type Columns, columnsOf, MOST_WIDE } from '../data/columns.ts';
import type { RowFacts } from '../data/marks.ts';
import type { RowView } from '../data/row-view.ts';
import { GridHead } from './grid-head.tsx';
import { useKeys } from './keys.ts';
import { useLabels } from './labels.ts';
import { type DiffStep, OpenRow } from './open-row.tsx';
import { type Page, usePage } from './page.ts';
import { RowLine } from './row-line.tsx';
import { RowsBar } from './rows-bar.tsx';
import { type ShownRows, useShownRows } from './shown-rows.ts';
import { useWindowed } from './virtual.ts';

const LINE_HEIGHT = 32;
const PHONE_LINE_HEIGHT = 92;
const PHONE = 'screen and (max-width: 960px)';
/** Lines of a printed page; a browser cannot print what it has not drawn. */
const MOST_PRINTED = 500;

/** Every row of the run. */
export function Rows({
  rows,
  isReading,
}: {
  readonly rows: readonly RowView[];
  readonly isReading: boolean;
}): JSX.Element {
  const page = usePage();
  const { head, words, format, view } = page;
  const { labels } = useLabels();
  const query = useDelayed(view.query);
  const shown = useShownRows(rows, query, labels);
  const { keptRows, rows: all, cutRows, cutUnits } = head.rows;
  return (
    <section class="rows" id="rows" aria-labelledby="rows-title">
      <div class="rows-title">
        <h2 id="rows-title">{words.sections.rows}</h2>
        <RowsBar counts={shown.counts} found={shown.rows.length} labels={labels} />
      </div>
      {keptRows < all && <p class="note">{words.kept(format, keptRows, all)}</p>}
      {cutRows > 0 && <p class="note">{words.cutRows(format, cutRows, cutUnits)}</p>}
      <Grid shown={shown} />
      {isReading && <p class="note">{words.loading}</p>}
      {!isReading && shown.rows.length === 0 && (
        <p class="none-found">
          {words.emptyRows}{' '}
          <button type="button" class="chip" onClick={() => page.set({ query: '', filter: 'all' })}>
            {words.clear}
          </button>
        </p>
      )}
    </section>
  );
}

/** A value that follows another one once it rests, so that typing is not held up by a search. */
function useDelayed(value: string): string {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), 60);
    return () => clearTimeout(timer);
  }, [value]);
  return delayed;
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const look = (): void => setMatches(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, [query]);
  return matches;
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const [begin, end] = [(): void => setPrinting(true), (): void => setPrinting(false)];
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}

/** The cursor stays on its row when the rows around it change. */
function useCursor(rows: readonly RowView[]): readonly [number, (index: number) => void] {
  const [id, setId] = useState('');
  const index = useMemo(() => (id === '' ? -1 : rows.findIndex((row) => row.id === id)), [rows, id]);
  return [index, (next) => setId(rows[next]?.id ?? '')];
}

/** What a list of rows is drawn from. */
interface GridState {
  readonly list: { current: HTMLDivElement | null };
  readonly isDense: boolean;
  readonly isPrinting: boolean;
  readonly cursor: number;
  readonly diff: DiffStep;
  readonly toggle: (index: number) => void;
  readonly measure: (element: HTMLElement | null) => void;
  readonly height: number;
  /** Places of the drawn rows, with their offsets from the top. */
  readonly items: readonly { readonly index: number; readonly start: number }[];
}

function useGrid({ rows, factsOf }: ShownRows): GridState {
  const page = usePage();
  const { head, view } = page;
  const list = useRef<HTMLDivElement | null>(null);
  const [isPhone, isPrinting] = [useMedia(PHONE), usePrinting()];
  const [cursor, setCursor] = useCursor(rows);
  const [diff, setDiff] = useState<DiffStep>({ row: '', step: 0 });
  const isDense = head.variants.length > MOST_WIDE || isPhone;
  const windowed = useWindowed(list, {
    count: rows.length,
    estimate: isPhone ? PHONE_LINE_HEIGHT : LINE_HEIGHT,
    keyOf: (index) => rows[index]?.place ?? index,
    // The bar and the column headers stay in view.
    top: isPhone ? 44 : isDense ? 190 : 110,
    isOpen: (index) => view.open.includes(rows[index]?.id ?? ''),
  });
  const move = (index: number, isFirst = false): void => {
    if (index < 0 || index >= rows.length) return;
    setCursor(index);
    windowed.scrollTo(index, isFirst);
  };
  const toggle = (index: number): void => {
    const row = rows[index];
    if (row === undefined) return;
    setCursor(index);
    page.set({ open: toggled(view.open, row.id) });
  };
  useGridKeys(page, { rows, cursor, move, toggle, setDiff, factsOf });
  useFirstOpened(rows, view.open, (index) => move(index, true));
  const items = isPrinting
    ? rows.slice(0, MOST_PRINTED).map((_row, index) => ({ index, start: 0 }))
    : windowed.items.map(({ index, start }) => ({ index, start: start - windowed.margin }));
  const { measure, height } = windowed;
  return { list, isDense, isPrinting, cursor, diff, toggle, measure, height, items };
}

/** Width of the rows on paper, in pixels. */
const PAPER_WIDTH = 1030;

function classOf(isDense: boolean, { isTight }: Columns): string {
  if (!isDense) return 'grid';
  return isTight ? 'grid dense tight' : 'grid dense';
}

function Grid({ shown }: { readonly shown: ShownRows }): JSX.Element {
  const page = usePage();
  const grid = useGrid(shown);
  const { list, isDense, isPrinting, cursor, height, items } = grid;
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidth(ref);
  const columns = columnsOf({
    variants: page.head.variants.length,
    hasExpected: page.head.expectedColumn !== null,
    isDense,
    width: isPrinting ? PAPER_WIDTH : width,
  });
  const active = items.some(({ index }) => index === cursor) ? { 'aria-activedescendant': `row-${cursor}` } : {};
  return (
    <div
      ref={ref}
      class={classOf(isDense, columns)}
      role="treegrid"
      aria-labelledby="rows-title"
      aria-rowcount={shown.rows.length + 1}
      tabIndex={0}
      {...active}
      style={{ '--columns': columns.template }}
    >
      <GridHead isDense={isDense} every={columns.every} />
      <div role="rowgroup" ref={list} class="lines" style={isPrinting ? {} : { height: `${height}px` }}>
        {items.map(({ index, start }) => {
          const row = shown.rows[index];
          return row === undefined ? null : <Line key={row.place} row={row} index={index} start={start} grid={grid} />;
        })}
      </div>
    </div>
  );
}

interface LineProps {
  readonly row: RowView;
  readonly index: number;
  readonly start: number;
  readonly grid: GridState;
}

function Line({ row, index, start, grid }: LineProps): JSX.Element {
  const page = usePage();
  const { isDense, isPrinting, cursor, diff, toggle, measure } = grid;
  const isOpen = page.view.open.includes(row.id);
  // Scrolling draws the list again: the same element tells that nothing in it has changed.
  const cells = useMemo(
    () => <RowLine row={row} isDense={isDense} />,
    [row, isDense, page.head, page.scorerPlace, page.questionColumn, page.format],
  );
  return (
    <div
      data-index={index}
      ref={measure}
      class={`line${index === cursor ? ' cursor' : ''}${isOpen ? ' open' : ''}`}
      style={isPrinting ? {} : { transform: `translateY(${start}px)` }}
    >
      <div
        role="row"
        id={`row-${index}`}
        aria-rowindex={index + 2}
        aria-expanded={isOpen}
        aria-selected={index === cursor}
        class="cells"
        onClick={() => toggle(index)}
      >
        {cells}
      </div>
      {isOpen && (
        <div role="row" class="detail">
          <div role="gridcell">
            <OpenRow row={row} diff={diff} />
          </div>
        </div>
      )}
    </div>
  );
}

function toggled(open: readonly string[], id: string): readonly string[] {
  return open.includes(id) ? open.filter((one) => one !== id) : [...open, id];
}

interface GridActions {
  readonly rows: readonly RowView[];
  readonly cursor: number;
  readonly move: (index: number) => void;
  readonly toggle: (index: number) => void;
  readonly setDiff: (step: (before: DiffStep) => DiffStep) => void;
  readonly factsOf: (row: RowView) => RowFacts | undefined;
}

function useGridKeys(page: Page, { rows, cursor, move, toggle, setDiff, factsOf }: GridActions): void {
  const { set, view } = page;
  const [down, up] = [(): void => move(cursor + 1), (): void => move(Math.max(0, cursor - 1))];
  const open = (): void => toggle(cursor);
  useKeys({
    j: down,
    k: up,
    ArrowDown: down,
    ArrowUp: up,
    Enter: open,
    o: open,
    n: () => move(rows.findIndex((row, index) => index > cursor && factsOf(row)?.isDisagreeing === true)),
    '1': () => set({ filter: 'all' }),
    '2': () => set({ filter: 'disagree' }),
    '3': () => set({ filter: 'failed' }),
    '4': () => set({ filter: 'errored' }),
    d: () => {
      const id = rows[cursor]?.id;
      if (id !== undefined) setDiff((before) => ({ row: id, step: before.row === id ? before.step + 1 : 1 }));
    },
    Escape: () => {
      if (view.open.length > 0) set({ open: [] });
      else set({ query: '', filter: 'all' });
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
    },
  });
}

/** A page opened by a link to a row shows that row. */
function useFirstOpened(rows: readonly RowView[], open: readonly string[], move: (index: number) => void): void {
  const wanted = useRef(open[0]);
  useEffect(() => {
    const id = wanted.current;
    if (id === undefined) return;
    const index = rows.findIndex((row) => row.id === id);
    if (index < 0) return;
    wanted.current = undefined;
    // Once what is above has its height.
    setTimeout(() => move(index), 60);
  }, [rows]);
}
