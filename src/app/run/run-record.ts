import type { Estimate, EstimateVerdict, JudgesEstimate } from '../../core/estimate.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Mask, maskedDocument } from '../../core/secret-mask.ts';
import type { Summary } from '../../core/summary.ts';
import { type FileDigest, writeFileAtomic } from '../../io/atomic-file.ts';
import type { Clock } from '../../io/clock.ts';
import type { JournalExtent } from '../../store/journal.ts';
import { FORMAT_VERSION, type RunFile, type StoredRun } from '../../store/run-file.ts';
import { RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import { endpointMask } from '../config/request-parts.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { Lanes } from '../endpoints/lanes.ts';
import { estimateRecord, judgesRecord, verdictsOf, withActual } from '../forecast/record.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import { promptgridVersion } from '../version.ts';
import { lostRecord, type RunEnd, type RunOutcome } from './outcome.ts';
import { datasetRecord, priceRecords, runSettings } from './run-documents.ts';
import { stoppedRecord } from './stopped-variant.ts';

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
  /** What an earlier session wrote down; null if this one begins the run. */
  readonly earlier: StoredRun | null;
}

/** What is in the result files, by their names. */
type Results = Readonly<Record<string, FileDigest>>;

type ChangingPart = Pick<RunFile, 'state' | 'stoppedBecause' | 'simulated' | 'totals' | 'files' | 'journal'>;

/** Keeps run.json and summary.json. */
export class RunRecord {
  /** True where what lost calls may have cost was kept from the run's first session on. */
  readonly keepsLostCalls: boolean;
  readonly #run: RunFacts;
  readonly #createdAt: string;
  readonly #mask: Mask;
  readonly #version = promptgridVersion();
  #estimate: JsonObject | null;
  #results: Results;
  #hasBegun = false;

  constructor(run: RunFacts) {
    this.#run = run;
    this.#mask = endpointMask(run.config.endpoints);
    this.keepsLostCalls = run.earlier?.keepsLostCalls ?? true;
    this.#createdAt = run.earlier?.createdAt ?? run.clock.date().toISOString();
    this.#estimate = run.earlier?.estimate ?? null;
    this.#results = run.earlier?.results ?? {};
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

  /** True once run.json says that this session is under way. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Notes what is in the result files by now. */
  noteResults(results: Results): void {
    this.#results = results;
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
    });
    this.#hasBegun = true;
  }

  /** Writes down how it ended, where no result files are written: run.json alone. @param journal as it is left */
  async endWithoutFiles({ state, stoppedBecause }: RunEnd, journal: JournalExtent): Promise<void> {
    const simulated = this.#run.config.simulation !== null;
    await this.#write({ state, stoppedBecause, simulated, totals: null, files: [], journal });
  }

  /** Writes down what came of it. @param journal as it is left */
  async end(outcome: RunOutcome, journal: JournalExtent): Promise<void> {
    const { folder, trials, config } = this.#run;
    const { state, stoppedBecause, simulated, summary, lost, analysis, gates, stopped, files } = outcome;
    const spent = state === 'completed' ? summary : null;
    const estimate = this.#estimate === null ? null : withActual(this.#estimate, spent);
    const stoppedVariants = stopped.map(stoppedRecord);
    const facts = { state, simulated, dataset: config.dataset.name, trials, estimate };
    const document = { ...facts, gates, stoppedVariants, ...lostRecord(lost), ...summary, analysis };
    await writeFileAtomic(folder.file(RUN_FILES.summary), maskedDocument(document, this.#mask));
    await this.#write({ state, stoppedBecause, simulated, totals: summary.total, files, journal });
  }

  async #write(part: ChangingPart): Promise<void> {
    const { config, folder, facts, identity, lanes, trials, clock, earlier } = this.#run;
    const file: RunFile = {
      formatVersion: earlier?.formatVersion ?? FORMAT_VERSION,
      promptgridVersion: this.#version,
      ...part,
      createdAt: this.#createdAt,
      updatedAt: clock.date().toISOString(),
      identity,
      dataset: datasetRecord(config.dataset.name, facts),
      settings: runSettings(config),
      prices: priceRecords(lanes.lanes),
      trials,
      estimate: this.#estimate,
      keepsLostCalls: this.keepsLostCalls,
      results: this.#results,
    };
    await folder.writeRunFile(file, this.#mask);
  }
}
