import { dirname } from 'node:path';
import { RunFolderError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { countTrials } from '../../core/plan.ts';
import { countSelected } from '../../core/sampling.ts';
import type { Scorer } from '../../core/scorer.ts';
import type { ResponseCache } from '../../engine/response-cache.ts';
import { gitRevision } from '../../io/git-revision.ts';
import { BatchFile } from '../../store/batch-file.ts';
import { checkJournalPresent, type StoredRun } from '../../store/run-file.ts';
import { findSameRun, RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import { checkLeast } from '../config/gates.ts';
import { endpointMask } from '../config/request-parts.ts';
import type { GridConfig, MoneyConfig, RowsConfig, RunConfig } from '../config/run-config.ts';
import { checkJudgeFields } from '../endpoints/judge-calls.ts';
import { batchPriced, type Lanes, openLanes } from '../endpoints/lanes.ts';
import { checkBudget, checkPaysForCall } from '../endpoints/worst-case.ts';
import type { RunEnvironment } from '../environment.ts';
import type { RunEvents } from '../events.ts';
import { checkDataset, type DatasetFacts } from '../plan/dataset-check.ts';
import type { DatasetInput } from '../plan/dataset-input.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { variantsOf } from '../plan/variants.ts';
import { raceScorer } from '../scoring/race-scorer.ts';
import { assertionScorers } from '../scoring/row-assertions.ts';
import { scorerTools } from '../scoring/scorer-tools.ts';
import { withEarlierNames } from './earlier-names.ts';
import { checkFormats } from './format-check.ts';
import { priceRecords, runIdentity } from './run-documents.ts';
import { RunRecord } from './run-record.ts';

/** A run that passed all checks but those of its endpoints. */
export interface PlannedRun {
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly scorers: readonly Scorer[];
  readonly facts: DatasetFacts;
  readonly plan: Plan;
  /** Participating rows. */
  readonly rows: number;
  /** Trials of the plan. */
  readonly trials: number;
  readonly book: RunRecord;
  /** null if this session begins the run. */
  readonly earlier: StoredRun | null;
}

/** A run that passed all checks. */
export interface Prepared extends PlannedRun {
  readonly lanes: Lanes;
  /** null if answers are not cached. */
  readonly cache: ResponseCache | null;
}

/** What a run is prepared with. */
export interface RunInputs {
  /** Locked by this process. */
  readonly folder: RunFolder;
  /** Without those of row assertions. */
  readonly scorers: readonly Scorer[];
  readonly input: DatasetInput;
}

/** Refuses a run for reasons that only the caller can check. @param rows participating. @throws PromptgridError */
export type Refuse = (rows: number) => void;

/** Checks everything that can be refused, before anything is paid or replaced. @throws PromptgridError */
export async function prepare(
  config: RunConfig,
  { folder, scorers, input }: RunInputs,
  environment: RunEnvironment,
  refuse: Refuse,
): Promise<Prepared> {
  const checked = await checkRun(config, folder.path, scorers);
  if (config.output.overwrite) await refuseOpenBatches(folder);
  refuse(countSelected({ ...config.selection, rows: checked.facts.rows }));
  for (const warning of checked.warnings) environment.events.onWarning?.(warning);
  const lanes = await openLanes(config, environment);
  return begin({ ...checked, folder, scorers, lanes, input }, environment).catch(async (error: unknown) => {
    await lanes.close();
    throw error;
  });
}

/** A run whose settings and dataset fit each other and the run in the folder. */
export interface CheckedRun {
  readonly config: RunConfig;
  readonly facts: DatasetFacts;
  readonly identity: JsonObject;
  /** null if the folder holds no run. */
  readonly earlier: StoredRun | null;
  /** About the dataset, and about a run that is replaced. */
  readonly warnings: readonly string[];
}

/**
 * Makes the checks that need no endpoint, and changes nothing.
 * @param path of the run folder, which need not exist
 * @throws PromptgridError
 */
export async function checkRun(given: RunConfig, path: string, scorers: readonly Scorer[]): Promise<CheckedRun> {
  const { config, warnings: named } = await withEarlierNames(given, path);
  const facts = await checkDataset(config, scorers);
  const variants = variantsOf(config, facts);
  for (const { asks } of scorers) asks?.checkVariants(variants);
  const all = [...scorers, ...assertionScorers(facts.assertions, scorerTools(config))];
  checkFormats(config, { columns: facts.columns, scorers: all, variants });
  if (config.race !== null) raceScorer(config.race, all, variants.length);
  checkLeast(
    config.gates,
    all.map(({ name }) => name),
  );
  const identity = runIdentity(config, facts);
  const warnings = [...facts.warnings, ...named];
  if (config.output.overwrite) return { config, facts, identity, earlier: null, warnings };
  const { earlier, replaced } = await findSameRun(path, identity, endpointMask(config.endpoints));
  if (earlier !== null && !config.output.paysAgain) await checkJournalPresent(earlier, RUN_FILES.journal, 'run');
  if (replaced === null) return { config, facts, identity, earlier, warnings };
  return { config: overwriting(config), facts, identity, earlier, warnings: [...warnings, replaced] };
}

/** Batches go on when the run that bought them is gone. @throws RunFolderError */
async function refuseOpenBatches(folder: RunFolder): Promise<void> {
  const batches = await BatchFile.open(folder.file(RUN_FILES.batches), folder.lock);
  const names = batches.open.map(({ id, provider }) => `${id ?? 'one that may have been created'} (${provider})`);
  if (names.length === 0) return;
  throw new RunFolderError(`${folder.path}: --overwrite would forget batches that are paid: ${names.join(', ')}`, {
    hint: `collect them first: the same command without --overwrite; or cancel them with --cancel-batches; or remove ${folder.file(RUN_FILES.batches)}`,
  });
}

function overwriting(config: RunConfig): RunConfig {
  return { ...config, output: { ...config.output, overwrite: true } };
}

interface Opened extends CheckedRun, RunInputs {
  readonly lanes: Lanes;
}

/** From here on the folder belongs to this run. */
async function begin(opened: Opened, { clock, events }: RunEnvironment): Promise<Prepared> {
  const { facts, lanes, earlier } = opened;
  const asking = { config: opened.config, facts, scorers: allScorers(opened) };
  checkJudgeFields(asking, lanes.lanes);
  checkBudget(asking, lanes.lanes);
  const { budget } = opened.config;
  // What a cache holds costs nothing, and a resumed run may have little left to ask.
  if (earlier === null && !isCaching(opened.config)) {
    const { batch } = opened.config;
    const priced = batch === null || batch.thenLive ? lanes.lanes : lanes.lanes.map(batchPriced);
    checkPaysForCall({ plan: buildPlan(opened.config, facts, null), facts }, priced, budget);
  }
  const cache = await openCache(opened.config, asking.scorers, events);
  await lanes.keepLists();
  const revision = await gitRevision(dirname(opened.config.dataset.path));
  const planned = await planRun(opened, { clock, revision, prices: priceRecords(lanes.lanes) });
  return { ...planned, lanes, cache };
}

/** What run.json says of the calls of a run. */
type CallFacts = Pick<ConstructorParameters<typeof RunRecord>[0], 'clock' | 'revision' | 'prices'>;

/** Lays out a checked run in its folder, where a dataset from standard input is kept. @throws StorageError */
export async function planRun(checked: CheckedRun & RunInputs, calls: CallFacts): Promise<PlannedRun> {
  const { folder, facts, identity, earlier, input } = checked;
  const { path } = await input.accept();
  const config = { ...checked.config, dataset: { ...checked.config.dataset, path } };
  const plan = buildPlan(config, facts, earlier);
  const rows = countSelected({ rows: facts.rows, ...config.selection });
  const trials = countTrials(plan.grid, rows);
  const book = new RunRecord({ config, folder, facts, identity, trials, earlier, ...calls });
  return { config, folder, scorers: allScorers(checked), facts, plan, rows, trials, book, earlier };
}

/** With those of row assertions. */
function allScorers({ scorers, facts, config }: CheckedRun & RunInputs): readonly Scorer[] {
  return [...scorers, ...assertionScorers(facts.assertions, scorerTools(config))];
}

/** True if answers of some trials may come from the cache. */
function isCaching({ cache, models, include }: MoneyConfig & GridConfig): boolean {
  const isCold = [
    ...models.flatMap(({ temperatures }) => temperatures),
    ...include.map(({ temperature }) => temperature),
  ].includes(0);
  return cache !== null && (cache.isForAll || isCold);
}

/** True if verdicts or vectors may come from the cache, whatever the temperatures of the trials. */
function isCachingScores(scorers: readonly Scorer[]): boolean {
  const requests = scorers.flatMap(({ asks }) => asks?.requests ?? []);
  return requests.some(({ temperature, task }) => temperature === 0 || task !== undefined);
}

/** A cache that nothing may use is not created. */
async function openCache(
  config: MoneyConfig & GridConfig,
  scorers: readonly Scorer[],
  events: RunEvents,
): Promise<ResponseCache | null> {
  const { cache } = config;
  if (cache === null || !(isCaching(config) || isCachingScores(scorers))) return null;
  const { ResponseCache } = await import('../../engine/response-cache.ts');
  return ResponseCache.open(cache.folder, (text) => events.onWarning?.(text));
}

/** The plan of a checked dataset. @param earlier the run to resume, whose ids the trials keep; null for none */
export function buildPlan(config: RowsConfig & GridConfig, facts: DatasetFacts, earlier: StoredRun | null): Plan {
  const { dataset, repeats, selection } = config;
  const grid = { variants: variantsOf(config, facts), repeats, hasPlainIds: earlier?.formatVersion === 1 };
  return { dataset, rows: facts.rows, selection, grid };
}
