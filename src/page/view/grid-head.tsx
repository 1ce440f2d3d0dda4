import type { JSX } from 'preact';
import { shortened } from '../data/names.ts';
import { variantWord } from '../data/search.ts';
import { type Page, sentenceName, usePage } from './page.ts';

/** Column headers: the model over its temperatures, with the score; a click searches for what the variant fails. */
export function GridHead({
  isDense,
  every,
}: {
  readonly isDense: boolean;
  /** Of so many columns one has its name. */
  readonly every: number;
}): JSX.Element {
  const page = usePage();
  const { head, words } = page;
  return (
    <div role="rowgroup" class="grid-head">
      <div role="row" class="cells">
        <span role="columnheader">{words.row}</span>
        <span role="columnheader">{words.question}</span>
        {head.expectedColumn !== null && <span role="columnheader">{words.expected}</span>}
        {head.variants.map((_variant, variant) => (
          <VariantHead
            key={variant}
            variant={variant}
            isDense={isDense}
            isNamed={every === 1 || (variant % every === 0 && variant + every < head.variants.length)}
            columns={columnsOfModel(page, variant)}
          />
        ))}
      </div>
    </div>
  );
}

/** Over how many columns the name of a model stands; 0 if it begins further left. */
function columnsOfModel({ names }: Page, variant: number): number {
  const model = names[variant]?.model;
  if (variant > 0 && names[variant - 1]?.model === model) return 0;
  const end = names.findIndex((other, place) => place > variant && other.model !== model);
  return (end < 0 ? names.length : end) - variant;
}

/** Characters of a name over one column: with fewer variants columns are wider. */
function mostOfName(variants: number): number {
  if (variants > MANY) return 24;
  return variants < FEW ? 56 : 32;
}

/** Characters of an upright name. */
const MOST_UPRIGHT = 13;
const FEW = 5;
const MANY = 8;

interface HeadProps {
  readonly variant: number;
  readonly isDense: boolean;
  /** False where there is no room for a name. */
  readonly isNamed: boolean;
  /** Over how many columns its name stands. */
  readonly columns: number;
}

function VariantHead({ variant, isDense, isNamed, columns }: HeadProps): JSX.Element {
  const page = usePage();
  const { head, names, format, words, chosen, scorer, set } = page;
  const { model = '', temperature = '' } = names[variant] ?? {};
  const mean = scorer?.leaderboard.find((entry) => entry.variant === variant)?.mean ?? null;
  const isFirst = columns > 0;
  const shown = shortened(model, isDense ? MOST_UPRIGHT : Math.max(1, columns) * mostOfName(head.variants.length));
  const name = sentenceName(page, variant);
  // Neighbours under one name have the same number of lines.
  const isTight = temperature !== '' && head.variants.length >= FEW;
  const own = head.analysis.variants[variant]?.name ?? '';
  return (
    <span
      role="columnheader"
      data-v={variant}
      class={`variant${variant === chosen ? ' chosen' : ''}${isFirst ? ' first' : ''}${isNamed ? '' : ' unnamed'}`}
    >
      <button type="button" title={words.failsOf(name)} onClick={() => set({ query: variantWord('fail', own) })}>
        <span
          class={isFirst || isDense ? 'model' : 'model away'}
          style={columns > 1 && !isDense ? { width: `${100 * columns}%` } : {}}
        >
          {shown}
        </span>
        <span class="below">
          {temperature}{' '}
          {!isDense && mean !== null && (
            <small class={isTight ? 'line-of-its-own' : ''}>{format.percent(mean, 0)}</small>
          )}
        </span>
      </button>
    </span>
  );
}
