import { ALPHA, LEVEL, type PairedTest } from '../paired/comparison.ts';
import { Family } from '../paired/pair-family.ts';
import { PairScanner } from '../paired/pair-scan.ts';
import type { LeastRepeats } from '../repeat-gate.ts';
import type { NamedVariant } from '../variant.ts';
import { runVariantName, variantNames } from '../variant-name.ts';
import type { AnalysedVariant, Analysis, ClusterFacts } from './analysis.ts';
import { GOOD_ENOUGH_POINTS } from './cheapest.ts';
import type { AnalysedRow, AnalysedTrial } from './input.ts';
import { runNotes } from './notes.ts';
import { RepeatTable } from './repeat-table.ts';
import { RowLabels } from './row-labels.ts';
import { ScoreTable } from './score-table.ts';
import { settleScorer } from './scorer-analysis.ts';
import { draftScorer, type RowGroup, type ScorerDraft } from './scorer-draft.ts';
import { costOf, TrialTally } from './trial-tally.ts';

/** Most groups that a breakdown shows. */
const MAX_GROUPS = 50;

/** Settings of an analysis. */
export interface AnalystOptions {
  /** In plan order. */
  readonly variants: readonly NamedVariant[];
  /** Names of the run's scorers, in their order. */
  readonly scorers: readonly string[];
  /** Rows with the same value belong together; null if rows are independent. */
  readonly clusterColumn?: string | null | undefined;
  /** The column to break figures down by; null for none. */
  readonly groupColumn?: string | null | undefined;
  /** Test for scores that are not one pass or fail per row; default sign-flip. */
  readonly test?: Exclude<PairedTest, 'mcnemar'> | undefined;
  /** Percentage points below the best that are good enough for a cheaper variant; default 10. */
  readonly goodEnoughPoints?: number | undefined;
  /** How often each row must pass; default no such gates. */
  readonly minRepeats?: readonly LeastRepeats[] | undefined;
}

/**
 * Determines which variant is better and whether that is significant: a fold over rows. It keeps one number for each
 * row, variant and scorer, and two for each row if rows have clusters and groups.
 */
export class Analyst {
  readonly #options: AnalystOptions;
  readonly #tallies: readonly TrialTally[];
  readonly #tables: readonly ScoreTable[];
  readonly #tableOf: ReadonlyMap<string, ScoreTable>;
  readonly #repeatTables: readonly RepeatTable[];
  readonly #clusters: RowLabels | null;
  readonly #groups: RowLabels | null;
  #rows = 0;
  #repeats = 0;

  constructor(options: AnalystOptions) {
    const { variants, scorers, clusterColumn = null, groupColumn = null, minRepeats = [] } = options;
    this.#options = options;
    this.#tallies = variants.map(() => new TrialTally());
    this.#tables = scorers.map((scorer) => new ScoreTable(scorer, variants.length));
    this.#tableOf = new Map(this.#tables.map((table) => [table.scorer, table]));
    this.#repeatTables = minRepeats.map((wanted) => new RepeatTable(wanted, variants.length));
    // Nothing is known about rows without a value: they are independent, but are reported together.
    this.#clusters = clusterColumn === null ? null : new RowLabels(false);
    this.#groups = groupColumn === null ? null : new RowLabels(true);
  }

  /** Adds a row; rows must be in the dataset's order, each once. */
  add({ id, cluster, group, trials }: AnalysedRow): void {
    this.#rows += 1;
    this.#clusters?.push(cluster);
    this.#groups?.push(group);
    let [variant, answers] = [-1, 0];
    for (const trial of trials) {
      answers = trial.variant === variant ? answers + 1 : 1;
      variant = trial.variant;
      if (answers > this.#repeats) this.#repeats = answers;
      this.#addTrial(trial);
    }
    for (const table of this.#tables) table.endRow(id);
    for (const table of this.#repeatTables) table.add(id, trials);
  }

  #addTrial(trial: AnalysedTrial): void {
    const { variant, scores, isCut } = trial;
    this.#tallies[variant]?.add(trial);
    for (const [index, score] of scores.entries()) {
      // Scores are nearly always in the scorers' order.
      const expected = this.#tables[index];
      const table = expected?.scorer === score.name ? expected : this.#tableOf.get(score.name);
      table?.add(variant, score, isCut);
    }
  }

  /** The results for the rows so far. */
  analyse(): Analysis {
    const clusters = this.#clusterFacts();
    const drafts = this.#drafts();
    const sum = (of: (draft: ScorerDraft) => number): number => drafts.reduce((total, draft) => total + of(draft), 0);
    const family = new Family(
      drafts.flatMap(({ pairs }) => pairs.map(({ figures }) => figures)),
      sum(({ notCompared }) => notCompared),
    );
    const within = new Family(
      drafts.flatMap(({ groups }) => groups.flatMap(({ pairs }) => pairs.map(({ figures }) => figures))),
      sum(({ groups, notCompared }) => groups.length * notCompared),
    );
    const { variants, groupColumn = null, goodEnoughPoints = GOOD_ENOUGH_POINTS } = this.#options;
    const settling = {
      variants,
      tallies: this.#tallies,
      repeats: this.#repeats,
      family,
      within,
      goodEnoughPoints,
    };
    const breakdown = groupColumn === null ? null : { column: groupColumn, otherRows: this.#otherRows() };
    const facts = { rows: this.#rows, repeats: this.#repeats, clusters, variants: this.#variants() };
    return {
      rows: facts.rows,
      repeats: facts.repeats,
      level: LEVEL,
      alpha: ALPHA,
      goodEnoughPoints,
      clusters,
      variants: facts.variants,
      scorers: drafts.map((draft) => settleScorer(draft, settling, breakdown)),
      ...(this.#repeatTables.length === 0 ? {} : { minRepeats: this.#repeatTables.map((table) => table.figures()) }),
      notes: runNotes(facts, this.#tallies, this.#tables),
    };
  }

  #drafts(): readonly ScorerDraft[] {
    const ofRows = this.#clusters?.ofRows() ?? null;
    const selection = { count: this.#rows, places: null, clusters: ofRows };
    const scanner = new PairScanner(this.#rows, this.#clusters?.size ?? 0);
    const comparing = { scanner, options: { test: this.#options.test } };
    const lists = this.#groups?.rowsByLabel(MAX_GROUPS) ?? [];
    const groups = lists.map((places, id): RowGroup => {
      return { value: this.#groups?.value(id) ?? null, selection: { count: places.length, places, clusters: ofRows } };
    });
    return this.#tables.map((table) => draftScorer({ table, tallies: this.#tallies, selection, groups }, comparing));
  }

  #otherRows(): number {
    const lists = this.#groups?.rowsByLabel(MAX_GROUPS) ?? [];
    return lists.reduce((left, { length }) => left - length, this.#rows);
  }

  #clusterFacts(): ClusterFacts | null {
    const { clusterColumn = null } = this.#options;
    if (this.#clusters === null || clusterColumn === null) return null;
    return { column: clusterColumn, clusters: this.#clusters.size, missing: this.#clusters.missing };
  }

  #variants(): readonly AnalysedVariant[] {
    const names = variantNames(this.#options.variants.map(runVariantName));
    return this.#options.variants.flatMap(({ prompt, model, label, temperature }, index) => {
      const tally = this.#tallies[index];
      if (tally === undefined) return [];
      const { completed, errored, skipped, cut, unknownCosts } = tally;
      const costs = tally.costs();
      return {
        name: names[index] ?? model.model,
        prompt: prompt.name,
        provider: model.provider,
        model: model.model,
        ...(label === undefined ? {} : { label }),
        temperature,
        completed,
        errored,
        skipped,
        cut,
        unknownCosts,
        costPerThousandRows: costs === null ? null : costOf(costs, 1000),
        latencyP95Ms: tally.latencyP95Ms(),
      };
    });
  }
}
