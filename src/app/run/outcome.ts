import type { Analysis } from '../../core/analysis/analysis.ts';
import type { LostCalls } from '../../core/billed.ts';
import type { ErrorCount } from '../../core/error-tally.ts';
import { type ExitStatus, PromptgridError } from '../../core/errors.ts';
import type { EstimateVerdict } from '../../core/estimate.ts';
import type { Gate } from '../../core/gate.ts';
import type { JsonObject } from '../../core/json.ts';
import type { JudgeSummary, Summary } from '../../core/summary.ts';
import { gaveNothing, unscoredAnswers } from '../../core/unscored.ts';
import type { StopReason } from '../../engine/control.ts';
import { EQUAL_REFUSALS } from '../../engine/variant-door.ts';
import type { RunState } from '../../store/run-file.ts';
import { type SparedVariant, stoppedRecord } from './stopped-variant.ts';

/** What came of a run. */
export interface RunOutcome {
  /** Path of the run folder. */
  readonly folder: string;
  readonly state: RunState;
  /** Why it ended early, in words; null if it did not. */
  readonly stoppedBecause: string | null;
  /** The same as a kind. */
  readonly stopKind: StopReason['kind'] | null;
  /** When resuming is worth while, ISO 8601; null if nothing need be waited for, or that is not known. */
  readonly resumeAt: string | null;
  /** Trials of the plan; those without a result are still to be done. */
  readonly trials: number;
  /** Over every trial that has a result, those of earlier sessions too. */
  readonly summary: Summary;
  /** Calls of every session without a usable answer that may have been billed; in no other figure. */
  readonly lost: LostCalls;
  /** Which variant is better, and whether that is significant; null if no files were written. */
  readonly analysis: Analysis | null;
  /** What became of the gates that were set; empty while results are missing. */
  readonly gates: readonly Gate[];
  /** True where `--max-errored` says how many trials may error, and no more did. */
  readonly toleratesErrors: boolean;
  /** What was estimated beside what was paid; empty while results are missing, and where nothing was estimated. */
  readonly verdicts: readonly EstimateVerdict[];
  /** Variants that were not asked every row, for another is clearly better; only with a race. */
  readonly stopped: readonly SparedVariant[];
  /** Paths of the files written. */
  readonly files: readonly string[];
  /** True if answers came from promptgrid's own gateway and from no model. */
  readonly simulated: boolean;
}

/** How a run ended. */
export type RunEnd = Pick<RunOutcome, 'state' | 'stoppedBecause' | 'stopKind' | 'resumeAt'>;

/** State and reason for the way in which the calls ended. */
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
    case 'budget':
      return { state: 'stopped', stoppedBecause: reason.message };
    case 'endpoint_down':
      return { state: 'stopped', stoppedBecause: `the endpoint is down: ${reason.message}` };
    case 'endpoint_not_found':
      return { state: 'stopped', stoppedBecause: `no chat API at this address: ${reason.message}` };
  }
}

/** The text of an unexpected error is not stored: nobody knows what it quotes, and a key never reaches a file. */
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
      // Whoever says how many may error has said so of those that did.
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
    costs: costs.map(({ total, currency }) => ({ total, currency })),
    unknownCosts,
    errors: errors.map(errorDocument),
  };
}

function errorDocument({ variants, ...error }: ErrorCount): JsonObject {
  return { ...error, variants: variants.map((own) => ({ ...own })) };
}

/** The cheapest good enough variants by the first score, by their names. */
function cheapestRecords({ scorers: [first], variants }: Analysis): readonly JsonObject[] {
  const named = (place: number): JsonObject => {
    const { prompt, provider, model, temperature } = variants[place] ?? NOBODY;
    return { prompt, provider, model, temperature };
  };
  return (first?.cheapest ?? []).map(({ variant, best, pointsWorseInterval, ...figures }) => ({
    scorer: first?.scorer ?? '',
    ...figures,
    pointsWorseInterval: pointsWorseInterval === null ? null : { ...pointsWorseInterval },
    variant: named(variant),
    best: named(best),
  }));
}

const NOBODY = { prompt: '', provider: '', model: '', temperature: null };

/** Lost calls as they stand in documents. */
export function lostRecord({ calls, costsAtMost, unbounded }: LostCalls): JsonObject {
  return {
    lostCalls: calls,
    lostCostsAtMost: costsAtMost.map(({ total, currency }) => ({ total, currency })),
    unknownLostCosts: unbounded,
  };
}

/** The document that `run --json` prints. */
export function outcomeDocument(outcome: RunOutcome): JsonObject {
  const { folder, state, stoppedBecause, resumeAt, trials, summary, stopped, files, simulated } = outcome;
  const { completed, errored, skipped, cached, cut, tokens, costs, unknownCosts } = summary.total;
  const [cost, ...others] = costs;
  const single = cost !== undefined && others.length === 0 ? cost : { total: null, currency: null };
  return {
    run: folder,
    state,
    stoppedBecause,
    resumeAt,
    simulated,
    trials,
    completed,
    errored,
    skipped,
    cached,
    cut,
    cost: { ...single, unknown: unknownCosts },
    costs: costs.map(({ total, currency }) => ({ total, currency })),
    tokens: { ...tokens },
    errors: summary.errors.map(errorDocument),
    ...lostRecord(outcome.lost),
    ...(summary.judge === undefined ? {} : { judge: judgeDocument(summary.judge) }),
    ...(stopped.length === 0 ? {} : { stoppedVariants: stopped.map(stoppedRecord) }),
    ...(outcome.analysis === null ? {} : { cheapest: cheapestRecords(outcome.analysis) }),
    ...(outcome.gates.length === 0 ? {} : { gates: outcome.gates.map((gate) => ({ ...gate })) }),
    files,
  };
}
