import { UsageError } from '../../core/errors.ts';
import type { LeastScore, MinOn } from '../../core/gate.ts';
import { type Picounits, parseDecimal } from '../../core/money.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { FileSettings } from '../config/schema.ts';

/** What a run has to meet. */
export interface GateConfig {
  readonly least: readonly LeastScore[];
  readonly minOn: MinOn;
  /** Largest share of errored trials that a variant may have; null where it is no gate. */
  readonly maxErrored: number | null;
  /** Most that 1,000 rows may cost with any variant, in its currency; null where it is no gate. */
  readonly maxCostPerThousand: Picounits | null;
}

/** The gates that settings ask for. @throws UsageError for what is no such figure */
export function resolveGates({ min = [], minOn, maxErrored, maxCostPer1k }: FileSettings): GateConfig {
  return {
    least: min.map(readLeast),
    minOn: minOn === 'point' ? 'point' : 'lower',
    maxErrored: maxErrored === undefined ? null : readShare(maxErrored, '--max-errored', '1%'),
    maxCostPerThousand: maxCostPer1k === undefined ? null : readAmount(maxCostPer1k),
  };
}

/** Reads `exact=0.9` or `exact=90%`. @throws UsageError */
export function readLeast(text: string): LeastScore {
  const at = text.lastIndexOf('=');
  const scorer = text.slice(0, at);
  if (at > 0) return { scorer, least: readShare(text.slice(at + 1), `--min ${scorer}`, `${scorer}=0.9`) };
  throw new UsageError(`--min ${text}: names no score`, { hint: 'write it like --min exact=0.9' });
}

const SHARE = /^(\d{1,3}(?:\.\d{1,12})?|\.\d{1,12})(%?)$/;

/** Reads `0.01` or `1%` as a share from 0 to 1. @param flag and @param example for the error. @throws UsageError */
export function readShare(text: string, flag: string, example: string): number {
  const [, digits = '', sign = ''] = SHARE.exec(text.trim()) ?? [];
  const share = digits === '' ? Number.NaN : Number(digits) / (sign === '%' ? 100 : 1);
  if (share >= 0 && share <= 1) return share;
  throw new UsageError(`${flag}: "${text}" is no share`, {
    hint: `give one from 0 to 1 or in percent, such as ${example}`,
  });
}

function readAmount(text: string): Picounits {
  const amount = parseDecimal(text);
  if (amount !== null && amount > 0n) return amount;
  throw new UsageError(`--max-cost-per-1k: "${text}" is no amount above 0`, {
    hint: 'give a decimal number, such as --max-cost-per-1k 200',
  });
}

/** @throws UsageError for a least score that no scorer gives, with the nearest name */
export function checkLeast({ least }: GateConfig, scorers: readonly string[]): void {
  const unknown = least.find(({ scorer }) => !scorers.includes(scorer));
  if (unknown === undefined) return;
  const known = scorers.length === 0 ? 'give a --score' : `scores: ${scorers.join(', ')}`;
  throw new UsageError(`--min ${unknown.scorer}: there is no such score`, {
    hint: `${known}${didYouMean(unknown.scorer, scorers)}`,
  });
}
