import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shortDigest } from '../../core/digest.ts';
import type { JsonObject } from '../../core/json.ts';
import { formatDecimal } from '../../core/money.ts';
import { priceRecord } from '../../core/price-record.ts';
import { formatModelRef, type GridModel, type VariantRule } from '../../core/variant.ts';
import { isPattern } from '../../io/glob.ts';
import { judgesOf } from '../config/judges.ts';
import { partsIdentity, shownValue } from '../config/request-parts.ts';
import type {
  AccessConfig,
  DatasetConfig,
  EndpointConfig,
  GridConfig,
  ProgramConfig,
  RequestPart,
  RowsConfig,
  RunConfig,
  ScoringConfig,
  SelectionConfig,
} from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import { readingRecord } from '../plan/stored-dataset.ts';
import { gatesRecord } from './gate-record.ts';

/** Addresses of this machine differ from one start of a local server to the next. */
function comparableEndpoint({ baseUrl, query }: EndpointConfig): string {
  const url = new URL(baseUrl);
  const isLoopback = url.hostname === 'localhost' || url.hostname === '[::1]' || url.hostname.startsWith('127.');
  const address = isLoopback ? `${url.protocol}//loopback${url.pathname}` : url.href.replace(/\/$/, '');
  const parameters = Object.entries(partsIdentity(query)).map(([name, value]) => `${name}=${value}`);
  return parameters.length === 0 ? address : `${address}?${parameters.join('&')}`;
}

/** The identity of a run: another grid, other prompts or another endpoint make another run. */
export function runIdentity(config: RowsConfig & GridConfig & AccessConfig, facts: DatasetFacts): JsonObject {
  const { dataset } = config;
  return {
    dataset: datasetName(dataset),
    // Runs without one keep the identity that they have always had.
    ...(dataset.sheet === null ? {} : { sheet: dataset.sheet }),
    prompts: facts.prompts.map(({ name, template }) => ({ name, template })),
    ...requestIdentity(config),
  };
}

/** The part of a run's identity that does not depend on its dataset. */
export function requestIdentity(config: GridConfig & AccessConfig): JsonObject {
  const endpoints: Record<string, string> = {};
  const headers: Record<string, JsonObject> = {};
  for (const { provider, digest } of config.programs) endpoints[provider] = `code ${digest}`;
  for (const endpoint of config.endpoints) {
    endpoints[endpoint.provider] = comparableEndpoint(endpoint);
    const own = partsIdentity(endpoint.headers);
    if (Object.keys(own).length > 0) headers[endpoint.provider] = own;
  }
  return {
    ...modelsIdentity(config),
    repeat: config.repeats,
    params: config.params,
    endpoints: config.simulation === null ? endpoints : 'embedded gateway (simulated)',
    // Runs without headers keep the identity that they have always had.
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/**
 * Models and temperatures. Runs whose models have no settings of their own keep the identity that they have always had.
 */
function modelsIdentity({ models, exclude, include, params }: GridConfig): JsonObject {
  const [first] = models;
  const temperatures = first?.temperatures ?? [];
  const isPlain = models.every(
    (model) =>
      model.label === undefined && model.params === params && isDeepStrictEqual(model.temperatures, temperatures),
  );
  return {
    models: isPlain ? models.map(({ ref }) => formatModelRef(ref)) : models.map(modelIdentity),
    ...(isPlain ? { temperatures } : {}),
    ...(exclude.length === 0 ? {} : { exclude: exclude.map(ruleRecord) }),
    ...(include.length === 0 ? {} : { include: include.map(ruleRecord) }),
  };
}

function modelIdentity({ ref, label, temperatures, params }: GridModel): JsonObject {
  return { id: formatModelRef(ref), ...(label === undefined ? {} : { label }), temperatures, params };
}

function ruleRecord({ prompt, model, temperature }: VariantRule): JsonObject {
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(model === undefined ? {} : { model }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

/** Settings outside the identity that explain how results were made. */
export function runSettings(config: RunConfig): JsonObject {
  const { concurrency, isFixedConcurrency, timeoutMs, retry, selection } = config;
  const { limits, modelLimits, budget, cache } = config;
  const ownLimits = modelLimits.map(({ model, provider, value }) => ({
    model,
    ...(provider === null ? {} : { provider }),
    ...value,
  }));
  return {
    isFixedConcurrency,
    limits: { ...limits },
    modelLimits: ownLimits,
    budget: budget === null ? null : formatDecimal(budget),
    cache: cache === null ? null : { ...cache },
    concurrency,
    timeoutMs,
    retry: { ...retry },
    selection: selectionRecord(selection),
    ...scoringRecord(config),
    ...gatesRecord(config.gates),
    ...(config.gates.minRepeats.length === 0 ? {} : { minRepeats: config.gates.minRepeats.map((one) => ({ ...one })) }),
    ...(config.isStreaming ? { isStreaming: true } : {}),
    ...(config.queue === null ? {} : { queue: config.queue.shown }),
    ...(config.batch === null ? {} : { batch: { ...config.batch } }),
    endpoints: config.endpoints.map(endpointRecord),
    ...(config.programs.length === 0 ? {} : { programs: config.programs.map(programRecord) }),
  };
}

/** Which rows take part. */
export function selectionRecord({ limit, sample, seed, filter, failed }: SelectionConfig): JsonObject {
  const filters = filter.map((one) => ({ ...one }));
  return {
    limit,
    sample,
    seed,
    ...(filters.length === 0 ? {} : { filter: filters }),
    // The earlier run may be resumed, and then others fail.
    ...(failed === null ? {} : { failedRows: shortDigest(JSON.stringify([...failed.ids])) }),
  };
}

function endpointRecord({ provider, kind, baseUrl, auth, query, headers, proxy }: EndpointConfig): JsonObject {
  return {
    provider,
    ...(kind === provider ? {} : { kind }),
    baseUrl,
    auth,
    ...(query.length === 0 ? {} : { query: partsRecord(query) }),
    ...(headers.length === 0 ? {} : { headers: partsRecord(headers) }),
    ...(proxy === null ? {} : { proxy: proxy.shown }),
  };
}

function programRecord({ provider, digest }: ProgramConfig): JsonObject {
  return { provider, digest };
}

function partsRecord(parts: readonly RequestPart[]): JsonObject {
  return Object.fromEntries(parts.map((part) => [part.name, shownValue(part)]));
}

/** How answers are scored, for run.json. */
export function scoringRecord(scoring: ScoringConfig): JsonObject {
  const { scorers, expectedColumn, judge, keepThoughts, clusterColumn, goodEnoughPoints } = scoring;
  const judges = judgesOf(scoring);
  return {
    scorers,
    expectedColumn,
    judgeModel: judge.model === null ? null : formatModelRef(judge.model),
    ...(judge.embeddingModel === null ? {} : { embeddingModel: formatModelRef(judge.embeddingModel) }),
    // Stays where later scorers ask nobody: their models are found by it.
    ...(judges.length === 0 ? {} : { judges: judges.map(formatModelRef) }),
    judgeAgainst: judge.against,
    keepThoughts,
    cluster: clusterColumn,
    goodEnoughPoints,
  };
}

/** Without folders, so that a project can be moved. What was given counts: a pattern may match more files later. */
function datasetName({ name, given }: DatasetConfig): string {
  return given.length > 1 || isPattern(given[0] ?? '')
    ? given.map((path) => basename(path)).join(', ')
    : basename(name);
}

/** The dataset's part of run.json. */
export function datasetRecord(dataset: DatasetConfig, facts: DatasetFacts): JsonObject {
  const { path, more, name, sheet } = dataset;
  const { sha256, bytes, fileRows, columns, hasIds } = facts;
  const files = more.length === 0 ? {} : { files: [path, ...more] };
  return {
    path: name,
    ...files,
    ...(sheet === null ? {} : { sheet }),
    ...readingRecord(dataset),
    sha256,
    bytes,
    rows: fileRows,
    columns,
    rowIds: hasIds ? 'column' : 'position',
  };
}

/** The prices used, for run.json, per 1,000,000 tokens. */
export function priceRecords(lanes: readonly Lane[]): readonly JsonObject[] {
  return lanes.flatMap(({ models, priceOf }) =>
    models.flatMap((model) => {
      const price = priceOf(model);
      return price === null ? [] : [{ model, ...priceRecord(price) }];
    }),
  );
}
