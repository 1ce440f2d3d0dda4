import { CallError } from '../../core/call-error.ts';
import type { Picounits } from '../../core/money.ts';
import { requireProvider } from '../config/endpoints.ts';
import type { Lane } from './lanes.ts';

/** What an account can still spend. */
export interface AccountBalance {
  readonly provider: string;
  /** The balance and the credit beyond it. */
  readonly available: Picounits;
  readonly currency: string;
}

const TIMEOUT_MS = 10_000;

/** What the accounts of a run have left; one that does not tell is left out. */
export async function readBalances(lanes: readonly Lane[]): Promise<readonly AccountBalance[]> {
  const balances = await Promise.all(lanes.map(readAccountBalance));
  return balances.filter((balance) => balance !== null);
}

/** What a lane's account has left; null where it does not tell. */
export async function readAccountBalance({ provider }: Lane): Promise<AccountBalance | null> {
  if (!requireProvider(provider.name).hasBalance) return null;
  try {
    const { balance, creditLimit, currency } = await provider.balance(AbortSignal.timeout(TIMEOUT_MS));
    return { provider: provider.name, available: balance + (creditLimit ?? 0n), currency };
  } catch (error) {
    // A balance that is not told is no reason to stop.
    if (error instanceof CallError || (error instanceof Error && error.name === 'TimeoutError')) return null;
    throw error;
  }
}
