import type { Analysis } from '../../core/analysis/analysis.ts';
import { type LostCalls, lostRecord } from '../../core/billed.ts';
import type { ErrorCount } from '../../core/error-tally.ts';
import { type ExitStatus, InterruptedError, PromptgridError } from '../../core/errors.ts';
import type { EstimateVerdict } from '../../core/estimate.ts';
import type { Gate } from '../../core/gate.ts';
import type { JsonObject } from '../../core/json.ts';
import type { OnlyFailed } from '../../core/only-failed.ts';
import type { Paid } from '../../core/paid.ts';
import type { JudgeSummary, KeptResults, Summary, UnusedResults } from '../../core/summary.ts';
import type { CostTotal } from '../../core/totals.ts';
import { gaveNothing, unscoredAnswers } from '../../core/unscored.ts';
import { type RunVariantName } from '../../core/variant-name.ts';
import type { StopReason } from '../../engine/control.ts';
import { EQUAL_REFUSALS } from '../../engine/variant-door.ts';
import type { RunState } from '../../store/run-file.ts';
import { type SparedVariant, stoppedRecord } from './stopped-variant.ts';

/** The result of a run. */
export interface RunOutcome {
  /** Path of the run folder. */
  readonly folder: string;
  readonly state: RunState;
  /** Why it ended early, in words; null if it did not. */
  readonly stoppedBecause: string | null;
  /** The same as a kind. */
  readonly stopKind: StopReason['kind'] | null;
  /** When to resume, ISO 8601; null if no wait is needed, or the time is unknown. */
  readonly resumeAt: string | null;
  /** Trials of the plan; those without a result remain. */
  readonly trials: number;
  /** Over every trial with a result, including earlier sessions; null if the user cancelled before it was made. */
  readonly summary: Summary | null;
  /** What the folder holds if there is no summary; null if there is one. */
  readonly kept: KeptResults | null;
  /** Calls of every session without a usable answer that may have been billed; no other figure has their cost. */
  readonly lost: LostCalls;
  /** Which variant is better, and whether the difference is significant; null if no files were written. */
  readonly analysis: Analysis | null;
  /** Results of the gates; empty while results are missing. */
  readonly gates: readonly Gate[];
  /** True if `--max-errored` is set and the errored trials are within it. */
  readonly toleratesErrors: boolean;
  /** Estimated and actual cost; empty while results are missing, and if there was no estimate. */
  readonly verdicts: readonly EstimateVerdict[];
  /** Variants that did not run every row, because another is clearly better; only with a race. */
  readonly stopped: readonly SparedVariant[];
  /** Paths of the files written. */
  readonly files: readonly string[];
  /** True if answers came from promptgrid's own gateway instead of a model. */
  readonly simulated: boolean;
  /** True if this session found that nothing was left to do: it made no call and wrote no file. */
  readonly nothingToDo: boolean;
  /** The earlier run whose failed rows took part; null if all rows did. */
  readonly onlyFailed: OnlyFailed | null;
}

/** The parts of an outcome without result files. */
export const NO_FILES = {
  analysis: null,
  gates: [],
  toleratesErrors: false,
  verdicts: [],
  stopped: [],
  files: [],
} satisfies Partial<RunOutcome>;

/** The outcome of a run whose result files were written. */
export interface WrittenOutcome extends RunOutcome {
  readonly summary: Summary;
}

/** The outcome of a run that nobody cancels at once. @throws InterruptedError if somebody did */
export function writtenOutcome(outcome: RunOutcome): WrittenOutcome {
  const { summary } = outcome;
  if (summary === null) throw new InterruptedError();
  return { ...outcome, summary };
}

/** How a run ended. */
export type RunEnd = Pick<RunOutcome, 'state' | 'stoppedBecause' | 'stopKind' | 'resumeAt'>;

/** State and reason, from the way in which the calls ended. */
export function describeEnd(reason: StopReason | null): RunEnd {
  const resumeAt = reason?.kind === 'wait' || reason?.kind === 'quota_exhausted' ? reason.resumeAt : undefined;
  return { ...inWords(reason), stopKind: reason?.kind ?? null, resumeAt: resumeAt ?? null };
}

function inWords(reason: StopReason | null): Pick<RunEnd, 'state' | 'stoppedBecause'> {
  switch (reason?.kind) {
    case undefined:
      return { state: 'completed', stoppedBecause: null };
    case 'interrupted':
      return { state: 'interrupted', stoppedBecause: 'interrupted' };
    case 'failed':
      return { state: 'failed', stoppedBecause: describeFailure(reason.error) };
    case 'unauthorized':
      return { state: 'stopped', stoppedBecause: `the API key or the account was refused: ${reason.message}` };
    case 'insufficient_balance':
      return { state: 'stopped', stoppedBecause: `insufficient balance or spend limit: ${reason.message}` };
    case 'quota_exhausted':
      return { state: 'stopped', stoppedBecause: `the quota is used up: ${reason.message}` };
    case 'refused':
      return { state: 'stopped', stoppedBecause: `refused ${EQUAL_REFUSALS} times in a row: ${reason.message}` };
    case 'wait':
      return { state: 'stopped', stoppedBecause: `the server imposes a pause of ${reason.message}` };
    case 'callback':
      return { state: 'failed', stoppedBecause: reason.message };
    case 'budget':
    case 'batch':
    case 'queue':
      return { state: 'stopped', stoppedBecause: reason.message };
    case 'endpoint_down':
      return { state: 'stopped', stoppedBecause: `the endpoint is down: ${reason.message}` };
    case 'endpoint_not_found':
      return { state: 'stopped', stoppedBecause: `no chat API at this address: ${reason.message}` };
  }
}

/** The text of an unexpected error is not stored: it may quote anything, and a key must never reach a file. */
function describeFailure(error: unknown): string {
  if (error instanceof PromptgridError) return error.message;
  return `unexpected error in promptgrid (${error instanceof Error ? error.name : typeof error})`;
}

/** The exit status of a command that ends with this outcome. */
export function exitStatusOf({ state, summary, gates, toleratesErrors }: RunOutcome): ExitStatus {
  switch (state) {
    case 'interrupted':
      return 130;
    case 'stopped':
    case 'failed':
    case 'running':
      return 4;
    case 'completed':
    case 'partial':
      if (gates.some(({ passed }) => !passed)) return 1;
      if (summary === null) return 4;
      // A limit on errored trials also covers the trials within it.
      if ((toleratesErrors ? 0 : summary.total.errored) + (summary.judge?.errored ?? 0) > 0) return 3;
      return unscoredAnswers(summary.variants).some(gaveNothing) ? 3 : 0;
  }
}

function judgeDocument(judge: JudgeSummary): JsonObject {
  const { completed, errored, cached, calls, tokens, costs, unknownCosts, errors } = judge;
  return {
    asked: completed + errored,
    errored,
    cached,
    calls,
    tokens: { ...tokens },
    costs: costs.map(copied),
    unknownCosts,
    errors: errors.map(errorDocument),
  };
}

function copied({ total, currency }: CostTotal): JsonObject {
  return { total, currency };
}

function unusedRecord({ results, judge, ...paid }: UnusedResults): JsonObject {
  return { results, ...paidRecord(paid), ...(judge === undefined ? {} : { judge: paidRecord(judge) }) };
}

function paidRecord({ costs, unknownCosts }: Paid): JsonObject {
  return { costs: costs.map(copied), unknownCosts };
}

function errorDocument({ variants, ...error }: ErrorCount): JsonObject {
  return { ...error, variants: variants.map((own) => ({ ...own })) };
}

/** The cheapest good enough variants by the first score, by name. */
function cheapestRecords({ scorers: [first], variants }: Analysis): readonly JsonObject[] {
  const named = (place: number): JsonObject => {
    const { prompt, provider, model, label, temperature } = variants[place] ?? NOBODY;
    return { prompt, provider, model, ...(label === undefined ? {} : { label }), temperature };
  };
  return (first?.cheapest ?? []).map(({ variant, best, pointsWorseInterval, ...figures }) => ({
    scorer: first?.scorer ?? '',
    ...figures,
    pointsWorseInterval: pointsWorseInterval === null ? null : { ...pointsWorseInterval },
    variant: named(variant),
    best: named(best),
  }));
}

const NOBODY: RunVariantName = { prompt: '', provider: '', model: '', temperature: null };

/** In place of figures that nobody has added up. */
const UNKNOWN_FIGURES: JsonObject = {
  completed: null,
  errored: null,
  skipped: null,
  cached: null,
  cut: null,
  cost: { total: null, currency: null, unknown: null },
  costs: null,
  calls: null,
  wastedCalls: null,
  wastedCosts: null,
  tokens: { prompt: null, completion: null },
  errors: null,
};

function figuresDocument({ total, unused, lostResults, errors }: Summary): JsonObject {
  const { completed, errored, skipped, cached, cut, tokens, costs, unknownCosts } = total;
  const { calls, wastedCalls, wastedCosts } = total;
  const [cost, ...others] = costs;
  const single = cost !== undefined && others.length === 0 ? cost : { total: null, currency: null };
  return {
    completed,
    errored,
    skipped,
    cached,
    cut,
    cost: { ...single, unknown: unknownCosts },
    costs: costs.map(copied),
    calls,
    wastedCalls,
    wastedCosts: wastedCosts.map(copied),
    ...(unused === undefined ? {} : { unused: unusedRecord(unused) }),
    ...(lostResults === undefined ? {} : { lostResults }),
    tokens: { ...tokens },
    errors: errors.map(errorDocument),
  };
}

/** Lost results have the same key with and without a summary. */
function keptDocument({ lostResults, costs, ...kept }: KeptResults): JsonObject {
  return {
    ...(lostResults === undefined ? {} : { lostResults }),
    kept: { ...kept, costs: costs?.map(copied) ?? null },
  };
}

/** The document that `run --json` prints. */
export function outcomeDocument(outcome: RunOutcome): JsonObject {
  const { folder, state, stoppedBecause, resumeAt, trials, summary, stopped, files, simulated, nothingToDo } = outcome;
  const { onlyFailed, kept } = outcome;
  return {
    run: folder,
    state,
    stoppedBecause,
    resumeAt,
    simulated,
    nothingToDo,
    ...(onlyFailed === null ? {} : { onlyFailed: { ...onlyFailed } }),
    trials,
    ...(summary === null ? UNKNOWN_FIGURES : figuresDocument(summary)),
    ...(kept === null ? {} : keptDocument(kept)),
    ...lostRecord(outcome.lost),
    ...(summary?.judge === undefined ? {} : { judge: judgeDocument(summary.judge) }),
    ...(stopped.length === 0 ? {} : { stoppedVariants: stopped.map(stoppedRecord) }),
    ...(outcome.analysis === null ? {} : { cheapest: cheapestRecords(outcome.analysis) }),
    ...(outcome.gates.length === 0 ? {} : { gates: outcome.gates.map((gate) => ({ ...gate })) }),
    files,
  };
}
