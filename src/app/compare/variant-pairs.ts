import type { VariantName } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import { variantKey, variantLabel } from '../../core/variant-name.ts';
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
 * Pairs variants of one label, else of one name, after the names of the base were mapped; if each side has only one,
 * those two.
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
  const pairs: VariantPair[] = [];
  for (const keyOf of PAIRINGS) {
    const [left, right] = [base.filter(isOpen(pairs)), candidate.filter(isOpen(pairs))];
    const wanted = onlyOnes(right, ({ name }) => keyOf(name));
    for (const [key, variant] of onlyOnes(left, ({ name }) => keyOf(mapped(name, maps)))) {
      const found = wanted.get(key);
      if (found !== undefined) pairs.push({ base: variant, candidate: found });
    }
  }
  pairs.sort((one, other) => base.indexOf(one.base) - base.indexOf(other.base));
  if (pairs.length === 0) throw nothingPaired(base, candidate);
  const [onlyBase, onlyCandidate] = [base, candidate].map((side) => side.filter(isOpen(pairs)).map(({ name }) => name));
  return { pairs, onlyBase: onlyBase ?? [], onlyCandidate: onlyCandidate ?? [] };
}

/**
 * What two variants must share to be a pair, the surest first: a label is a name that people gave so that it stays when
 * the model behind it changes.
 */
const PAIRINGS: readonly ((name: VariantName) => string | null)[] = [
  ({ label, prompt, temperature }) => (label === undefined ? null : JSON.stringify([label, prompt, temperature])),
  ({ label, prompt }) => (label === undefined ? null : JSON.stringify([label, prompt])),
  variantKey,
  ({ prompt, model, temperature }) => JSON.stringify([prompt, model, temperature]),
];

function isOpen(pairs: readonly VariantPair[]): (variant: VariantTrials) => boolean {
  return (variant) => !pairs.some(({ base, candidate }) => base === variant || candidate === variant);
}

/** Variants by their key, without those that have none or share one. */
function onlyOnes(
  variants: readonly VariantTrials[],
  keyOf: (variant: VariantTrials) => string | null,
): ReadonlyMap<string, VariantTrials> {
  const found = new Map<string, VariantTrials | null>();
  for (const variant of variants) {
    const key = keyOf(variant);
    if (key !== null) found.set(key, found.has(key) ? null : variant);
  }
  return new Map([...found].flatMap(([key, variant]) => (variant === null ? [] : [[key, variant] as const])));
}

function mapped({ label, ...name }: VariantName, maps: readonly NameMap[]): VariantName {
  const to = (text: string): string => maps.find(({ from }) => from === text)?.to ?? text;
  return {
    prompt: to(name.prompt),
    model: to(name.model),
    label: label === undefined ? undefined : to(label),
    temperature: name.temperature,
  };
}

function checkMap(map: NameMap, base: readonly VariantTrials[], candidate: readonly VariantTrials[]): void {
  checkName(map.from, 'base', base);
  checkName(map.to, 'candidate', candidate);
}

function checkName(name: string, side: string, variants: readonly VariantTrials[]): void {
  const known = [
    ...new Set(
      variants.flatMap(({ name: { prompt, model, label } }) => [
        prompt,
        model,
        ...(label === undefined ? [] : [label]),
      ]),
    ),
  ];
  if (known.includes(name)) return;
  throw new UsageError(`--map: the ${side} has no model, label or prompt "${name}"`, {
    hint: `it has ${known.join(', ')}${didYouMean(name, known)}`,
  });
}

function nothingPaired(base: readonly VariantTrials[], candidate: readonly VariantTrials[]): UsageError {
  const [before, after] = [base, candidate].map((side) => side.map(({ name }) => variantLabel(name)).join(', '));
  return new UsageError(`no variant is on both sides: the base has ${before}; the candidate has ${after}`, {
    hint: 'say which stands for which, such as --map gpt-4o=gpt-4o-mini or --map v1=v2',
  });
}
