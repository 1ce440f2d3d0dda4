import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { isUsualTier, placeTier } from '../core/request-fields.ts';
import { type Cost, UNKNOWN_COST, type Usage } from '../core/usage.ts';
import type { BillReader } from './definition.ts';
import { readCount, readNumber, readText } from './read.ts';

/** Usage of an answer, and its cost as far as the provider reports it. */
export interface Bill {
  readonly usage: Usage;
  readonly cost: Cost;
}

/** The cost in an answer's `usage`, whatever else the answer contains; unknown if there is none. */
function readToldCost(body: JsonObject, definition: BillReader): Cost {
  return definition.readCost(figuresOf(body)) ?? { ...UNKNOWN_COST, currency: definition.currency };
}

/**
 * Reads the usage of an answer in any of the formats of OpenAI-compatible endpoints. If a provider counts cache or
 * reasoning tokens separately from its prompt and completion tokens, they are added to those: see `besideOf`. A prompt
 * of 0 tokens, and a completion of 0 tokens with a non-empty output, are not counts: a server that fills in zeros has
 * not counted. A cost of 0 with such zeros is not a price either. Where a part with a price of its own is no count, such
 * as a text or a negative number, neither is what the whole costs.
 * @param hasOutput true if the answer has any content
 */
export function readBill(body: JsonObject, definition: BillReader, hasOutput: boolean): Bill {
  const figures = figuresOf(body);
  const counts = readCounts(body, figures);
  const usage = usageOf(counts, hasOutput);
  const cost = readToldCost(body, definition);
  const isBlank = usage.promptTokens === null && usage.completionTokens === null;
  const hasZeros = counts.prompt === 0 || counts.completion === 0;
  const isFilledIn = isBlank && hasZeros && cost.total === 0n;
  return { usage, cost: isFilledIn ? { ...UNKNOWN_COST, currency: cost.currency } : cost };
}

const NO_FIGURES: JsonObject = {};

/** The body's `usage`; empty if it has none. */
export function figuresOf({ usage }: JsonObject): JsonObject {
  return isJsonObject(usage) ? usage : NO_FIGURES;
}

/** Location of a count in `usage`: a key, or a key within the object under the first one. */
interface Place {
  readonly key: string;
  readonly within?: string;
}

// Sources: the API references and SDKs of OpenAI (chat and Responses), Anthropic, DeepSeek, Mistral, xAI, Moonshot,
// OpenRouter and LiteLLM. GigaChat's precached_prompt_tokens is read with its answers.
const CACHE_READ: readonly Place[] = [
  { key: 'prompt_tokens_details', within: 'cached_tokens' },
  { key: 'prompt_token_details', within: 'cached_tokens' },
  { key: 'input_tokens_details', within: 'cached_tokens' },
  { key: 'prompt_cache_hit_tokens' },
  { key: 'cache_read_input_tokens' },
  { key: 'num_cached_tokens' },
  { key: 'cached_tokens' },
];
const CACHE_WRITE: readonly Place[] = [
  { key: 'prompt_tokens_details', within: 'cache_write_tokens' },
  { key: 'prompt_token_details', within: 'cache_write_tokens' },
  { key: 'input_tokens_details', within: 'cache_write_tokens' },
];
const ANTHROPIC_WRITE: readonly Place[] = [
  { key: 'cache_creation_input_tokens' },
  { key: 'prompt_tokens_details', within: 'cache_creation_tokens' },
];
const SHORT_WRITE: readonly Place[] = [{ key: 'cache_creation', within: 'ephemeral_5m_input_tokens' }];
const LONG_WRITE: readonly Place[] = [{ key: 'cache_creation', within: 'ephemeral_1h_input_tokens' }];
const CACHE = [...CACHE_READ, ...CACHE_WRITE, ...ANTHROPIC_WRITE, ...SHORT_WRITE, ...LONG_WRITE];
const REASONING: readonly Place[] = [
  { key: 'completion_tokens_details', within: 'reasoning_tokens' },
  { key: 'output_tokens_details', within: 'reasoning_tokens' },
  { key: 'output_tokens_details', within: 'thinking_tokens' },
  { key: 'reasoning_tokens' },
];

// Items priced separately from text: audio in and out, images out, searches and their results, tools that run at the
// provider (`server_side_tool_calls` is our own count of them), and samples that the counts leave out.
const OTHER_CHARGES: readonly Place[] = [
  { key: 'prompt_tokens_details', within: 'audio_tokens' },
  { key: 'completion_tokens_details', within: 'audio_tokens' },
  { key: 'completion_tokens_details', within: 'image_tokens' },
  { key: 'prompt_audio_seconds' },
  { key: 'server_tool_use', within: 'web_search_requests' },
  { key: 'num_search_queries' },
  { key: 'num_sources_used' },
  { key: 'citation_tokens' },
  { key: 'iterations_apart' },
  { key: 'server_side_tool_calls' },
];

/** The raw counts of a `usage`; null if there is none. */
interface Counts {
  readonly prompt: number | null;
  readonly completion: number | null;
  readonly total: number | null;
  readonly read: number | null;
  /** Including those that are kept for an hour. */
  readonly written: number | null;
  readonly long: number;
  readonly reasoning: number | null;
  /** True for Anthropic's own format, whose `input_tokens` includes neither reads nor writes. */
  readonly isAnthropicForm: boolean;
  /** True if writes are counted as Anthropic does, which charges more for them than for reading a prompt. */
  readonly isAnthropicWrite: boolean;
  readonly otherCharge: string | undefined;
  readonly serviceTier: string | undefined;
}

/** The keys of all parts of a count, and the other names of the counts. */
const PART_KEYS: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  ...[...CACHE, ...REASONING, ...OTHER_CHARGES].map(({ key }) => key),
]);

/** Most answers have no parts, and looking for each of them takes longer than to read all else. */
function readCounts(body: JsonObject, figures: JsonObject): Counts {
  for (const key in figures) if (PART_KEYS.has(key)) return readParts(body, figures);
  return {
    prompt: readCount(figures['prompt_tokens']),
    completion: readCount(figures['completion_tokens']),
    total: readCount(figures['total_tokens']),
    read: null,
    written: null,
    long: 0,
    reasoning: null,
    isAnthropicForm: false,
    isAnthropicWrite: false,
    otherCharge: undefined,
    serviceTier: readTier(body, figures),
  };
}

function readParts(body: JsonObject, figures: JsonObject): Counts {
  const prompt = readCount(figures['prompt_tokens']);
  const long = largest(figures, LONG_WRITE) ?? 0;
  const created = Math.max(largest(figures, ANTHROPIC_WRITE) ?? 0, (largest(figures, SHORT_WRITE) ?? 0) + long);
  const written = largest(figures, CACHE_WRITE);
  const hasAnthropicNames =
    figures['cache_read_input_tokens'] !== undefined || figures['cache_creation_input_tokens'] !== undefined;
  const isAnthropicForm = prompt === null && hasAnthropicNames;
  const garbled = garbledIn(figures, CACHE);
  const total = readCount(figures['total_tokens']);
  const completion = orOtherName(readCount(figures['completion_tokens']), figures['output_tokens']);
  return {
    prompt: isAnthropicForm && garbled !== undefined ? null : orOtherName(prompt, figures['input_tokens']),
    // A total shows whether there are more.
    completion: total === null && garbledIn(figures, REASONING) !== undefined ? null : completion,
    total,
    read: largest(figures, CACHE_READ),
    written: created > 0 ? Math.max(created, written ?? 0) : written,
    long,
    reasoning: largest(figures, REASONING),
    isAnthropicForm,
    isAnthropicWrite: created > 0,
    otherCharge: otherCharge(figures) ?? garbled,
    serviceTier: readTier(body, figures),
  };
}

/** The count, unless it is missing or 0 and the name that Anthropic and OpenAI's Responses use has one. */
function orOtherName(count: number | null, other: JsonValue | undefined): number | null {
  return count !== null && count > 0 ? count : (readCount(other) ?? count);
}

/** The largest of the counts in these places, because gateways fill in 0 under names that they do not use. */
function largest(figures: JsonObject, places: readonly Place[]): number | null {
  let found: number | null = null;
  for (const place of places) {
    const count = readCount(valueAt(figures, place));
    if (count !== null && (found === null || count > found)) found = count;
  }
  return found;
}

/** The first of these places with something that is no count: how many tokens of another price there were is unknown. */
function garbledIn(figures: JsonObject, places: readonly Place[]): string | undefined {
  for (const place of places) {
    const value = valueAt(figures, place) ?? null;
    if (value !== null && readCount(value) === null) return place.within ?? place.key;
  }
  return undefined;
}

function valueAt(figures: JsonObject, { key, within }: Place): JsonValue | undefined {
  const value = figures[key];
  if (within === undefined || value === undefined) return value;
  return isJsonObject(value) ? value[within] : undefined;
}

function otherCharge(figures: JsonObject): string | undefined {
  for (const place of OTHER_CHARGES) {
    const value = valueAt(figures, place);
    // There is almost never one, and parsing a number from text takes longer.
    if (value !== undefined && value !== 0 && (readNumber(value) ?? 0) > 0) return place.within ?? place.key;
  }
  return undefined;
}

/** The counts that a provider keeps in addition to its prompt and completion tokens instead of within them. */
interface Beside {
  readonly read: boolean;
  readonly written: boolean;
  readonly reasoning: boolean;
}

const WITHIN: Beside = { read: false, written: false, reasoning: false };

/**
 * Every way in which a total may exceed prompt plus completion; of two equal explanations, the more expensive is first.
 */
const WAYS: readonly Beside[] = [
  WITHIN,
  { read: false, written: false, reasoning: true },
  { read: true, written: true, reasoning: false },
  { read: true, written: true, reasoning: true },
  { read: false, written: true, reasoning: false },
  { read: true, written: false, reasoning: false },
  { read: false, written: true, reasoning: true },
  { read: true, written: false, reasoning: true },
];

/**
 * Decides which counts are in addition to prompt and completion tokens, from two kinds of evidence: a part cannot be
 * larger than its whole, and `total_tokens` is the sum of everything. Without a total, or with one that does not exceed
 * prompt plus completion (as gateways compute it themselves), only the first kind decides.
 */
function besideOf(counts: Counts, prompt: number, completion: number): Beside {
  const { total, isAnthropicForm } = counts;
  const read = counts.read ?? 0;
  const written = counts.written ?? 0;
  const reasoning = counts.reasoning ?? 0;
  const isCacheApart = isAnthropicForm || read + written > prompt;
  const surely: Beside = { read: isCacheApart, written: isCacheApart, reasoning: reasoning > completion };
  if (total === null) return surely;
  const gap = total - prompt - completion;
  if (gap === 0 && !isCacheApart && !surely.reasoning) return WITHIN;
  const isPossible = (way: Beside): boolean => {
    const inPrompt = (way.read ? 0 : read) + (way.written ? 0 : written);
    const inCompletion = way.reasoning ? 0 : reasoning;
    return inPrompt <= (isAnthropicForm ? 0 : prompt) && inCompletion <= completion && addedBy(way, counts) === gap;
  };
  return WAYS.find(isPossible) ?? surely;
}

function addedBy(beside: Beside, { read, written, reasoning }: Counts): number {
  return (
    (beside.read ? (read ?? 0) : 0) + (beside.written ? (written ?? 0) : 0) + (beside.reasoning ? (reasoning ?? 0) : 0)
  );
}

function usageOf(counts: Counts, hasOutput: boolean): Usage {
  const usage = billedUsage(counts);
  const promptTokens = usage.promptTokens === 0 ? null : usage.promptTokens;
  const isCounted = usage.completionTokens !== 0 || (promptTokens !== null && !hasOutput);
  const completionTokens = isCounted ? usage.completionTokens : null;
  if (promptTokens !== null && completionTokens !== null) return usage;
  // A total with a single known part is that part repeated.
  const isMore = counts.total !== null && counts.total > (promptTokens ?? 0) + (completionTokens ?? 0);
  return {
    promptTokens,
    completionTokens,
    totalTokens: isMore ? counts.total : null,
    cachedPromptTokens: promptTokens === null ? null : usage.cachedPromptTokens,
  };
}

function billedUsage(counts: Counts): Usage {
  const { prompt, completion, total, read, written, long, reasoning } = counts;
  if (prompt === null || completion === null) {
    const cachedPromptTokens = prompt !== null && read !== null && read <= prompt ? read : null;
    return { promptTokens: prompt, completionTokens: completion, totalTokens: total, cachedPromptTokens };
  }
  const beside = besideOf(counts, prompt, completion);
  const sum = prompt + completion + addedBy(beside, counts);
  const thought = beside.reasoning ? (reasoning ?? 0) : 0;
  const hasCache = (read ?? 0) + (written ?? 0) > 0;
  const isPricedApart = hasCache && (beside.read || beside.written || counts.isAnthropicWrite);
  return {
    promptTokens: sum - completion - thought,
    completionTokens: completion + thought,
    // A total below its parts explains nothing, and no provider bills less than the parts.
    totalTokens: total !== null && total > sum ? total : sum,
    cachedPromptTokens: read,
    cacheWriteTokens: written ?? undefined,
    longCacheWriteTokens: long === 0 ? undefined : long,
    isCachePricedApart: isPricedApart ? true : undefined,
    reasoningTokens: reasoning ?? undefined,
    unexplainedTokens: total !== null && total > sum ? total - sum : undefined,
    otherCharge: counts.otherCharge,
    serviceTier: counts.serviceTier,
  };
}

const LONGEST_TIER = 40;

/** OpenAI has it in the answer, Anthropic in its usage, where `speed` and `inference_geo` are priced like tiers. */
function readTier(body: JsonObject, figures: JsonObject): string | undefined {
  const speed = readText(figures['speed']);
  const hasSpeed = speed !== null && speed !== 'standard';
  const place = placeTier(figures['inference_geo']);
  const named = readText(body['service_tier']) ?? readText(figures['service_tier']);
  const tier = hasSpeed ? speed : (place ?? named);
  if (tier === null) return undefined;
  // A name that is safe in messages.
  return isUsualTier(tier) ? tier : tier.slice(0, LONGEST_TIER).replace(/[^\w.-]/g, '?');
}
