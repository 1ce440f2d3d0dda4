import { RunFolderError } from '../core/errors.ts';
import type { Amount } from '../core/money.ts';
import type { Result } from '../core/result.ts';
import { variantKey } from '../core/variant-name.ts';
import { JournalReader } from './journal-reader.ts';
import type { StoredTrial } from './stored-rows.ts';
import type { StoredVariant } from './stored-variants.ts';

/** What the journal knows about a trial and result files do not: its provider, and what a cached answer had cost. */
export class JournalFacts {
  readonly #path: string;
  /**
   * Indices of the variants that have the same name in result files, by each of them; null for one with a unique name.
   */
  readonly #twins: readonly (readonly number[] | null)[];
  readonly #providers: readonly string[];
  #reader: JournalReader | null | undefined;

  /** The journal is read on demand: most runs have one provider and no cached answers. */
  constructor(path: string, variants: readonly StoredVariant[]) {
    this.#path = path;
    this.#twins = twinsOf(variants);
    this.#providers = variants.map(({ model }) => model.provider);
  }

  /** The index of a trial's variant. @throws RunFolderError if nothing shows which of two providers answered */
  async placeOf({ id, variant: { index } }: StoredTrial): Promise<number> {
    const twins = this.#twins[index] ?? null;
    if (twins === null) return index;
    const provider = (await this.#read(id))?.provider;
    const place = twins.find((twin) => this.#providers[twin] === provider);
    if (place !== undefined) return place;
    throw new RunFolderError(`${this.#path}: does not say which provider answered trial ${id}`, {
      hint: 'the same model ran with several providers, which only the journal distinguishes: restore it',
    });
  }

  /** The original cost of a trial's answer; null if it is not cached or the cost is unknown. */
  async savedCost({ id, cells }: StoredTrial): Promise<Amount | null> {
    if (cells['cached'] !== true) return null;
    const result = await this.#read(id);
    return result?.status === 'completed' ? (result.saved ?? null) : null;
  }

  async #read(trialId: string): Promise<Result | null> {
    if (this.#reader === undefined) this.#reader = await JournalReader.open(this.#path);
    return (await this.#reader?.read(trialId)) ?? null;
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }
}

function twinsOf(variants: readonly StoredVariant[]): readonly (readonly number[] | null)[] {
  const places = new Map<string, number[]>();
  const keys = variants.map(({ prompt, model, label, temperature }) =>
    variantKey({ prompt: prompt.name, model: model.model, label, temperature }),
  );
  for (const [place, key] of keys.entries()) places.set(key, [...(places.get(key) ?? []), place]);
  return keys.map((key) => {
    const twins = places.get(key) ?? [];
    return twins.length > 1 ? twins : null;
  });
}
