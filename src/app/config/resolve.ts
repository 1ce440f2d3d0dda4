import { basename, extname, join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { fileNamePart } from '../../core/plain-text.ts';
import type { ModelRef } from '../../core/variant.ts';
import { DEFAULT_DELAYS } from '../../engine/retry.ts';
import { hasScorer } from '../../scorers/index.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import { boundWarnings, checkGridFields } from './api-fields.ts';
import { resolveBatch } from './batches.ts';
import { resolveDataset } from './datasets.ts';
import { resolveDialect } from './dialect.ts';
import { endpointWarnings, requireNamed, resolveEndpoint } from './endpoints.ts';
import { readConfigFile } from './file.ts';
import { resolveGates } from './gates.ts';
import { resolveGridModels } from './grid-models.ts';
import { askedModels, resolveScoring } from './judges.ts';
import { DEFAULT_FORMATS, variableName } from './options.ts';
import type { Origin } from './origins.ts';
import { resolveMoney, resolvePace, unusedWarnings } from './pace.ts';
import { apiNames, resolvePrograms } from './programs.ts';
import { resolvePrompts } from './prompt-specs.ts';
import { resolveQueue } from './queues.ts';
import { resolveParams } from './request-params.ts';
import { schemaOf } from './response-format.ts';
import type {
  DatasetConfig,
  EndpointConfig,
  OutputConfig,
  RaceConfig,
  RunConfig,
  SimulationConfig,
} from './run-config.ts';
import type { FileSettings, MergedSettings } from './schema.ts';
import { resolveSelection } from './selection.ts';
import { readEnvironment } from './settings.ts';
import type { VariableContext } from './variables.ts';

/** What settings are resolved against. */
interface ResolveContext extends VariableContext {
  /** Folder that may hold promptgrid.yaml; null looks for none. */
  readonly folder: string | null;
  readonly now: Date;
}

/** Settings given besides the environment. */
interface GivenSources {
  /** From the command line or the library, parsed. */
  readonly settings: FileSettings;
  /** The settings file that was named; null for the one in the folder. */
  readonly configFile: string | null;
}

/** Settings of every source but the defaults, in the order of precedence: given > environment > file. */
export async function mergeSettings(
  { settings: own, configFile }: GivenSources,
  context: ResolveContext,
): Promise<MergedSettings> {
  const { folder } = context;
  const file = configFile === null && folder === null ? {} : await readConfigFile(configFile, folder ?? '.');
  const environment = readEnvironment(context.env);
  const { projectVariables } = context;
  const origins: Record<string, Origin> = {};
  for (const name of Object.keys(file)) origins[name] = 'project';
  for (const name of Object.keys(environment)) {
    origins[name] = projectVariables?.has(variableName(name)) === true ? 'project' : 'environment';
  }
  for (const name of Object.keys(own)) origins[name] = 'caller';
  return { ...file, ...environment, ...own, origins };
}

/** Turns merged settings into the one configuration of a run. @throws UsageError for settings that cannot run */
export async function resolveRunConfig(settings: MergedSettings, context: ResolveContext): Promise<RunConfig> {
  const warnings: string[] = [];
  checkModelGiven(settings);
  const params = await resolveParams(settings);
  const { limits, prices, ...grid } = resolveGridModels(settings, params, warnings);
  const batch = resolveBatch(settings, grid.models);
  const models = grid.models.map(({ ref }) => ref);
  const dataset = await resolveDataset(settings, warnings);
  const simulation = resolveSimulation(settings);
  const score = withFormatScore(unique(settings.score ?? [], 'score', warnings), settings, params);
  const scoring = resolveScoring({ ...settings, score });
  const asked = askedModels({ models: grid.models, judge: scoring.judge });
  const endpoints = simulation === null ? resolveEndpoints(asked, settings, context) : [];
  checkGridFields(grid.models, params, settings);
  warnings.push(...maxTokensWarnings(settings, models), ...boundWarnings(grid.models, settings));
  warnings.push(...endpointWarnings(settings, asked));
  warnings.push(...unusedWarnings(settings, asked));
  return {
    dataset,
    prompts: await resolvePrompts(settings.prompt ?? [], settings.promptFile ?? []),
    system: settings.system ?? null,
    imageColumns: resolveImageColumns(settings, dataset),
    ...grid,
    repeats: settings.repeat ?? 1,
    params,
    endpoints,
    programs: await resolvePrograms({ models: grid.models, judge: scoring.judge }, settings, context.env),
    kinds: kindsOf(asked, settings),
    trustsProject: settings.trustConfig ?? false,
    simulation,
    isStreaming: settings.stream ?? false,
    batch,
    queue: resolveQueue(settings, asked, endpoints, context.env),
    checkModels: settings.modelCheck ?? true,
    ...resolvePace(settings, { own: limits, asked }),
    ...resolveMoney(settings, { own: prices, asked }, simulation !== null),
    timeoutMs: (settings.timeout ?? 120) * 1000,
    retry: {
      maxAttempts: settings.maxAttempts ?? 6,
      maxWaitMs: (settings.maxWait ?? 600) * 1000,
      ...DEFAULT_DELAYS,
    },
    stopAfterWaitMs: settings.stopAfterWait === undefined ? null : settings.stopAfterWait * 1000,
    retryErrored: settings.retryErrored ?? false,
    ...scoring,
    selection: resolveSelection(settings),
    gates: resolveGates(settings),
    race: resolveRace(settings),
    output: resolveOutput(settings, dataset, context.now),
    warnings,
  };
}

/** What was asked for by --response-format is scored too, unless a scorer looks at the form of answers anyway. */
function withFormatScore(
  score: readonly GivenScorer[],
  { responseFormat }: FileSettings,
  { response_format: format }: JsonObject,
): readonly GivenScorer[] {
  const schema = responseFormat === undefined ? null : schemaOf(format);
  if (schema === null || hasScorer(score, FORMAT_SCORER)) return score;
  return [...score, { type: FORMAT_SCORER, schema, whole: true }];
}

const FORMAT_SCORER = 'json-schema';

function resolveImageColumns({ imageColumn = [] }: FileSettings, { path }: DatasetConfig): readonly string[] {
  if (imageColumn.length === 0 || path !== '-') return [...new Set(imageColumn)];
  throw new UsageError('--image-column names files in the folder of the dataset, and standard input has none', {
    hint: 'give the dataset as a file that is beside its images',
  });
}

function resolveRace({ stopWhenDecided = false }: FileSettings): RaceConfig | null {
  return stopWhenDecided === false ? null : { scorer: stopWhenDecided === true ? null : stopWhenDecided };
}

function checkModelGiven({ model = [], dataset }: FileSettings): void {
  if (model.length > 0) return;
  // Without either of these there is no project here yet.
  if (dataset === undefined) {
    throw new UsageError('no dataset and no model, and no promptgrid.yaml here that names them', {
      hint: 'write a project that runs without a key: promptgrid init; or give both: promptgrid run rows.csv -m gpt-4o-mini',
    });
  }
  throw new UsageError('no model given', {
    hint: 'give --model, such as --model gpt-4o-mini; promptgrid models lists them',
  });
}

function unique<T>(values: readonly T[], name: string, warnings: string[]): readonly T[] {
  const kept = [...new Set(values)];
  if (kept.length < values.length) warnings.push(`the same ${name} is given twice: it is used once`);
  return kept;
}

function resolveSimulation({ simulate }: FileSettings): SimulationConfig | null {
  if (simulate === undefined || simulate === false) return null;
  return { answersFile: simulate === true ? null : simulate };
}

function resolveEndpoints(
  models: readonly ModelRef[],
  settings: MergedSettings,
  context: VariableContext,
): readonly EndpointConfig[] {
  return apiNames(models).map((name) => resolveEndpoint(requireNamed(name, settings), settings, context));
}

function kindsOf(models: readonly ModelRef[], settings: FileSettings): Readonly<Record<string, string>> {
  const named = apiNames(models).map((name) => requireNamed(name, settings));
  const renamed = named.filter(({ name, definition }) => name !== definition.name);
  return Object.fromEntries(renamed.map(({ name, definition }) => [name, definition.name]));
}

function maxTokensWarnings(settings: FileSettings, models: readonly ModelRef[]): readonly string[] {
  return apiNames(models).flatMap((name) => {
    const { maxTokens } = settings;
    const documented = requireNamed(name, settings).definition.documentedMaxTokens;
    if (maxTokens === undefined || documented === null || maxTokens <= documented) return [];
    return [`${name} documents --max-tokens up to ${documented}; ${maxTokens} is sent as it is`];
  });
}

function resolveOutput(settings: FileSettings, dataset: DatasetConfig, now: Date): OutputConfig {
  const file = basename(dataset.path).replace(/\.(?:gz|zst)$/i, '');
  const others = dataset.more.length === 0 ? '' : `-and-${dataset.more.length}-more`;
  const name = dataset.path === '-' ? 'stdin' : `${fileNamePart(basename(file, extname(file)))}${others}`;
  const time = now.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  return {
    folder: settings.out ?? join('results', `${name}-${time}`),
    isNamed: settings.out !== undefined,
    overwrite: settings.overwrite ?? false,
    takeOver: settings.takeOver ?? false,
    paysAgain: settings.payAgain ?? false,
    isPrivate: settings.private ?? false,
    formats: [...new Set(settings.format ?? DEFAULT_FORMATS)],
    page: settings.report ?? true,
    ...resolveDialect(settings),
  };
}
