import { commandProperty, commandText, cutShort, oneLine } from '../core/plain-text.ts';
import { formatCount } from './format.ts';

/** GitHub shows ten annotations of a kind per step; one says how many more there are. */
export const MOST_ANNOTATIONS = 10;

const SHOWN_ANSWER = 200;

/** A row that failed or errored, with what its variants said. */
export interface BadRow {
  readonly rowId: string;
  /** Variants in which it failed or errored. */
  readonly bad: readonly { readonly variant: string; readonly message: string; readonly answer: string | null }[];
  /** Variants that ran it. */
  readonly variants: number;
  /** null if it expects nothing. */
  readonly expected: string | null;
}

/** Where annotations are placed. */
interface AnnotationPlace {
  /** Path of the dataset from the root of the checkout; null omits the place. */
  readonly file: string | null;
  /** Lines of rows in that file, by id; null if they are unknown. */
  readonly lines: ReadonlyMap<string, number> | null;
}

/**
 * GitHub workflow commands: a warning for each of the worst rows of a run, on the dataset's line.
 * @param rows the worst first; @param total rows that failed or errored
 */
export function renderRunAnnotations(
  rows: readonly BadRow[],
  total: number,
  { file, lines }: AnnotationPlace,
): readonly string[] {
  const shown = rows.slice(0, MOST_ANNOTATIONS);
  const rest = total - shown.length;
  const more =
    rest === 0
      ? []
      : [
          `::notice title=promptgrid report::${formatCount(rest)} more ${rest === 1 ? 'row' : 'rows'} failed or errored`,
        ];
  return [...shown.map((row) => annotation(row, file, lines?.get(row.rowId) ?? null)), ...more];
}

function annotation(row: BadRow, file: string | null, line: number | null): string {
  const { rowId, bad, variants, expected } = row;
  const place = file === null ? [] : [['file', file], ...(line === null ? [] : [['line', String(line)]])];
  const properties = [...place, ['title', 'promptgrid report']].map(
    ([name, value = '']) => `${name}=${commandProperty(value)}`,
  );
  const text = [
    `${oneLine(rowId)}: failed with ${bad.length} of ${variants} ${variants === 1 ? 'variant' : 'variants'}`,
    ...(expected === null ? [] : [`expected: ${short(expected)}`]),
    ...bad.map(({ variant, message, answer }) => `${oneLine(variant)}: ${short(answer ?? message)}`),
  ];
  return `::warning ${properties.join(',')}::${commandText(text.join('\n'))}`;
}

function short(text: string): string {
  return cutShort(oneLine(text), SHOWN_ANSWER);
}
