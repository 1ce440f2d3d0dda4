import type { CompletedResult, Result } from '../../core/result.ts';
import type { Row } from '../../core/row.ts';
import type { Scorer } from '../../core/scorer.ts';
import { type AnsweredTrial, type Expected, expectedOf } from './score-answer.ts';

/** A row with its trials, in plan order, from a plan or a result file. */
interface TrialRow<Trial> {
  readonly row: Row;
  readonly trials: readonly Trial[];
}

/** Where the answers of rows are found, and how they are scored. */
export interface AnswerSource<Trial> {
  /**
   * The result of a trial; null if there is none. A promise only if it is not in memory.
   * @param place of the trial in its row, from 0
   */
  readonly find: (trial: Trial, place: number) => Result | null | Promise<Result | null>;
  readonly scorers: readonly Scorer[];
  readonly expectedColumn: string;
  /** True scores answers with the reasoning at their start. */
  readonly keepThoughts: boolean;
}

/** The result of a trial. */
export interface FoundTrial<Trial> {
  readonly trial: Trial;
  readonly result: Result;
  /** The answer as scorers see it; null if the trial has none. */
  readonly answer: AnsweredTrial | null;
}

type Maybe<Value> = Value | null | Promise<Value | null>;

/**
 * A row of a plan whose results are looked up: one at a time, since answers may be long and a row may have thousands;
 * all at once only if a scorer compares them. No promise for results in memory: of a million stored answers most are,
 * and a promise for each would cost more than reading them.
 */
export class AnsweredRow<Trial> {
  readonly row: Row;
  readonly #trials: readonly Trial[];
  readonly #source: AnswerSource<Trial>;
  readonly #expected: Expected;
  /** Of all trials, if a scorer compares answers; else null. */
  readonly #results: readonly (Result | null)[] | null;
  readonly #peers: readonly CompletedResult[];

  private constructor(
    planned: TrialRow<Trial>,
    source: AnswerSource<Trial>,
    results: readonly (Result | null)[] | null,
  ) {
    this.row = planned.row;
    this.#trials = planned.trials;
    this.#source = source;
    this.#expected = expectedOf(planned.row, source.expectedColumn);
    this.#results = results;
    this.#peers = (results ?? []).filter((result) => result?.status === 'completed');
  }

  static open<Trial>(
    planned: TrialRow<Trial>,
    source: AnswerSource<Trial>,
  ): AnsweredRow<Trial> | Promise<AnsweredRow<Trial>> {
    const isComparing = source.scorers.some(({ asks }) => asks?.compares === true);
    return isComparing ? AnsweredRow.#openWhole(planned, source) : new AnsweredRow(planned, source, null);
  }

  static async #openWhole<Trial>(planned: TrialRow<Trial>, source: AnswerSource<Trial>): Promise<AnsweredRow<Trial>> {
    const results: (Result | null)[] = [];
    for (const [place, trial] of planned.trials.entries()) results.push(await source.find(trial, place));
    return new AnsweredRow(planned, source, results);
  }

  /** Number of the row's trials. */
  get size(): number {
    return this.#trials.length;
  }

  /** The result of a trial, by its place in the row; null, or a promise of it, if there is none. */
  at(place: number): Maybe<FoundTrial<Trial>> {
    const trial = this.#trials[place];
    if (trial === undefined) return null;
    const result = this.#results === null ? this.#source.find(trial, place) : (this.#results[place] ?? null);
    return result instanceof Promise
      ? result.then((late) => this.#describe(trial, late))
      : this.#describe(trial, result);
  }

  #describe(trial: Trial, found: Result | null): FoundTrial<Trial> | null {
    if (found === null) return null;
    // If the dataset has no ids, a row's position may have changed since the call.
    const result: Result = found.rowId === this.row.id ? found : Object.assign(found, { rowId: this.row.id });
    if (result.status !== 'completed') return { trial, result, answer: null };
    const { keepThoughts } = this.#source;
    const answer = { row: this.row, expected: this.#expected, result, peers: this.#peers, keepThoughts };
    return { trial, result, answer };
  }
}

/** The answers of a row, one at a time, for results that are read from a file anyway. */
export async function* answersOf<Trial>(
  planned: TrialRow<Trial>,
  source: AnswerSource<Trial>,
): AsyncGenerator<{ readonly trial: Trial; readonly answer: AnsweredTrial }, void> {
  const row = await AnsweredRow.open(planned, source);
  for (let place = 0; place < row.size; place++) {
    const found = await row.at(place);
    if (found !== null && found.answer !== null) yield { trial: found.trial, answer: found.answer };
  }
}
