import { Account } from '../../src/engine/account.ts';
import { OwnRateBook, type RateBook } from '../../src/engine/rate-book.ts';
import { Rates } from '../../src/engine/rates.ts';
import type { Clock } from '../../src/io/clock.ts';

/** Limits of an account; null where there is none. */
export interface AccountLimits {
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly concurrency: number;
  readonly isFixed: boolean;
}

/** An account with its limits. @param book where its calls are counted; default one of its own */
export function openAccount(
  { rpm, tpm, concurrency, isFixed }: AccountLimits,
  clock: Clock,
  onConcurrency: (limit: number) => void = () => undefined,
  book: RateBook = new OwnRateBook(),
): Account {
  const limits = { rpm, tpm };
  const rates = rpm === null && tpm === null ? null : new Rates({ limits, book, clock, longestCallMs: 120_000 });
  return new Account({ concurrency, isFixed, rates, clock, onConcurrency });
}
