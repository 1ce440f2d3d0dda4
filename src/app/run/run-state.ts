import type { JsonObject } from '../../core/json.ts';
import { formatDecimal, type Picounits } from '../../core/money.ts';
import type { Price, TokenRates } from '../../core/price.ts';
import type { Totals } from '../../core/totals.ts';
import { formatModelRef } from '../../core/variant.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import type { JournalExtent } from '../../store/journal.ts';
import { partsIdentity, shownValue } from '../config/request-parts.ts';
import type { EndpointConfig, RequestPart, RunConfig, ScoringConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';

/**
 * Version of run.json and journal.jsonl; raised when an older promptgrid could not read them. Since 2 lines of the
 * journal have checksums and ids of trials begin with a letter. Older runs keep the version that they were begun with.
 */
export const FORMAT_VERSION = 2;

/**
 * How far a run has come. `partial`: some trials were not to be asked yet, as in a pilot; `stopped`: by key, balance,
 * budget or address; `failed`: by an error of storage or of our own.
 */
export type RunState = 'running' | 'completed' | 'partial' | 'interrupted' | 'stopped' | 'failed';

/** run.json: the resolved configuration without secrets, and what came of the run. */
export interface RunFile {
  readonly formatVersion: number;
  readonly promptgridVersion: string;
  readonly state: RunState;
  /** Why the run ended early, in words; null where it did not. */
  readonly stoppedBecause: string | null;
  /** True where answers came from promptgrid's own gateway and from no model. */
  readonly simulated: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** What makes it this run and no other; a resumed run must have the same. */
  readonly identity: JsonObject;
  readonly dataset: JsonObject;
  readonly settings: JsonObject;
  readonly prices: readonly JsonObject[];
  readonly trials: number;
  /** What was estimated before the calls of the last session that made any; null where nothing was. */
  readonly estimate: JsonObject | null;
  readonly totals: Totals | null;
  /** True where what lost calls may have cost was kept from the run's first session on. */
  readonly keepsLostCalls: boolean;
  readonly files: readonly string[];
  /** How much of the journal there was when this was written; a shorter one has lost results. */
  readonly journal: JournalExtent;
  /** The result files as they were written last, by name. */
  readonly results: Readonly<Record<string, FileDigest>>;
}

/** Addresses of this machine differ from one start of a local server to the next. */
function comparableEndpoint({ baseUrl, query }: EndpointConfig): string {
  const url = new URL(baseUrl);
  const isLoopback = url.hostname === 'localhost' || url.hostname === '[::1]' || url.hostname.startsWith('127.');
  const address = isLoopback ? `${url.protocol}//loopback${url.pathname}` : url.href.replace(/\/$/, '');
  const parameters = Object.entries(partsIdentity(query)).map(([name, value]) => `${name}=${value}`);
  return parameters.length === 0 ? address : `${address}?${parameters.join('&')}`;
}

/** What makes a run this run: another grid, other prompts or another endpoint make another. */
export function runIdentity(config: RunConfig, datasetName: string, facts: DatasetFacts): JsonObject {
  const endpoints: Record<string, string> = {};
  const headers: Record<string, JsonObject> = {};
  for (const endpoint of config.endpoints) {
    endpoints[endpoint.provider] = comparableEndpoint(endpoint);
    const own = partsIdentity(endpoint.headers);
    if (Object.keys(own).length > 0) headers[endpoint.provider] = own;
  }
  return {
    dataset: datasetName,
    prompts: facts.prompts.map(({ name, template }) => ({ name, template })),
    models: config.models.map(formatModelRef),
    temperatures: config.temperatures,
    repeat: config.repeats,
    params: config.params,
    endpoints: config.simulation === null ? endpoints : 'embedded gateway (simulated)',
    // Runs without headers keep the identity that they have always had.
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/** The settings that are not part of the identity but tell how results came about. */
export function runSettings(config: RunConfig): JsonObject {
  const { concurrency, isFixedConcurrency, timeoutMs, retry, selection } = config;
  const { limits, modelLimits, budget, cache } = config;
  const ownLimits = Object.entries(modelLimits).map(([model, own]) => ({ model, ...own }));
  return {
    ...{ isFixedConcurrency, limits: { ...limits }, modelLimits: ownLimits },
    ...{ budget: budget === null ? null : formatDecimal(budget), cache: cache === null ? null : { ...cache } },
    ...{ concurrency, timeoutMs, retry: { ...retry }, selection: { ...selection } },
    ...scoringRecord(config),
    ...(config.isStreaming ? { isStreaming: true } : {}),
    endpoints: config.endpoints.map(endpointRecord),
  };
}

function endpointRecord({ provider, baseUrl, auth, query, headers, proxy }: EndpointConfig): JsonObject {
  return {
    provider,
    baseUrl,
    auth,
    ...(query.length === 0 ? {} : { query: partsRecord(query) }),
    ...(headers.length === 0 ? {} : { headers: partsRecord(headers) }),
    ...(proxy === null ? {} : { proxy: proxy.shown }),
  };
}

function partsRecord(parts: readonly RequestPart[]): JsonObject {
  return Object.fromEntries(parts.map((part) => [part.name, shownValue(part)]));
}

/** How answers are scored, as run.json tells it. */
export function scoringRecord(scoring: ScoringConfig): JsonObject {
  const { scorers, expectedColumn, judge, keepThoughts, clusterColumn } = scoring;
  return {
    scorers,
    expectedColumn,
    judgeModel: judge.model === null ? null : formatModelRef(judge.model),
    judgeAgainst: judge.against,
    keepThoughts,
    cluster: clusterColumn,
  };
}

/** The dataset's part of run.json. */
export function datasetRecord(config: RunConfig, facts: DatasetFacts): JsonObject {
  const { sha256, bytes, rows, columns, hasIds } = facts;
  return { path: config.dataset.name, sha256, bytes, rows, columns, rowIds: hasIds ? 'column' : 'position' };
}

/** The prices used, as run.json tells them, per 1,000,000 tokens. */
export function priceRecords(lanes: readonly Lane[]): readonly JsonObject[] {
  return lanes.flatMap(({ models, priceOf }) =>
    models.flatMap((model) => {
      const price = priceOf(model);
      return price === null ? [] : [{ model, ...priceRecord(price) }];
    }),
  );
}

const MILLION = 1_000_000n;

/**
 * A price as documents have it: decimal texts per 1,000,000 tokens, and `request` for one. `cachedInput`,
 * `cacheWriteInput`, `longCacheWriteInput`, `tiers` and `request` are there only where the price has them.
 */
export function priceRecord(price: Price): JsonObject {
  const { tiers = [], request, currency, source, date } = price;
  const tierRecords = tiers.map((tier) => ({ fromPromptTokens: tier.fromPromptTokens, ...rateRecord(tier) }));
  return {
    ...rateRecord(price),
    per: '1000000 tokens',
    ...(tierRecords.length === 0 ? {} : { tiers: tierRecords }),
    ...(request === undefined ? {} : { request: formatDecimal(request) }),
    ...{ currency, source, date },
  };
}

function perMillion(rate: Picounits): string {
  return formatDecimal(rate * MILLION);
}

function rateRecord(rates: TokenRates): JsonObject {
  const { promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken } = rates;
  return {
    input: perMillion(promptToken),
    output: perMillion(completionToken),
    ...(cachedPromptToken === undefined ? {} : { cachedInput: perMillion(cachedPromptToken) }),
    ...(cacheWriteToken === undefined ? {} : { cacheWriteInput: perMillion(cacheWriteToken) }),
    ...(longCacheWriteToken === undefined ? {} : { longCacheWriteInput: perMillion(longCacheWriteToken) }),
  };
}
