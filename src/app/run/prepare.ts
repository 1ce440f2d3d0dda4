import { dirname } from 'node:path';
import type { JsonObject } from '../../core/json.ts';
import { countTrials } from '../../core/plan.ts';
import { countSelected } from '../../core/sampling.ts';
import type { Scorer } from '../../core/scorer.ts';
import { buildVariants, type Variant } from '../../core/variant.ts';
import type { ResponseCache } from '../../engine/response-cache.ts';
import { gitRevision } from '../../io/git-revision.ts';
import { checkJournalPresent, type StoredRun } from '../../store/run-file.ts';
import { findSameRun, RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import { checkLeast } from '../config/gates.ts';
import { endpointMask } from '../config/request-parts.ts';
import type { GridConfig, MoneyConfig, RowsConfig, RunConfig } from '../config/run-config.ts';
import { type Lanes, openLanes } from '../endpoints/lanes.ts';
import { checkBudget, checkEmbeddings, checkPaysForCall } from '../endpoints/worst-case.ts';
import type { RunEnvironment } from '../environment.ts';
import type { RunEvents } from '../events.ts';
import { checkDataset, type DatasetFacts } from '../plan/dataset-check.ts';
import type { DatasetInput } from '../plan/dataset-input.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { raceScorer } from '../scoring/race-scorer.ts';
import { assertionScorers } from '../scoring/row-assertions.ts';
import { scorerTools } from '../scoring/scorer-tools.ts';
import { checkFormats } from './format-check.ts';
import { runIdentity } from './run-documents.ts';
import { RunRecord } from './run-record.ts';

/** A run that passed all checks. */
export interface Prepared {
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly scorers: readonly Scorer[];
  readonly facts: DatasetFacts;
  readonly plan: Plan;
  /** Participating rows. */
  readonly rows: number;
  /** Trials of the plan. */
  readonly trials: number;
  readonly lanes: Lanes;
  /** null if answers are not cached. */
  readonly cache: ResponseCache | null;
  readonly book: RunRecord;
  /** null if this session begins the run. */
  readonly earlier: StoredRun | null;
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
  const checked = await check(config, folder, scorers);
  refuse(countSelected({ ...config.selection, rows: checked.facts.rows }));
  for (const warning of checked.warnings) environment.events.onWarning?.(warning);
  const lanes = await openLanes(config, environment);
  return begin({ ...checked, folder, scorers, lanes, input }, environment).catch(async (error: unknown) => {
    await lanes.close();
    throw error;
  });
}

interface Checked {
  readonly config: RunConfig;
  readonly facts: DatasetFacts;
  readonly identity: JsonObject;
  /** null if the folder holds no run. */
  readonly earlier: StoredRun | null;
  /** About the dataset, and about a run that is replaced. */
  readonly warnings: readonly string[];
}

async function check(config: RunConfig, folder: RunFolder, scorers: readonly Scorer[]): Promise<Checked> {
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
  const { warnings } = facts;
  if (config.output.overwrite) return { config, facts, identity, earlier: null, warnings };
  const { earlier, replaced } = await findSameRun(folder.path, identity, endpointMask(config.endpoints));
  if (earlier !== null) await checkJournalPresent(earlier, RUN_FILES.journal);
  if (replaced === null) return { config, facts, identity, earlier, warnings };
  return { config: overwriting(config), facts, identity, earlier, warnings: [...warnings, replaced] };
}

function overwriting(config: RunConfig): RunConfig {
  return { ...config, output: { ...config.output, overwrite: true } };
}

interface Opened extends Checked, RunInputs {
  readonly lanes: Lanes;
}

/** From here on the folder belongs to this run. */
async function begin(opened: Opened, { clock, events }: RunEnvironment): Promise<Prepared> {
  const { folder, facts, identity, lanes, earlier } = opened;
  const scorers = [...opened.scorers, ...assertionScorers(facts.assertions, scorerTools(opened.config))];
  checkEmbeddings({ config: opened.config, facts, scorers }, lanes.lanes);
  checkBudget({ config: opened.config, facts, scorers }, lanes.lanes);
  const { budget } = opened.config;
  // What a cache holds costs nothing, and a resumed run may have little left to ask.
  if (earlier === null && !isCaching(opened.config)) {
    checkPaysForCall({ plan: buildPlan(opened.config, facts, null), facts }, lanes.lanes, budget);
  }
  const cache = await openCache(opened.config, events);
  await lanes.keepLists();
  const { path } = await opened.input.accept();
  const config = { ...opened.config, dataset: { ...opened.config.dataset, path } };
  const plan = buildPlan(config, facts, earlier);
  const rows = countSelected({ rows: facts.rows, ...config.selection });
  const trials = countTrials(plan.grid, rows);
  const revision = await gitRevision(dirname(config.dataset.path));
  const book = new RunRecord({ config, folder, facts, identity, lanes, trials, clock, earlier, revision });
  return { config, folder, scorers, facts, plan, rows, trials, lanes, cache, book, earlier };
}

/** A cache that no trial may use is not created. */
function isCaching({ cache, temperatures }: MoneyConfig & GridConfig): boolean {
  return cache !== null && (cache.isForAll || temperatures.includes(0));
}

async function openCache(config: MoneyConfig & GridConfig, events: RunEvents): Promise<ResponseCache | null> {
  const { cache } = config;
  if (cache === null || !isCaching(config)) return null;
  const { ResponseCache } = await import('../../engine/response-cache.ts');
  return ResponseCache.open(cache.folder, (text) => events.onWarning?.(text));
}

/** The plan of a checked dataset. @param earlier the run to resume, whose ids the trials keep; null for none */
export function buildPlan(config: RowsConfig & GridConfig, facts: DatasetFacts, earlier: StoredRun | null): Plan {
  const { dataset, repeats, selection } = config;
  const grid = { variants: variantsOf(config, facts), repeats, hasPlainIds: earlier?.formatVersion === 1 };
  return { dataset, rows: facts.rows, selection, grid };
}

function variantsOf({ models, temperatures, params }: GridConfig, { prompts }: DatasetFacts): readonly Variant[] {
  return buildVariants({ prompts, models, temperatures, params });
}
