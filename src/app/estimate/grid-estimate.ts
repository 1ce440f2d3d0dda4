import type { CostOutlook, Estimate } from '../../core/estimate.ts';
import type { Price } from '../../core/price.ts';
import { answerBound, askedTier } from '../../core/request-fields.ts';
import type { Variant } from '../../core/variant.ts';
import type { RunConfig } from '../config/run-config.ts';
import { boundOf, definitionBytes, mostCompletionTokens } from '../run/call-bound.ts';
import type { DatasetFacts } from '../run/dataset-check.ts';
import type { Lane } from '../run/lanes.ts';
import { bytesOfRows, type PromptFacts } from '../run/message-check.ts';
import type { Plan } from '../run/plan-stream.ts';
import type { CountedRows } from './counted-rows.ts';
import { type Seen, SeenVariant } from './seen.ts';
import { totalCompletionTokens, totalCosts, totalPromptTokens } from './total.ts';
import { estimateVariant, type PromptBounds, type VariantPart } from './variant.ts';

/** Share of ranges that hold the true figure, where nothing else is said. */
export const DEFAULT_LEVEL = 0.9;

/** Everything that a grid is estimated from. */
export interface GridBasis {
  readonly config: RunConfig;
  readonly plan: Plan;
  readonly lanes: readonly Lane[];
  readonly counted: CountedRows;
  /** The run's own results. */
  readonly own: Seen;
  /** Another run's; null where none was named. */
  readonly other: Seen | null;
  readonly facts: Pick<DatasetFacts, 'prompts' | 'promptFacts' | 'rows'>;
  /** Rows of a planned volume; null for the dataset itself. */
  readonly planned: number | null;
  readonly level: number;
}

/** An estimate, with the parts that it is made of. */
export interface GridEstimate {
  readonly estimate: Estimate;
  readonly parts: readonly VariantPart[];
}

/** Puts a grid's estimate together, without its judges. */
export function estimateGrid(basis: GridBasis): GridEstimate {
  const { plan, counted, planned, level, lanes } = basis;
  const parts = plan.grid.variants.map((variant) => estimateVariant(variantBasis(basis, variant)));
  const options = { level, planned };
  const all = parts.map(({ estimate }) => estimate);
  const trials = all.reduce((sum, variant) => sum + variant.trials, 0);
  const done = all.reduce((sum, variant) => sum + variant.done, 0);
  const promptTokens = totalPromptTokens(parts);
  const completionTokens = totalCompletionTokens(parts, options);
  const unknown = all.filter(({ cost }) => isUnknown(cost)).map(({ model }) => model);
  return {
    parts,
    estimate: {
      ...{ rows: planned ?? counted.rows, trials, done, level, variants: all, promptTokens, completionTokens },
      costs: totalCosts(parts, options),
      unknownPrices: [...new Set(unknown)],
      ...durations(basis, parts, lanes),
      judges: null,
    },
  };
}

function isUnknown({ low, ceiling }: CostOutlook): boolean {
  return low === null && ceiling === null;
}

/** Price of a variant's model; null where it is not known. */
export function priceFinder(lanes: readonly Lane[]): (variant: Variant) => Price | null {
  return (variant) => laneOf(lanes, variant)?.priceOf(variant.model.model, askedTier(variant.params)) ?? null;
}

function laneOf(lanes: readonly Lane[], { model }: Variant): Lane | undefined {
  return lanes.find(({ provider }) => provider.name === model.provider);
}

function variantBasis(basis: GridBasis, variant: Variant): Parameters<typeof estimateVariant>[0] {
  const { config, plan, lanes, counted, own, other, planned, level } = basis;
  const lane = laneOf(lanes, variant);
  return {
    ...{ variant, counted, planned, level, repeats: plan.grid.repeats, concurrency: config.concurrency },
    own: own[variant.index] ?? new SeenVariant(),
    other: other?.[variant.index] ?? null,
    price: priceFinder(lanes)(variant),
    currency: lane?.currency ?? null,
    mostCompletion: lane === undefined ? null : mostCompletionTokens(config.params, lane, variant.model.model),
    maxTokens: answerBound(config.params),
    bounds: promptBounds(basis, variant, lane),
  };
}

const NO_MESSAGES: PromptFacts = { bytes: 0, mostBytes: 0, beyondText: null, writesCache: false };

function promptBounds({ facts, config, counted }: GridBasis, variant: Variant, lane: Lane | undefined): PromptBounds {
  const messages = facts.promptFacts[facts.prompts.indexOf(variant.prompt)] ?? NO_MESSAGES;
  const eligible = Math.min(facts.rows, config.selection.limit ?? facts.rows);
  const ofDefinitions = definitionBytes(variant.params);
  return {
    bytes: bytesOfRows(messages, counted.rows, eligible) + ofDefinitions * counted.rows,
    mostBytes: messages.mostBytes + ofDefinitions,
    definitionBytes: ofDefinitions,
    isText: messages.beyondText === null,
    isBounded: lane !== undefined && !('why' in boundOf(lane, variant, [messages])),
  };
}

/** How long a call counts against a limit per minute, from its answer on. */
const WINDOW_SECONDS = 60.2;

/** Endpoints are asked side by side; the slowest decides. */
function durations(
  { config }: GridBasis,
  parts: readonly VariantPart[],
  lanes: readonly Lane[],
): Pick<Estimate, 'seconds' | 'leastSeconds'> {
  const { concurrency } = config;
  const { rpm, tpm } = config.limits;
  let seconds: number | null = 0;
  let leastSeconds = 0;
  for (const { provider } of lanes) {
    const own = parts.map(({ estimate }) => estimate).filter((estimate) => estimate.provider === provider.name);
    const calls = own.reduce((sum, { trials, done }) => sum + trials - done, 0);
    const tokens = own.reduce((sum, { promptTokens, completionTokens, trials, done }) => {
      const left = trials === 0 ? 0 : (trials - done) / trials;
      return sum + (promptTokens.expected + (completionTokens.expected ?? 0)) * left;
    }, 0);
    const byRequests = rpm === null ? 0 : (calls / rpm) * WINDOW_SECONDS;
    const byTokens = tpm === null ? 0 : (tokens / tpm) * WINDOW_SECONDS;
    leastSeconds = Math.max(leastSeconds, byRequests, byTokens);
    const calling = own.reduce<number | null>(
      (sum, part) => (sum === null || part.seconds === null ? null : sum + part.seconds),
      0,
    );
    if (seconds === null || calling === null) {
      seconds = null;
      continue;
    }
    // While it is in flight a call counts as well, which slows a run once a minute's calls are made.
    const inFlight = rpm === null || calls <= rpm ? 0 : (calling * Math.min(concurrency, calls)) / rpm;
    seconds = Math.max(seconds, calling, byRequests + inFlight, byTokens);
  }
  return { seconds, leastSeconds };
}
