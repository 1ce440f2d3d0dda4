import type { Estimate, EstimateVerdict, JudgesEstimate } from '../../core/estimate.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Summary } from '../../core/summary.ts';
import type { Clock } from '../../engine/clock.ts';
import type { JournalExtent } from '../../engine/journal.ts';
import { type FileDigest, writeFileAtomic } from '../../io/atomic-file.ts';
import type { RunConfig } from '../config/run-config.ts';
import { estimateRecord, judgesRecord, verdictsOf, withActual } from '../estimate/record.ts';
import { stoppedRecord } from '../race/stopped-variant.ts';
import { promptgridVersion } from '../version.ts';
import type { DatasetFacts } from './dataset-check.ts';
import type { EarlierRun } from './earlier-run.ts';
import type { Lanes } from './lanes.ts';
import type { RunOutcome } from './outcome.ts';
import { RUN_FILES, type RunFolder } from './run-folder.ts';
import { datasetRecord, FORMAT_VERSION, priceRecords, type RunFile, runSettings } from './run-state.ts';

/** What the run's files say about it from its beginning on. */
interface RunFacts {
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly facts: DatasetFacts;
  readonly identity: JsonObject;
  readonly lanes: Lanes;
  /** Trials of the plan. */
  readonly trials: number;
  readonly clock: Clock;
  /** What an earlier session wrote down; null where this one begins the run. */
  readonly earlier: EarlierRun | null;
}

/** What the run's other files hold. */
interface WrittenFiles {
  readonly journal: JournalExtent;
  /** By the names of the result files. */
  readonly results: Readonly<Record<string, FileDigest>>;
}

type ChangingPart = WrittenFiles & Pick<RunFile, 'state' | 'stoppedBecause' | 'simulated' | 'totals' | 'files'>;

/** Keeps run.json and summary.json. */
export class RunBook {
  readonly #run: RunFacts;
  readonly #createdAt: string;
  readonly #version = promptgridVersion();
  #estimate: JsonObject | null;

  constructor(run: RunFacts) {
    this.#run = run;
    this.#createdAt = run.earlier?.createdAt ?? run.clock.date().toISOString();
    this.#estimate = run.earlier?.estimate ?? null;
  }

  /** Notes what the run is expected to spend, before its calls. */
  noteEstimate(estimate: Estimate): void {
    this.#estimate = estimateRecord(estimate, this.#run.clock.date());
  }

  /** Notes what judges are expected to spend that are asked about answers of an earlier session. */
  noteJudges(judges: JudgesEstimate): void {
    if (this.#estimate !== null) this.#estimate = { ...this.#estimate, judges: judgesRecord(judges) };
  }

  /** What became of the estimate, where the run has every result. */
  verdicts(summary: Summary): readonly EstimateVerdict[] {
    return this.#estimate === null ? [] : verdictsOf(this.#estimate, summary);
  }

  /** Writes down that the run is under way. @param journal as it was found */
  async begin(journal: JournalExtent): Promise<void> {
    await this.#write({
      state: 'running',
      stoppedBecause: null,
      simulated: this.#run.config.simulation !== null,
      totals: null,
      files: [],
      journal,
      results: this.#run.earlier?.results ?? {},
    });
  }

  /** Writes down what came of it. */
  async end(outcome: RunOutcome, { journal, results }: WrittenFiles): Promise<void> {
    const { folder, trials, config } = this.#run;
    const { state, stoppedBecause, simulated, summary, analysis, gates, stopped, files } = outcome;
    const spent = state === 'completed' ? summary : null;
    const estimate = this.#estimate === null ? null : withActual(this.#estimate, spent);
    const stoppedVariants = stopped.map(stoppedRecord);
    const facts = { state, simulated, dataset: config.dataset.name, trials, estimate };
    const document = { ...facts, gates, stoppedVariants, ...summary, analysis };
    await writeFileAtomic(folder.file(RUN_FILES.summary), `${JSON.stringify(document, null, 2)}\n`);
    await this.#write({ state, stoppedBecause, simulated, totals: summary.total, files, journal, results });
  }

  async #write(part: ChangingPart): Promise<void> {
    const { config, folder, facts, identity, lanes, trials, clock, earlier } = this.#run;
    await folder.writeRunFile({
      formatVersion: earlier?.formatVersion ?? FORMAT_VERSION,
      promptgridVersion: this.#version,
      ...part,
      createdAt: this.#createdAt,
      updatedAt: clock.date().toISOString(),
      identity,
      dataset: datasetRecord(config, facts),
      settings: runSettings(config),
      prices: priceRecords(lanes.lanes),
      trials,
      estimate: this.#estimate,
    });
  }
}
