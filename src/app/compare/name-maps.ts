import type { VariantName } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import { didYouMean } from '../../io/nearest.ts';

/** A model, label or prompt of the base, and its counterpart in the candidate, as `--map` gives them. */
export interface NameMap {
  readonly from: string;
  readonly to: string;
}

/** What a map names on both sides. */
interface ReadMap extends NameMap {
  readonly isPrompt: boolean;
  /** A model or its label. */
  readonly isModel: boolean;
}

/** The maps that a variant of the base has, by what they name. */
export interface OwnMaps {
  readonly prompt: ReadMap | undefined;
  readonly model: ReadMap | undefined;
}

/**
 * Reads maps with the names of both sides.
 * @throws UsageError for a name that its side does not have, a prompt that is mapped to a model or the reverse, and a
 * name that is mapped to two
 */
export function readMaps(
  maps: readonly NameMap[],
  base: readonly VariantName[],
  candidate: readonly VariantName[],
): readonly ReadMap[] {
  return maps.map(({ from, to }) => {
    const isReversed = !hasName(base, from) && hasName(candidate, from) && hasName(base, to);
    if (!hasName(base, from)) throw unknownName(from, 'base', base, isReversed ? `${to}=${from}` : null);
    if (!hasName(candidate, to)) throw unknownName(to, 'candidate', candidate, null);
    const other = maps.find((map) => map.from === from && map.to !== to);
    if (other !== undefined) {
      throw new UsageError(`--map: "${from}" stands for both "${to}" and "${other.to}"`, {
        hint: 'give each name of the base one counterpart',
      });
    }
    const isPrompt = hasPrompt(base, from) && hasPrompt(candidate, to);
    const isModel = hasModel(base, from) && hasModel(candidate, to);
    if (!isPrompt && !isModel) throw ofTwoKinds({ from, to }, hasPrompt(base, from));
    return { from, to, isPrompt, isModel };
  });
}

/** The maps that apply to a variant of the base; a label goes before the model that it names. */
export function ownMaps({ prompt, model, label }: VariantName, maps: readonly ReadMap[]): OwnMaps {
  const ofModels = maps.filter(({ isModel }) => isModel);
  return {
    prompt: maps.find(({ from, isPrompt }) => isPrompt && from === prompt),
    model: ofModels.find(({ from }) => from === label) ?? ofModels.find(({ from }) => from === model),
  };
}

/** The name that a variant of the base has after its maps. */
export function mappedName({ prompt, model, label, temperature }: VariantName, maps: OwnMaps): VariantName {
  const to = (text: string): string => (maps.model?.from === text ? maps.model.to : text);
  return {
    prompt: maps.prompt?.to ?? prompt,
    model: to(model),
    label: label === undefined ? undefined : to(label),
    temperature,
  };
}

/** True if a variant's model or label has this name. */
export function isModelNamed({ model, label }: VariantName, name: string): boolean {
  return model === name || label === name;
}

function hasPrompt(side: readonly VariantName[], name: string): boolean {
  return side.some(({ prompt }) => prompt === name);
}

function hasModel(side: readonly VariantName[], name: string): boolean {
  return side.some((variant) => isModelNamed(variant, name));
}

function hasName(side: readonly VariantName[], name: string): boolean {
  return hasPrompt(side, name) || hasModel(side, name);
}

/** @param reversed the map as it was probably meant; null if nothing speaks for one */
function unknownName(
  name: string,
  side: string,
  variants: readonly VariantName[],
  reversed: string | null,
): UsageError {
  const names = variants.flatMap(({ prompt, model, label }) => [
    prompt,
    model,
    ...(label === undefined ? [] : [label]),
  ]);
  const known = [...new Set(names)];
  return new UsageError(`--map: the ${side} has no model, label or prompt "${name}"`, {
    hint:
      reversed === null
        ? `it has ${known.join(', ')}${didYouMean(name, known)}`
        : `name the base's first: --map ${reversed}`,
  });
}

function ofTwoKinds({ from, to }: NameMap, isPrompt: boolean): UsageError {
  const [one, other] = isPrompt ? ['prompt', 'model'] : ['model', 'prompt'];
  return new UsageError(`--map: "${from}" is a ${one} of the base, and "${to}" a ${other} of the candidate`, {
    hint: 'map prompts to prompts, and models or labels to models or labels',
  });
}
