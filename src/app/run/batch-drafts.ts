import type { BatchLimits } from '../../core/batch.ts';
import type { Trial } from '../../core/trial.ts';
import { BatchDraft, type DraftContext } from './batch-draft.ts';

/** How requests are put together. */
interface DraftRules {
  readonly limits: BatchLimits;
  /** True if a batch may have requests to several models. */
  readonly mixesModels: boolean;
}

/** The batches in the making: one, or one for each model where the API does not mix them. */
export class BatchDrafts {
  readonly #rules: DraftRules;
  readonly #context: DraftContext;
  readonly #drafts = new Map<string, BatchDraft>();

  constructor(rules: DraftRules, context: DraftContext) {
    this.#rules = rules;
    this.#context = context;
  }

  /** True if there are none. */
  get isEmpty(): boolean {
    return this.#drafts.size === 0;
  }

  /** True if a line is larger than a batch may be. */
  isTooLarge(line: string): boolean {
    return BatchDraft.bytesOf(line) > this.#rules.limits.bytes;
  }

  /** True if one of their requests has an answer that is cached at this key. */
  holdsKey(cacheKey: string): boolean {
    return [...this.#drafts.values()].some((draft) => draft.holdsKey(cacheKey));
  }

  /** Takes out the draft that a request belongs to, if it has no room for its line; null if it has. */
  takeFull(trial: Trial, line: string): BatchDraft | null {
    const draft = this.#drafts.get(this.#placeOf(trial));
    return draft?.isFullFor(line) === true ? this.#take(this.#placeOf(trial)) : null;
  }

  /** Takes out any draft; null if there is none. */
  takeNext(): BatchDraft | null {
    const [place] = this.#drafts.keys();
    return place === undefined ? null : this.#take(place);
  }

  /** The draft that a request belongs to. @throws the file system's error */
  async of(trial: Trial): Promise<BatchDraft> {
    const place = this.#placeOf(trial);
    const draft = this.#drafts.get(place) ?? (await BatchDraft.open(this.#rules.limits, this.#context));
    this.#drafts.set(place, draft);
    return draft;
  }

  /** Gives up what is left of them. */
  async discard(): Promise<void> {
    for (let draft = this.takeNext(); draft !== null; draft = this.takeNext()) await draft.discard();
  }

  #take(place: string): BatchDraft | null {
    const draft = this.#drafts.get(place) ?? null;
    this.#drafts.delete(place);
    return draft;
  }

  #placeOf({ variant }: Trial): string {
    return this.#rules.mixesModels ? '' : variant.model.model;
  }
}
