import type { VariantName } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import { variantLabel } from '../../core/variant-name.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { VariantTrials } from './variant-trials.ts';

/** A model or prompt of the base, and its counterpart in the candidate. */
export interface NameMap {
  readonly from: string;
  readonly to: string;
}

/** A variant of the base paired with one of the candidate. */
export interface VariantPair {
  readonly base: VariantTrials;
  readonly candidate: VariantTrials;
}

/** Which variants are compared, and which have no counterpart. */
export interface VariantPairs {
  readonly pairs: readonly VariantPair[];
  readonly onlyBase: readonly VariantName[];
  readonly onlyCandidate: readonly VariantName[];
}

/**
 * Pairs variants of one name, after the names of the base were mapped; if each side has only one, those two.
 * @throws UsageError for a name that the sides do not have, and if nothing can be paired
 */
export function pairVariants(
  base: readonly VariantTrials[],
  candidate: readonly VariantTrials[],
  maps: readonly NameMap[],
): VariantPairs {
  for (const map of maps) checkMap(map, base, candidate);
  const [[onlyOfBase, ...others], [onlyOfCandidate, ...more]] = [base, candidate];
  if (onlyOfBase !== undefined && onlyOfCandidate !== undefined && others.length + more.length === 0) {
    return { pairs: [{ base: onlyOfBase, candidate: onlyOfCandidate }], onlyBase: [], onlyCandidate: [] };
  }
  const wanted = new Map(candidate.map((variant) => [variantKey(variant.name), variant]));
  const pairs = base.flatMap((variant): VariantPair[] => {
    const found = wanted.get(variantKey(mapped(variant.name, maps)));
    return found === undefined ? [] : [{ base: variant, candidate: found }];
  });
  if (pairs.length === 0) throw nothingPaired(base, candidate);
  const isPaired = (variant: VariantTrials): boolean =>
    pairs.some((p) => p.base === variant || p.candidate === variant);
  const [onlyBase, onlyCandidate] = [base, candidate].map((side) =>
    side.filter((variant) => !isPaired(variant)).map(({ name }) => name),
  );
  return { pairs, onlyBase: onlyBase ?? [], onlyCandidate: onlyCandidate ?? [] };
}

function variantKey({ prompt, model, temperature }: VariantName): string {
  return JSON.stringify([prompt, model, temperature]);
}

function mapped({ prompt, model, temperature }: VariantName, maps: readonly NameMap[]): VariantName {
  const to = (name: string): string => maps.find(({ from }) => from === name)?.to ?? name;
  return { prompt: to(prompt), model: to(model), temperature };
}

function checkMap(map: NameMap, base: readonly VariantTrials[], candidate: readonly VariantTrials[]): void {
  checkName(map.from, 'base', base);
  checkName(map.to, 'candidate', candidate);
}

function checkName(name: string, side: string, variants: readonly VariantTrials[]): void {
  const known = [...new Set(variants.flatMap(({ name: { prompt, model } }) => [prompt, model]))];
  if (known.includes(name)) return;
  throw new UsageError(`--map: the ${side} has no model or prompt "${name}"`, {
    hint: `it has ${known.join(', ')}${didYouMean(name, known)}`,
  });
}

function nothingPaired(base: readonly VariantTrials[], candidate: readonly VariantTrials[]): UsageError {
  const [before, after] = [base, candidate].map((side) => side.map(({ name }) => variantLabel(name)).join(', '));
  return new UsageError(`no variant is on both sides: the base has ${before}; the candidate has ${after}`, {
    hint: 'say which stands for which, such as --map gpt-4o=gpt-4o-mini or --map v1=v2',
  });
}
