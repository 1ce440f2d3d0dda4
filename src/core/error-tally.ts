import type { CallErrorKind } from './call-error.ts';

/** Errored trials with the same code and reason. */
export interface ErrorCount {
  readonly code: CallErrorKind;
  /**
   * The first such message, up to 1,000 characters. Messages that differ only in numbers and ids are counted with it.
   * `other reasons` covers the rest of a code with more than 50 different ones, and always comes last.
   */
  readonly reason: string;
  readonly count: number;
  /** The first such trial, as an example. */
  readonly trialId: string;
  /**
   * Affected variants by their index in the grid, with the count of each; for a judge, those whose answers it judged.
   */
  readonly variants: readonly VariantErrors[];
}

/** Errored trials of one variant. */
export interface VariantErrors {
  /** Index in the grid, from 0. */
  readonly variant: number;
  readonly count: number;
}

/** One errored trial. */
export interface ErroredTrial {
  /** Index of its variant in the grid. */
  readonly variant: number;
  readonly trialId: string;
  readonly code: CallErrorKind;
  readonly message: string;
}

/** Maximum number of different reasons of one code that are counted separately. */
const MOST_REASONS = 50;

/** Stands for the reasons that are not counted separately. */
export const OTHER_REASONS = 'other reasons';

const LONGEST_REASON = 1000;

/** Counts errored trials by code and reason, in bounded memory. */
export class ErrorTally {
  readonly #codes = new Map<CallErrorKind, CodeErrors>();
  readonly #groups: Group[] = [];

  /** @returns the number of its reason, from 0, for `remove` */
  add(trial: ErroredTrial): number {
    let errors = this.#codes.get(trial.code);
    if (errors === undefined) {
      errors = new CodeErrors(trial.code);
      this.#codes.set(trial.code, errors);
    }
    const group = errors.add(trial);
    if (group.number === undefined) group.number = this.#groups.push(group) - 1;
    return group.number;
  }

  /** Takes back a trial that has another result now. @param reason its number. @param variant its index in the grid */
  remove(reason: number, variant: number): void {
    const group = this.#groups[reason];
    if (group === undefined) return;
    group.count -= 1;
    group.variants.set(variant, (group.variants.get(variant) ?? 1) - 1);
  }

  /** The most frequent first, and among equally frequent ones the first seen. */
  counts(): readonly ErrorCount[] {
    const all = [...this.#codes.values()].map((errors) => errors.counts());
    const byCount = (one: ErrorCount, other: ErrorCount): number => other.count - one.count;
    return [...all.flatMap(({ told }) => told).sort(byCount), ...all.flatMap(({ others }) => others).sort(byCount)];
  }
}

interface Group {
  reason: string;
  trialId: string;
  count: number;
  /** Among the reasons of all codes, once it is known. */
  number?: number;
  readonly variants: Map<number, number>;
}

/** The errors of one code. */
class CodeErrors {
  readonly #code: CallErrorKind;
  readonly #groups = new Map<string, Group>();
  #others: Group | null = null;
  /** The last message and its group: most errors of a failing run repeat the one before them. */
  #last: { readonly message: string; readonly group: Group } | null = null;

  constructor(code: CallErrorKind) {
    this.#code = code;
  }

  add({ variant, trialId, message }: ErroredTrial): Group {
    const group = this.#last?.message === message ? this.#last.group : this.#groupOf(message, trialId);
    this.#last = { message, group };
    // All that it had counted have other results now.
    if (group.count === 0) this.#begin(group, message, trialId);
    group.count += 1;
    group.variants.set(variant, (group.variants.get(variant) ?? 0) + 1);
    return group;
  }

  counts(): { readonly told: readonly ErrorCount[]; readonly others: readonly ErrorCount[] } {
    const countsOf = (groups: Iterable<Group>): readonly ErrorCount[] =>
      [...groups].filter(({ count }) => count > 0).map((group) => this.#countOf(group));
    return { told: countsOf(this.#groups.values()), others: countsOf(this.#others === null ? [] : [this.#others]) };
  }

  #begin(group: Group, message: string, trialId: string): void {
    group.trialId = trialId;
    if (group !== this.#others) group.reason = cutReason(message);
  }

  #groupOf(message: string, trialId: string): Group {
    const reason = cutReason(message);
    const key = withoutIds(reason);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size === MOST_REASONS) return (this.#others ??= newGroup(OTHER_REASONS, trialId));
    const group = newGroup(reason, trialId);
    this.#groups.set(key, group);
    return group;
  }

  #countOf({ reason, count, trialId, variants }: Group): ErrorCount {
    const inVariants = [...variants].map(([variant, own]) => ({ variant, count: own })).filter((own) => own.count > 0);
    return { code: this.#code, reason, count, trialId, variants: inVariants };
  }
}

function newGroup(reason: string, trialId: string): Group {
  return { reason, trialId, count: 0, variants: new Map() };
}

function cutReason(message: string): string {
  // Half a surrogate pair at the end could not be displayed by any reader of the file.
  return message.length <= LONGEST_REASON ? message : message.slice(0, LONGEST_REASON).replace(/[\uD800-\uDBFF]$/, '');
}

const HTTP_STATUS = /^HTTP \d{3}\b/;
const WORD = /[\p{L}\p{N}_-]+/gu;
const DIGIT = /\p{N}/u;
/** Numbers in parts: 4,097, times, addresses. */
const JOINED = /#(?:[.,:/+=]+#)*/g;

/** The message with a placeholder for every word that contains a digit, except for the HTTP status at its start. */
function withoutIds(message: string): string {
  const status = HTTP_STATUS.exec(message)?.[0] ?? '';
  const rest = message.slice(status.length).replaceAll(WORD, (word) => (DIGIT.test(word) ? '#' : word));
  return status + rest.replaceAll(JOINED, '#');
}
