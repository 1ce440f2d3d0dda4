import type { CountedRows, TagColumn } from '../../../src/app/forecast/counted-rows.ts';
import { SeenVariant } from '../../../src/app/forecast/seen.ts';
import { estimateVariant, type VariantBasis, type VariantPart } from '../../../src/app/forecast/variant.ts';
import { costOf, type Price, pricePerThousand } from '../../../src/core/price.ts';
import { UNKNOWN_COST } from '../../../src/core/usage.ts';
import { NO_TOKENS, type PromptCount } from '../../../src/pricing/token-kinds.ts';
import { completed, variant } from '../../core/parts.ts';

/**
 * Rows whose prompts have this many tokens, all of Latin letters, and ten bytes for each. @param rows of the dataset;
 * default those
 */
export function countedRows(
  lengths: readonly number[],
  {
    rows = lengths.length,
    tagColumns = [],
    definitions = 0,
  }: { readonly rows?: number; readonly tagColumns?: readonly TagColumn[]; readonly definitions?: number } = {},
): CountedRows {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return {
    rows,
    counted: lengths.length,
    ordinals: lengths.map((_, ordinal) => ordinal),
    tagColumns,
    lengthsOf: () => lengths,
    countOf: () => latin(tokens),
    definitionsOf: () => latin(definitions),
    bytesOf: () => lengths.map((length) => length * 10),
    expectedTokens: null,
  };
}

function latin(tokens: number): PromptCount {
  return { tokens, byKind: { ...NO_TOKENS.byKind, latin: tokens } };
}

/** Only the given bytes bound prompts; they are text. */
export const TEXT_BOUNDS = { bytes: 0, mostBytes: 0, definitionBytes: 0, isText: true, isBounded: true };

/** The usage of one row's answer. */
export interface Asked {
  /** Place among the counted rows. */
  readonly place: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A variant of which these rows ran once, and their cost at a price. */
export function seenVariant(asked: readonly Asked[], price: Price | null): SeenVariant {
  const seen = new SeenVariant();
  for (const { place, promptTokens, completionTokens } of asked) {
    const usage = { promptTokens, completionTokens, totalTokens: null, cachedPromptTokens: null };
    const cost = price === null ? UNKNOWN_COST : costOf(price, usage);
    seen.add(completed({ usage, cost }), price);
    seen.doneRows += 1;
    seen.donePlaces.add(place);
    seen.answers.push({ place, row: String(place), promptTokens, completionTokens, cost: cost.total });
  }
  return seen;
}

/** A price in rubles per 1,000 tokens. */
export function rubles(prompt: string, completion: string, fields: Partial<Price> = {}): Price {
  const [promptToken, completionToken] = [pricePerThousand(prompt), pricePerThousand(completion)];
  if (promptToken === null || completionToken === null) throw new TypeError('no decimal');
  return { promptToken, completionToken, currency: 'RUB', source: 'a test', date: '2026-01-02T03:04:05Z', ...fields };
}

/** A variant's estimate; by default of one model with every row remaining. */
export function estimated(counted: CountedRows, fields: Partial<VariantBasis> = {}): VariantPart {
  return estimateVariant({
    variant: variant(),
    repeats: 1,
    counted,
    own: new SeenVariant(),
    other: null,
    price: null,
    currency: 'RUB',
    mostCompletion: null,
    maxTokens: null,
    bounds: TEXT_BOUNDS,
    planned: null,
    concurrency: 8,
    level: 0.9,
    ...fields,
  });
}
