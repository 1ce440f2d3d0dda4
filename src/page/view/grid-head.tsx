import type { JSX } from 'preact';
import { variantWord } from '../data/search.ts';
import { type Page, sentenceName, usePage } from './page.ts';

/** Column headers: the model over its temperatures, with the score; a click searches for what the variant fails. */
export function GridHead({ isDense }: { readonly isDense: boolean }): JSX.Element {
  const page = usePage();
  const { head, words } = page;
  return (
    <div role="rowgroup" class="grid-head">
      <div role="row" class="cells">
        <span role="columnheader">{words.row}</span>
        <span role="columnheader">{words.question}</span>
        {head.expectedColumn !== null && <span role="columnheader">{words.expected}</span>}
        {head.variants.map((_variant, variant) => (
          <VariantHead key={variant} variant={variant} isDense={isDense} isFirst={isFirstOfModel(page, variant)} />
        ))}
      </div>
    </div>
  );
}

function isFirstOfModel({ names }: Page, variant: number): boolean {
  return variant === 0 || names[variant - 1]?.model !== names[variant]?.model;
}

interface HeadProps {
  readonly variant: number;
  readonly isDense: boolean;
  readonly isFirst: boolean;
}

function VariantHead({ variant, isDense, isFirst }: HeadProps): JSX.Element {
  const page = usePage();
  const { head, names, format, words, chosen, scorer, set } = page;
  const { model = '', temperature = '' } = names[variant] ?? {};
  const mean = scorer?.leaderboard.find((entry) => entry.variant === variant)?.mean ?? null;
  const name = sentenceName(page, variant);
  const own = head.analysis.variants[variant]?.name ?? '';
  return (
    <span
      role="columnheader"
      data-v={variant}
      class={`variant${variant === chosen ? ' chosen' : ''}${isFirst ? ' first' : ''}`}
    >
      <button type="button" title={words.failsOf(name)} onClick={() => set({ query: variantWord('fail', own) })}>
        <span class={isFirst || isDense ? 'model' : 'model away'}>{model}</span>
        <span class="below">
          {temperature} {!isDense && mean !== null && <small>{format.percent(mean, 0)}</small>}
        </span>
      </button>
    </span>
  );
}
