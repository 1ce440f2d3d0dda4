import { lostRecord } from '../../core/billed.ts';
import { shortDigest } from '../../core/digest.ts';
import type { Estimate, EstimateVerdict, JudgesEstimate } from '../../core/estimate.ts';
import { canonicalJson, type JsonObject, objectOf, parseJson } from '../../core/json.ts';
import { type Mask, maskedDocument } from '../../core/secret-mask.ts';
import type { Summary } from '../../core/summary.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import type { Clock } from '../../io/clock.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { type Derivation, type DerivationInputs, recordDigest } from '../../store/derivation.ts';
import { type ForeignResults, NO_FOREIGN } from '../../store/foreign-results.ts';
import type { Journal } from '../../store/journal.ts';
import { type JournalRecord, journalRecord } from '../../store/journal-loss.ts';
import { FORMAT_VERSION, type RunFile, type StoredRun } from '../../store/run-file.ts';
import { RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import { endpointMask } from '../config/request-parts.ts';
import type { RunConfig } from '../config/run-config.ts';
import { estimateRecord, judgesRecord, verdictsOf, withActual } from '../forecast/record.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import { onlyFailedOf } from '../plan/failed-rows.ts';
import { promptgridVersion } from '../version.ts';
import type { RunEnd, WrittenOutcome } from './outcome.ts';
import { datasetRecord, runSettings, selectionRecord } from './run-documents.ts';
import { stoppedRecord } from './stopped-variant.ts';

/** The run's own files about it, from its beginning on. */
interface RunFacts {
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly facts: DatasetFacts;
  readonly identity: JsonObject;
  /** Those of the calls, as run.json has them. */
  readonly prices: readonly JsonObject[];
  /** Trials of the plan. */
  readonly trials: number;
  readonly clock: Clock;
  /** The record of an earlier session; null if this one begins the run. */
  readonly earlier: StoredRun | null;
  /** Commit of the git repository around the dataset; null if unknown. */
  readonly revision: string | null;
}

/** The content of the result files, by name. */
type Results = Readonly<Record<string, FileDigest>>;

/** True if the trials of a session are those of the one before. */
function hasSameTrials({ config, facts, trials }: RunFacts, earlier: StoredRun): boolean {
  if (earlier.trials !== trials || earlier.dataset.sha256 !== facts.sha256) return false;
  const { selection = null } = objectOf(earlier.document['settings']);
  return canonicalJson(selection) === canonicalJson(selectionRecord(config.selection));
}

type ChangingPart = Pick<
  RunFile,
  'state' | 'stoppedBecause' | 'simulated' | 'totals' | 'unused' | 'files' | 'journal'
> & {
  /** null while anything is left to do. */
  readonly derivation?: Omit<Derivation, 'record'> | null;
};

/** What is recorded of the journal. */
type KeptJournal = Pick<Journal, 'extent' | 'loss' | 'checksum' | 'simulated'>;

/** Maintains run.json and summary.json. */
export class RunRecord {
  /** True if the possible cost of lost calls was recorded since the run's first session. */
  readonly keepsLostCalls: boolean;
  readonly #run: RunFacts;
  readonly #createdAt: string;
  readonly #mask: Mask;
  readonly #version = promptgridVersion();
  #estimate: JsonObject | null;
  #results: Results;
  #foreign = NO_FOREIGN;
  #madeFromBytes: number | null;
  #hasBegun = false;

  constructor(run: RunFacts) {
    this.#run = run;
    this.#mask = endpointMask(run.config.endpoints);
    this.keepsLostCalls = run.earlier?.keepsLostCalls ?? true;
    this.#createdAt = run.earlier?.createdAt ?? run.clock.date().toISOString();
    this.#estimate = run.earlier?.estimate ?? null;
    this.#results = run.earlier?.results ?? {};
    this.#madeFromBytes = run.earlier?.madeFromBytes ?? null;
  }

  /** Names the run in a queue: the same in each of its sessions. */
  get queueKey(): string {
    return shortDigest(`${this.#createdAt} ${canonicalJson(this.#run.identity)}`);
  }

  /** Records the expected cost of the run, before its calls. */
  noteEstimate(estimate: Estimate): void {
    this.#estimate = estimateRecord(estimate, this.#run.clock.date());
  }

  /**
   * Drops an earlier estimate that was not made for the trials that this session pays, and which makes none. With nothing
   * to pay, rows that have gone are still part of the bill.
   */
  dropOtherEstimate(): void {
    const { earlier } = this.#run;
    if (earlier !== null && !hasSameTrials(this.#run, earlier)) this.#estimate = null;
  }

  /** Records the expected cost of judges for answers of an earlier session. */
  noteJudges(judges: JudgesEstimate): void {
    if (this.#estimate !== null) this.#estimate = { ...this.#estimate, judges: judgesRecord(judges) };
  }

  /** Estimated and actual cost, if the run has every result. */
  verdicts(summary: Summary): readonly EstimateVerdict[] {
    return this.#estimate === null ? [] : verdictsOf(this.#estimate, summary);
  }

  /** True once run.json says that this session is in progress. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Records what its journal holds of no trial of its plan. */
  noteForeign(foreign: ForeignResults): void {
    this.#foreign = foreign;
  }

  /** Results of its journal that belong to no trial of its plan. */
  get foreign(): ForeignResults {
    return this.#foreign;
  }

  /** Records the current content of the result files. */
  noteResults(results: Results): void {
    this.#results = results;
  }

  /** Records that the run is in progress, and what its journal was then. */
  async begin(journal: KeptJournal): Promise<void> {
    const found = this.#journalRecord(journal);
    // If the session dies, this shows whether lines from before it are gone.
    const checksum = found.missing === undefined ? { checksum: journal.checksum } : {};
    await this.#write({
      state: 'running',
      stoppedBecause: null,
      simulated: this.isSimulated(journal),
      totals: null,
      files: [],
      journal: { ...found, ...checksum },
    });
    this.#hasBegun = true;
  }

  /** Records how it ended when no result files are written: run.json alone. @param journal as it is left */
  async endWithoutFiles({ state, stoppedBecause }: RunEnd, journal: KeptJournal): Promise<void> {
    const simulated = this.isSimulated(journal);
    const kept = this.#journalRecord(journal);
    await this.#write({ state, stoppedBecause, simulated, totals: null, files: [], journal: kept });
  }

  /** True if the run calls promptgrid's own gateway, or a journal has answers of one that was called by its address. */
  isSimulated({ simulated }: Pick<Journal, 'simulated'>): boolean {
    return simulated || this.#run.config.simulation !== null;
  }

  /** The text of summary.json. */
  summaryText(outcome: WrittenOutcome): string {
    const { trials, config } = this.#run;
    const { state, simulated, summary, lost, analysis, gates, stopped } = outcome;
    const spent = state === 'completed' ? summary : null;
    const estimate = this.#estimate === null ? null : withActual(this.#estimate, spent);
    const stoppedVariants = stopped.map(stoppedRecord);
    const facts = { state, simulated, dataset: config.dataset.name, trials, estimate };
    return maskedDocument({ ...facts, gates, stoppedVariants, ...lostRecord(lost), ...summary, analysis }, this.#mask);
  }

  /** The estimate before the calls, as run.json has it; null if there was none. */
  get estimate(): JsonObject | null {
    return this.#estimate;
  }

  /**
   * Records the outcome.
   * @param journal as it is left
   * @param inputs of the files; null if anything is left to do
   */
  async end(outcome: WrittenOutcome, journal: KeptJournal, inputs: DerivationInputs | null): Promise<void> {
    const { folder } = this.#run;
    const { state, stoppedBecause, simulated, summary, files } = outcome;
    const written = await writeFileAtomic(folder.file(RUN_FILES.summary), this.summaryText(outcome));
    const derivation = inputs === null ? null : { ...inputs, summary: written };
    const kept = this.#journalRecord(journal);
    this.#madeFromBytes = kept.bytes;
    const { total: totals, unused } = summary;
    await this.#write({ state, stoppedBecause, simulated, totals, unused, files, journal: kept, derivation });
  }

  #journalRecord({ extent, loss }: KeptJournal): JournalRecord {
    return journalRecord(extent, loss, this.#run.config.output.paysAgain);
  }

  async #write({ derivation = null, ...part }: ChangingPart): Promise<void> {
    const { config, folder, facts, identity, prices, trials, clock, earlier, revision } = this.#run;
    const onlyFailed = onlyFailedOf(config);
    const file: RunFile = {
      formatVersion: earlier?.formatVersion ?? FORMAT_VERSION,
      promptgridVersion: this.#version,
      ...part,
      createdAt: this.#createdAt,
      updatedAt: clock.date().toISOString(),
      revision,
      identity,
      dataset: datasetRecord(config.dataset, facts),
      settings: runSettings(config),
      prices,
      trials,
      ...(this.#foreign.trials === 0 ? {} : { foreign: this.#foreign }),
      ...(onlyFailed === null ? {} : { onlyFailed }),
      estimate: this.#estimate,
      keepsLostCalls: this.keepsLostCalls,
      results: this.#results,
      ...(this.#madeFromBytes === null ? {} : { madeFromBytes: this.#madeFromBytes }),
      derivation: derivation === null ? null : { ...derivation, record: '' },
    };
    await folder.writeRunFile(this.#sealed(file), this.#mask);
  }

  /** With its own digest, which is that of the text as it is written. */
  #sealed(file: RunFile): RunFile {
    if (file.derivation === null) return file;
    const record = recordDigest(objectOf(parseJson(maskedDocument(file, this.#mask))));
    return { ...file, derivation: { ...file.derivation, record } };
  }
}
