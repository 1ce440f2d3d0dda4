import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { CompletedResult } from '../../core/result.ts';
import { columnNames, type Row } from '../../core/row.ts';
import type { Score, Scorer } from '../../core/scorer.ts';
import { createScorers, scorers as definitions } from '../../scorers/index.ts';
import { parseScorer, scoreNames } from '../../scorers/spec.ts';
import type { StoredRun } from '../../store/run-file.ts';
import type { JudgeConfig } from '../config/run-config.ts';
import { JudgeCalls } from '../scoring/judge-calls.ts';
import { expectedOf, scoreAnswer } from '../scoring/score-answer.ts';
import { scorerTools } from '../scoring/scorer-tools.ts';
import { DatasetWindow } from './dataset-window.ts';

const NO_JUDGE: JudgeConfig = { model: null, named: {}, embeddingModel: null, against: null };
type Values = readonly (number | null)[];

/** Runs code of the user, which watching must not. */
const OWN_CODE = 'module';

/** Scores answers as they come, by the scorers of the run that ask no model and run no code of the user. */
export class LiveScores {
  /** Names of the scorers. */
  readonly names: readonly string[];
  readonly #run: StoredRun;
  readonly #scorers: readonly Scorer[];
  readonly #later: readonly string[];
  readonly #rows: DatasetWindow | null;
  readonly #calls = new JudgeCalls(NO_JUDGE, () => Promise.resolve(null));
  #hasAssertions = false;
  #lost = 0;

  private constructor(run: StoredRun, made: MadeScorers, rows: DatasetWindow | null) {
    this.#run = run;
    this.#scorers = made.scorers;
    this.#later = made.later;
    this.#rows = rows;
    this.names = made.names;
  }

  static async open(run: StoredRun): Promise<LiveScores> {
    const made = await makeScorers(run);
    return new LiveScores(run, made, made.scorers.length === 0 ? null : await DatasetWindow.open(run));
  }

  /** Scores of an answer, parallel to `names`; null if a scorer gave none, or the row is not known. A promise at need. */
  of(result: CompletedResult): Values | Promise<Values> {
    const row = this.#rows === null ? null : this.#rows.take(result.rowId);
    return row instanceof Promise ? row.then((read) => this.#scored(result, read)) : this.#scored(result, row);
  }

  #scored(result: CompletedResult, row: Row | null): Values | Promise<Values> {
    if (row === null) {
      if (this.#rows !== null) this.#lost += 1;
      return this.names.map(() => null);
    }
    this.#hasAssertions ||= columnNames(row).some((name) => name.startsWith('__expected'));
    const { expectedColumn, keepThoughts } = this.#run.settings;
    const expected = expectedOf(row, expectedColumn ?? 'expected');
    const answered = { row, expected, result, peers: [], keepThoughts };
    const scored = this.#scorers.map((scorer) => scoreAnswer([scorer], answered, this.#calls));
    return areMade(scored) ? valuesOf(scored) : Promise.all(scored.map(asPromise)).then(valuesOf);
  }

  /** What the scores lack, one line each. */
  get notes(): readonly string[] {
    const later = [...this.#later, ...(this.#hasAssertions ? ['assertions of rows'] : [])];
    const isBlind = this.#scorers.length > 0 && this.#rows === null;
    return [
      ...(later.length === 0 ? [] : [`scored at the end of the run: ${later.join(', ')}`]),
      ...(isBlind ? ['scored at the end of the run, since the dataset is not here or has changed'] : []),
      ...(this.#lost === 0 ? [] : [`${this.#lost} answers are not scored here: their rows came out of order`]),
    ];
  }

  async close(): Promise<void> {
    await this.#rows?.close();
  }
}

function asPromise(scores: readonly Score[] | Promise<readonly Score[]>): Promise<readonly Score[]> {
  return Promise.resolve(scores);
}

function areMade(
  scored: readonly (readonly Score[] | Promise<readonly Score[]>)[],
): scored is readonly (readonly Score[])[] {
  return scored.every((scores) => !(scores instanceof Promise));
}

function valuesOf(scored: readonly (readonly Score[])[]): Values {
  return scored.map(([score]) => score?.value ?? null);
}

interface MadeScorers {
  readonly names: readonly string[];
  readonly scorers: readonly Scorer[];
  /** Names of those that score at the end only. */
  readonly later: readonly string[];
}

async function makeScorers({ settings }: StoredRun): Promise<MadeScorers> {
  const given = settings.scorers.filter(
    (item): item is string | JsonObject => typeof item === 'string' || isJsonObject(item),
  );
  const tools = scorerTools({
    scorers: [],
    expectedColumn: settings.expectedColumn ?? 'expected',
    judge: NO_JUDGE,
    keepThoughts: settings.keepThoughts,
    clusterColumn: null,
    goodEnoughPoints: 0,
  });
  const [names, scorers, later]: [string[], Scorer[], string[]] = [[], [], []];
  for (const [index, name] of namesOf(given).entries()) {
    const made = await makeScorer(given[index], (one) => createScorers([one], tools)).catch(() => null);
    if (made === null) later.push(name);
    else {
      names.push(name);
      scorers.push(made);
    }
  }
  return { names, scorers, later };
}

function namesOf(given: readonly (string | JsonObject)[]): readonly string[] {
  try {
    return scoreNames(given.map((item) => parseScorer(item, definitions)));
  } catch {
    // A run of another version may name a scorer that this one does not have.
    return [];
  }
}

async function makeScorer(
  given: string | JsonObject | undefined,
  create: (one: string | JsonObject) => Promise<readonly Scorer[]>,
): Promise<Scorer | null> {
  if (given === undefined) return null;
  const { definition } = parseScorer(given, definitions);
  if (definition.asksModel === true || definition.name === OWN_CODE) return null;
  const [scorer] = await create(given);
  return scorer ?? null;
}
