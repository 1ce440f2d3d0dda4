import { CallError } from '../../core/call-error.ts';
import type { Picounits } from '../../core/money.ts';
import { traitsOf } from '../../providers/index.ts';
import type { Lane } from './lanes.ts';

/** Remaining funds of an account. */
export interface AccountBalance {
  readonly provider: string;
  /** The balance and the credit beyond it. */
  readonly available: Picounits;
  readonly currency: string;
}

const TIMEOUT_MS = 10_000;

/** The remaining funds of a run's accounts, without accounts that do not report them. */
export async function readBalances(lanes: readonly Lane[]): Promise<readonly AccountBalance[]> {
  const balances = await Promise.all(lanes.map(readAccountBalance));
  return balances.filter((balance) => balance !== null);
}

/** The remaining funds of a lane's account; null if it does not report them. */
export async function readAccountBalance({ provider }: Lane): Promise<AccountBalance | null> {
  if (!traitsOf(provider.kind).hasBalance) return null;
  try {
    const { balance, creditLimit, currency } = await provider.balance(AbortSignal.timeout(TIMEOUT_MS));
    return { provider: provider.name, available: balance + (creditLimit ?? 0n), currency };
  } catch (error) {
    // An unknown balance is no reason to stop.
    if (error instanceof CallError || (error instanceof Error && error.name === 'TimeoutError')) return null;
    throw error;
  }
}
