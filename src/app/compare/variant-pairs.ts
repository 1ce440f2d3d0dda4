import type { VariantName } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import { variantKey, variantLabel } from '../../core/variant-name.ts';
import { isModelNamed, mappedName, type NameMap, type OwnMaps, ownMaps, readMaps } from './name-maps.ts';
import type { VariantTrials } from './variant-trials.ts';

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
 * Pairs variants that are mapped, then the others by label, else by name; if each side has only one, those two.
 * @throws UsageError for maps that do not fit the sides or pair nothing, and if nothing can be paired
 */
export function pairVariants(
  base: readonly VariantTrials[],
  candidate: readonly VariantTrials[],
  given: readonly NameMap[],
): VariantPairs {
  const names = [base, candidate].map((side) => side.map(({ name }) => name));
  const maps = readMaps(given, names[0] ?? [], names[1] ?? []);
  const [[onlyOfBase, ...others], [onlyOfCandidate, ...more]] = [base, candidate];
  if (onlyOfBase !== undefined && onlyOfCandidate !== undefined && others.length + more.length === 0) {
    return { pairs: [{ base: onlyOfBase, candidate: onlyOfCandidate }], onlyBase: [], onlyCandidate: [] };
  }
  const wanting = base.map((variant) => ({ variant, maps: ownMaps(variant.name, maps) }));
  const mapped = wanting.filter(isMapped);
  const pairs: VariantPair[] = [];
  for (const to of new Set(maps.map((map) => map.to))) {
    const right = candidate.filter(({ name }) => isModelNamed(name, to));
    const left = mapped.filter((one) => one.maps.model?.to === to);
    addPairs(pairs, { left, right, pairings: [...PAIRINGS, ...OF_ONE_MODEL] });
  }
  const byPrompt = mapped.filter((one) => one.maps.model === undefined);
  addPairs(pairs, { left: byPrompt, right: candidate, pairings: PAIRINGS });
  for (const map of maps) checkPaired(map, mapped, pairs);
  const left = wanting.filter((one) => !isMapped(one));
  addPairs(pairs, { left, right: candidate, pairings: PAIRINGS });
  pairs.sort((one, other) => base.indexOf(one.base) - base.indexOf(other.base));
  if (pairs.length === 0) throw nothingPaired(base, candidate);
  const [onlyBase, onlyCandidate] = [base, candidate].map((side) => side.filter(isOpen(pairs)).map(({ name }) => name));
  return { pairs, onlyBase: onlyBase ?? [], onlyCandidate: onlyCandidate ?? [] };
}

/** A variant of the base without a counterpart yet. */
interface Wanting {
  readonly variant: VariantTrials;
  readonly maps: OwnMaps;
}

function isMapped({ maps }: Wanting): boolean {
  return maps.prompt !== undefined || maps.model !== undefined;
}

interface Pairing {
  readonly left: readonly Wanting[];
  readonly right: readonly VariantTrials[];
  readonly pairings: readonly KeyOf[];
}

/** What two variants must share to be a pair; null for a variant that has no such thing. */
type KeyOf = (name: VariantName) => string | null;

/** Adds the pairs of variants that are in none yet and have a key that no other variant of their side has. */
function addPairs(pairs: VariantPair[], { left, right, pairings }: Pairing): void {
  for (const keyOf of pairings) {
    const open = isOpen(pairs);
    const wanted = onlyOnes(right.filter(open), ({ name }) => keyOf(name));
    const wanting = left.filter(({ variant }) => open(variant));
    for (const [key, { variant }] of onlyOnes(wanting, (one) => keyOf(mappedName(one.variant.name, one.maps)))) {
      const found = wanted.get(key);
      if (found !== undefined) pairs.push({ base: variant, candidate: found });
    }
  }
}

/** @throws UsageError for a map without a pair: what was asked to be compared would not be */
function checkPaired(map: NameMap, mapped: readonly Wanting[], pairs: readonly VariantPair[]): void {
  const own = mapped.filter(({ maps }) => [maps.prompt?.from, maps.model?.from].includes(map.from));
  if (own.length === 0 || own.some(({ variant }) => pairs.some(({ base }) => base === variant))) return;
  const labels = own.map(({ variant }) => variantLabel(variant.name)).join(', ');
  throw new UsageError(`--map ${map.from}=${map.to} pairs nothing: ${labels} has no counterpart of its own`, {
    hint: 'map prompts too if they differ, and each name of the base to one that no other stands for',
  });
}

/**
 * What two variants must share to be a pair, the surest first: a label is a name that people gave so that it stays when
 * the model behind it changes.
 */
const PAIRINGS: readonly KeyOf[] = [
  ({ label, prompt, temperature }) => (label === undefined ? null : JSON.stringify([label, prompt, temperature])),
  ({ label, prompt }) => (label === undefined ? null : JSON.stringify([label, prompt])),
  variantKey,
  ({ prompt, model, temperature }) => JSON.stringify([prompt, model, temperature]),
];

/** Likewise of variants whose models are known to stand for each other. */
const OF_ONE_MODEL: readonly KeyOf[] = [
  ({ prompt, temperature }) => JSON.stringify([prompt, temperature]),
  ({ prompt }) => JSON.stringify([prompt]),
];

function isOpen(pairs: readonly VariantPair[]): (variant: VariantTrials) => boolean {
  return (variant) => !pairs.some(({ base, candidate }) => base === variant || candidate === variant);
}

/** Items by their key, without those that have none or share one. */
function onlyOnes<Item extends object>(
  items: readonly Item[],
  keyOf: (item: Item) => string | null,
): ReadonlyMap<string, Item> {
  const found = new Map<string, Item | null>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) found.set(key, found.has(key) ? null : item);
  }
  return new Map([...found].flatMap(([key, item]) => (item === null ? [] : [[key, item] as const])));
}

function nothingPaired(base: readonly VariantTrials[], candidate: readonly VariantTrials[]): UsageError {
  const [before, after] = [base, candidate].map((side) => side.map(({ name }) => variantLabel(name)).join(', '));
  return new UsageError(`no variant is on both sides: the base has ${before}; the candidate has ${after}`, {
    hint: 'say which stands for which, such as --map gpt-4o=gpt-4o-mini or --map v1=v2',
  });
}
