import { useMemo } from 'preact/hooks';
import type { Filter, Order } from '../data/hash.ts';
import type { Labels } from '../data/labels.ts';
import { factsOf, type RowFacts, worth } from '../data/marks.ts';
import type { RowView } from '../data/row-view.ts';
import { matcherOf } from '../data/search.ts';
import { usePage } from './page.ts';

/** The rows that are shown, and how many each filter has. */
export interface ShownRows {
  readonly rows: readonly RowView[];
  readonly counts: Readonly<Record<Filter, number>>;
  /** What filters know of a row. */
  readonly factsOf: (row: RowView) => RowFacts | undefined;
}

/** Rows that changed between passed and failed, by id. */
function useFlipped(): ReadonlySet<string> {
  const { head } = usePage();
  return useMemo(() => new Set(head.comparison?.flippedRows), [head]);
}

/** Filters, searches and orders rows. */
export function useShownRows(rows: readonly RowView[], query: string, labels: Labels): ShownRows {
  const { head, view, scorerPlace } = usePage();
  const flipped = useFlipped();
  const facts = useMemo(() => rows.map((row) => factsOf(row, head.variants.length, scorerPlace)), [rows, scorerPlace]);
  const isIn = (filter: Filter, row: RowView): boolean => {
    const own = facts[row.place];
    return own !== undefined && TESTS[filter](own, { row, flipped, labels });
  };
  const counts = useMemo(() => {
    const found: Record<Filter, number> = { ...NO_COUNTS, all: rows.length };
    for (const row of rows) for (const filter of COUNTED) if (isIn(filter, row)) found[filter] += 1;
    return found;
  }, [rows, facts, flipped, labels]);
  const found = useMemo(() => {
    const matches = matcherOf(query, {
      columns: head.columns,
      variants: head.analysis.variants.map(({ name }) => name),
      scorer: scorerPlace,
    });
    return rows.filter((row) => isIn(view.filter, row) && matches(row));
  }, [rows, facts, query, view.filter, flipped, view.filter === 'labelled' ? labels : null]);
  const ordered = useMemo(() => inOrder(found, facts, view.order), [found, view.order]);
  return { rows: ordered, counts, factsOf: (row) => facts[row.place] };
}

interface Around {
  readonly row: RowView;
  readonly flipped: ReadonlySet<string>;
  readonly labels: Labels;
}

const TESTS: Readonly<Record<Filter, (facts: RowFacts, around: Around) => boolean>> = {
  all: () => true,
  disagree: ({ isDisagreeing }) => isDisagreeing,
  failed: ({ isFailed }) => isFailed,
  allFailed: ({ isAllFailed }) => isAllFailed,
  errored: ({ isErrored }) => isErrored,
  cut: ({ isCut }) => isCut,
  flaky: ({ isFlaky }) => isFlaky,
  flipped: (_facts, { row, flipped }) => flipped.has(row.id),
  labelled: (_facts, { row, labels }) => labels.size > 0 && row.trials.some(({ id }) => labels.has(id)),
};

const NO_COUNTS = {
  all: 0,
  disagree: 0,
  failed: 0,
  allFailed: 0,
  errored: 0,
  cut: 0,
  flaky: 0,
  flipped: 0,
  labelled: 0,
};
const COUNTED = ['disagree', 'failed', 'allFailed', 'errored', 'cut', 'flaky', 'flipped', 'labelled'] as const;

function inOrder(rows: readonly RowView[], facts: readonly RowFacts[], order: Order): readonly RowView[] {
  switch (order) {
    case 'plan':
      return rows;
    case 'id':
      return rows.toSorted((one, other) => collator.compare(one.id, other.id));
    case 'share': {
      const shareOf = ({ place }: RowView): number => facts[place]?.share ?? 2;
      return rows.toSorted((one, other) => shareOf(one) - shareOf(other));
    }
    case 'worth': {
      const worths = facts.map(worth);
      return rows.toSorted((one, other) => (worths[other.place] ?? 0) - (worths[one.place] ?? 0));
    }
  }
}

const collator = new Intl.Collator('en', { numeric: true });
