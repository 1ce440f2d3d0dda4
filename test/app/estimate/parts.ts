import type { CountedRows, TagColumn } from '../../../src/app/estimate/counted-rows.ts';
import { SeenVariant } from '../../../src/app/estimate/seen.ts';
import { estimateVariant, type VariantBasis, type VariantPart } from '../../../src/app/estimate/variant.ts';
import { type Price, pricePerThousand } from '../../../src/core/price.ts';
import { NO_TOKENS } from '../../../src/pricing/token-kinds.ts';
import { completed, variant } from '../../core/parts.ts';

/** Rows whose prompts have so many tokens, all of them of Latin letters. @param rows of the dataset; default those */
export function countedRows(
  lengths: readonly number[],
  {
    rows = lengths.length,
    tagColumns = [],
  }: { readonly rows?: number; readonly tagColumns?: readonly TagColumn[] } = {},
): CountedRows {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return {
    ...{ rows, counted: lengths.length, ordinals: lengths.map((_, ordinal) => ordinal), tagColumns },
    lengthsOf: () => lengths,
    countOf: () => ({ tokens, byKind: { ...NO_TOKENS.byKind, latin: tokens } }),
    expectedTokens: null,
  };
}

/** What one row's answer had. */
export interface Asked {
  /** Place among the counted rows. */
  readonly place: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A variant of which these rows were asked once, and what that cost at a price. */
export function seenVariant(asked: readonly Asked[], price: Price | null): SeenVariant {
  const seen = new SeenVariant();
  for (const { place, promptTokens, completionTokens } of asked) {
    const usage = { promptTokens, completionTokens, totalTokens: null, cachedPromptTokens: null };
    seen.add(completed({ usage }), price);
    seen.doneRows += 1;
    seen.donePlaces.add(place);
    const cost =
      price === null
        ? null
        : BigInt(promptTokens) * price.promptToken + BigInt(completionTokens) * price.completionToken;
    seen.paid += cost ?? 0n;
    seen.answers.push({ place, row: String(place), promptTokens, completionTokens, cost });
  }
  return seen;
}

/** A price in rubles for 1,000 tokens. */
export function rubles(prompt: string, completion: string, fields: Partial<Price> = {}): Price {
  const [promptToken, completionToken] = [pricePerThousand(prompt), pricePerThousand(completion)];
  if (promptToken === null || completionToken === null) throw new TypeError('no decimal');
  return { promptToken, completionToken, currency: 'RUB', source: 'a test', date: '2026-01-02T03:04:05Z', ...fields };
}

/** A variant's estimate; whatever is not given is that of one model whose every row is still to be asked. */
export function estimated(counted: CountedRows, fields: Partial<VariantBasis> = {}): VariantPart {
  return estimateVariant({
    ...{ variant: variant(), repeats: 1, counted, own: new SeenVariant(), other: null, price: null, currency: 'RUB' },
    ...{ mostCompletion: null, maxTokens: null, promptBytes: 0, planned: null, concurrency: 8, level: 0.9 },
    ...fields,
  });
}
