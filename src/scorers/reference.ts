import type { CompletedResult, TrialKey } from '../core/result.ts';

/** The variant that answers are compared with; an absent part is the same as in the compared answer. */
export interface GivenReference {
  /** Its label, `provider/model`, or the id as the API takes it. */
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly temperature?: number | undefined;
}

/** What distinguishes variants. */
type VariantPlace = Pick<TrialKey, 'provider' | 'model' | 'label' | 'prompt' | 'temperature'>;

/** True for trials of the variant that others are compared with. */
export function isReference({ model, prompt, temperature }: GivenReference, place: VariantPlace): boolean {
  const names = [place.label, place.model, `${place.provider}/${place.model}`];
  return (
    (model === undefined || names.includes(model)) &&
    (prompt === undefined || prompt === place.prompt) &&
    (temperature === undefined || temperature === place.temperature)
  );
}

/** The same, for one answer: what the reference leaves out is as in that answer. @param peer the trial in question */
export function isReferenceOf(reference: GivenReference, place: VariantPlace, peer: VariantPlace): boolean {
  const { model, prompt, temperature } = reference;
  return (
    isReference(reference, peer) &&
    (model !== undefined || isSameModel(peer, place)) &&
    (prompt !== undefined || peer.prompt === place.prompt) &&
    (temperature !== undefined || peer.temperature === place.temperature)
  );
}

/** The reference answer of the same row and repeat; undefined if there is none. */
export function referenceFor(
  reference: GivenReference,
  place: TrialKey,
  peers: readonly CompletedResult[],
): CompletedResult | undefined {
  return peers.find((peer) => peer.repeat === place.repeat && isReferenceOf(reference, place, peer));
}

function isSameModel(one: VariantPlace, other: VariantPlace): boolean {
  return one.model === other.model && one.provider === other.provider && one.label === other.label;
}

/** In words. */
export function describeReference({ model, prompt, temperature }: GivenReference): string {
  return [
    ...(model === undefined ? [] : [`the model "${model}"`]),
    ...(prompt === undefined ? [] : [`the prompt "${prompt}"`]),
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
  ].join(' and ');
}
