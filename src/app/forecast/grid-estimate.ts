import { type Estimate, isUnknownCost } from '../../core/estimate.ts';
import { distinctModels } from '../../core/model-names.ts';
import type { Price } from '../../core/price.ts';
import { answerBound, askedTier } from '../../core/request-fields.ts';
import type { Variant } from '../../core/variant.ts';
import type { CallConfig, PaceConfig } from '../config/run-config.ts';
import { boundOf, definitionBytes, mostCompletionTokens, requestBound } from '../endpoints/call-bound.ts';
import { batchPriced, type Lane } from '../endpoints/lanes.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import { bytesOfRows, type PromptFacts } from '../plan/message-check.ts';
import type { Plan } from '../plan/plan-stream.ts';
import type { CountedRows } from './counted-rows.ts';
import { durations } from './durations.ts';
import { NOTHING_PAID, type PaidSoFar, withPaid } from './paid.ts';
import { type Seen, SeenVariant } from './seen.ts';
import { totalCompletionTokens, totalCosts, totalPromptTokens } from './total.ts';
import { estimateVariant, type PromptBounds, type VariantPart } from './variant.ts';

/** The inputs of a grid's estimate. */
interface GridBasis {
  readonly config: PaceConfig & Pick<CallConfig, 'batch'>;
  readonly plan: Plan;
  readonly lanes: readonly Lane[];
  readonly counted: CountedRows;
  /** The run's own results. */
  readonly own: Seen;
  /** Another run's; null if none was named. */
  readonly other: Seen | null;
  readonly facts: Pick<DatasetFacts, 'prompts' | 'promptFacts' | 'rows'>;
  /** Rows of a planned volume; null for the dataset itself. */
  readonly planned: number | null;
  readonly level: number;
  /** What the run has paid so far. */
  readonly paid: PaidSoFar;
  /** Whether to estimate the duration, which is simulated and takes a quarter of a second. */
  readonly isTimed: boolean;
}

/** An estimate, with its parts. */
export interface GridEstimate {
  readonly estimate: Estimate;
  readonly parts: readonly VariantPart[];
}

/** Assembles a grid's estimate, without its judges. That of a run in batches has the cost without them too. */
export function estimateGrid(basis: GridBasis): GridEstimate {
  if (basis.config.batch === null) return estimateAt(basis);
  const live = estimateAt({ ...basis, isTimed: false });
  const batched = estimateAt({ ...basis, isTimed: false, lanes: basis.lanes.map(batchPriced) });
  return { ...batched, estimate: { ...batched.estimate, liveCosts: live.estimate.costs } };
}

function estimateAt(basis: GridBasis): GridEstimate {
  const { plan, counted, planned, level, own } = basis;
  // A planned volume is apart from what the run has paid.
  const { answers: paid, lost } = planned === null ? basis.paid : NOTHING_PAID;
  const unknownCosts = own.reduce((sum, seen) => sum + seen.unknownCosts, 0);
  const parts = plan.grid.variants.map((variant) => estimateVariant(variantBasis(basis, variant)));
  const options = { level, planned, tagColumns: counted.tagColumns.length };
  const all = parts.map(({ estimate }) => estimate);
  const trials = all.reduce((sum, variant) => sum + variant.trials, 0);
  const done = all.reduce((sum, variant) => sum + variant.done, 0);
  const promptTokens = totalPromptTokens(parts);
  const completionTokens = totalCompletionTokens(parts, options);
  const unknown = all.filter(({ cost }) => isUnknownCost(cost));
  return {
    parts,
    estimate: {
      rows: planned ?? counted.rows,
      trials,
      done,
      level,
      variants: all,
      promptTokens,
      completionTokens,
      costs: withPaid(totalCosts(parts, options), { paid, lost }, unknownCosts),
      unknownCosts: paid.unknownCosts,
      lost,
      unknownPrices: distinctModels(unknown, all),
      ...(basis.isTimed ? durations(basis, parts) : NOT_TIMED),
      judges: null,
    },
  };
}

const NOT_TIMED = { seconds: null, secondsRange: null, leastSeconds: 0 } as const;

/** Price of a variant's model; null if unknown. */
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
    variant,
    counted,
    planned,
    level,
    repeats: plan.grid.repeats,
    concurrency: config.concurrency,
    own: own[variant.index] ?? new SeenVariant(),
    other: other?.[variant.index] ?? null,
    price: priceFinder(lanes)(variant),
    currency: lane?.currency ?? null,
    mostCompletion: lane === undefined ? null : mostCompletionTokens(variant.params, lane, variant.model.model),
    maxTokens: lane === undefined ? answerBound(variant.params) : requestBound(variant.params, lane),
    bounds: promptBounds(basis, variant, lane),
  };
}

const NO_MESSAGES: PromptFacts = { bytes: 0, mostBytes: 0, leastBytes: 0, beyondText: null, writesCache: false };

function promptBounds({ facts, plan, counted }: GridBasis, variant: Variant, lane: Lane | undefined): PromptBounds {
  const messages = facts.promptFacts[facts.prompts.indexOf(variant.prompt)] ?? NO_MESSAGES;
  const eligible = Math.min(facts.rows, plan.selection.limit ?? facts.rows);
  const ofDefinitions = definitionBytes(variant.params);
  return {
    bytes: bytesOfRows(messages, counted.rows, eligible) + ofDefinitions * counted.rows,
    mostBytes: messages.mostBytes + ofDefinitions,
    definitionBytes: ofDefinitions,
    isText: messages.beyondText === null,
    isBounded: lane !== undefined && !('why' in boundOf(lane, variant, [messages])),
  };
}
