import { hasAttached } from './attached.ts';
import { shortDigest } from './digest.ts';
import type { Message, Prompt } from './prompt.ts';
import type { Row } from './row.ts';
import { type Trial, trialId } from './trial.ts';
import type { Variant } from './variant.ts';
import { jsonText } from './written-json.ts';

/** The variants of the plan and the number of repeats. */
export interface Grid {
  readonly variants: readonly Variant[];
  /** Repeats per row and variant, at least 1. */
  readonly repeats: number;
  /** True for runs of format 1, whose trial ids are digits alone. */
  readonly hasPlainIds?: boolean | undefined;
}

/** Counts how often a digest was seen before. The caller provides the storage. */
export interface OccurrenceCounter {
  /** @returns 0 at the first call with this digest, then 1, 2, … */
  next(digest: string): number;
}

interface Rendered {
  readonly messages: readonly Message[];
  readonly json: string;
  readonly digest: string;
  readonly occurrence: number;
}

/** Trials in a grid over this many rows. */
export function countTrials(grid: Grid, rows: number): number {
  return rows * grid.variants.length * grid.repeats;
}

/**
 * Turns rows into trials, one row at a time and in plan order: prompt, model, temperature, repeat.
 * A planner sees every row of one pass, in the dataset's order; two passes need two planners.
 */
export class Planner {
  readonly #grid: Grid;
  readonly #occurrences: OccurrenceCounter;

  constructor(grid: Grid, occurrences: OccurrenceCounter) {
    this.#grid = grid;
    this.#occurrences = occurrences;
  }

  /** @throws PromptError or DatasetError if a prompt cannot be rendered with this row */
  trials(row: Row): readonly Trial[] {
    const rendered = new Map<Prompt, Rendered>();
    const trials: Trial[] = [];
    const { hasPlainIds: hasPlainId } = this.#grid;
    for (const variant of this.#grid.variants) {
      const known = rendered.get(variant.prompt);
      const made = known ?? this.#render(variant.prompt, row);
      if (known === undefined) rendered.set(variant.prompt, made);
      const { messages, json: messagesJson, digest: messagesDigest, occurrence } = made;
      const rowId = row.hasOwnId ? row.id : null;
      for (let repeat = 1; repeat <= this.#grid.repeats; repeat++) {
        const id = trialId({ variant, rowId, messagesDigest, occurrence, repeat, hasPlainId });
        trials.push({ id, row, variant, repeat, messages, messagesJson, messagesDigest });
      }
    }
    return trials;
  }

  #render(prompt: Prompt, row: Row): Rendered {
    const messages = prompt.render(row);
    const json = jsonText(messages);
    // A row may hold the JSON of a file's part, and is another request.
    const digest = shortDigest(prompt.attaches === true && hasAttached(messages) ? `files ${json}` : json);
    const occurrence = row.hasOwnId ? 0 : this.#occurrences.next(shortDigest(`${prompt.name} ${digest}`));
    return { messages, json, digest, occurrence };
  }
}
