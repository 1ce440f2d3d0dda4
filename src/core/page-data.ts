import type { Analysis } from './analysis/analysis.ts';
import type { LostCalls } from './billed.ts';
import type { Comparison } from './comparison.ts';
import type { ErrorCount } from './error-tally.ts';
import type { Gate } from './gate.ts';
import type { JsonObject } from './json.ts';
import type { Paid } from './paid.ts';
import type { CostTotal } from './totals.ts';

/**
 * What a report page carries. The head has the figures and comes first, so that a page can be drawn before its rows are
 * read. Rows follow in chunks: texts in a table of the chunk, everything else as numbers in columns.
 */
export interface PageHead {
  readonly run: PageRun;
  /** In plan order. */
  readonly variants: readonly PageVariant[];
  readonly total: PageTotals;
  readonly paid: PagePaid;
  readonly lost: PageLost;
  /** Results that are not part of the run any more, and what was paid for them; null if nothing was. */
  readonly unused: (Paid & { readonly results: number }) | null;
  /** The dataset's columns. */
  readonly columns: readonly string[];
  /** The column with the expected answer; null if the rows have none. */
  readonly expectedColumn: string | null;
  readonly prompts: readonly { readonly name: string; readonly template: string }[];
  readonly asked: PageAsked;
  /** Names of the scorers, in the order of the numbers in chunks. */
  readonly scorers: readonly string[];
  readonly analysis: Analysis;
  /** Why trials errored, the most common reason first. */
  readonly errors: readonly ErrorCount[];
  readonly gates: readonly Gate[];
  /** Variants whose last trials were skipped because another is clearly better. */
  readonly stopped: readonly PageStopped[];
  /** null if there was none before the calls. */
  readonly estimate: PageEstimate | null;
  /** Durations and lengths of answers, in plan order of the variants. */
  readonly shapes: readonly PageShape[];
  /** When answers and errors came; null if the journal is gone. */
  readonly clock: PageClock | null;
  readonly rows: PageRows;
  /** The comparison with a base; null without one. */
  readonly comparison: PageComparison | null;
  /** What requests had besides messages, to send one again. */
  readonly request: PageRequest;
}

/** What prompts ask of a row, by indices of columns. */
export interface PageAsked {
  /** Columns that user messages insert whole; none if that is not known. */
  readonly columns: readonly number[];
  /** Columns that hold whole conversations. */
  readonly conversations: readonly number[];
}

/** A comparison with every row that flipped, of which `flips` has the worst only. */
export interface PageComparison extends Comparison {
  /** Their ids, in the order of the run. */
  readonly flippedRows: readonly string[];
}

/** The run of a page. */
export interface PageRun {
  /** Name of its folder. */
  readonly name: string;
  /** As in run.json. */
  readonly state: string;
  readonly dataset: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Version of promptgrid that ran it; null if unknown. */
  readonly version: string | null;
  /** Commit of the project's git repository when it ran; null if unknown. */
  readonly revision: string | null;
  /** True if answers came from promptgrid's own gateway. */
  readonly simulated: boolean;
  /** Trials of its plan. */
  readonly trials: number;
  readonly repeats: number;
}

/** Counts, tokens and costs. */
export interface PageTotals {
  readonly completed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly cached: number;
  readonly cut: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Answers whose tokens are unknown; the sums leave out the unknown part. */
  readonly unknownTokens: number;
  readonly costs: readonly CostTotal[];
  readonly unknownCosts: number;
  readonly calls: number;
  readonly wastedCalls: number;
  /** Paid for them; not part of `costs`. */
  readonly wastedCosts: readonly CostTotal[];
}

/** What was paid, failed calls and results that are not in use included. */
export interface PagePaid {
  readonly inAll: Paid;
  /** The part of it for answers. */
  readonly answers: Paid;
  /** The part of that which is in no variant: replaced results, and those that are not part of the run any more. */
  readonly besides: Paid;
  readonly hasJudges: boolean;
}

/** A variant that did not run every row; both by their index in the grid. */
export interface PageStopped {
  readonly variant: number;
  readonly beatenBy: number;
  /** Rows after which it was stopped. */
  readonly rows: number;
}

/** Calls that may have been paid for besides: they are in no sum. */
export interface PageLost extends LostCalls {
  /** Results that the journal has lost: part of the unknown costs. */
  readonly results: number;
}

/** A variant's totals, and its latencies. */
export interface PageVariant extends PageTotals {
  /** Percentiles in milliseconds; null if all answers came from the cache. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** A range of money; null for what is unknown. */
export interface PageCost {
  readonly currency: string;
  readonly low: string | null;
  readonly expected: string | null;
  readonly high: string | null;
  readonly ceiling: string | null;
}

/** The estimate before a run. */
export interface PageEstimate {
  /** Share of such ranges that contain the true figure. */
  readonly level: number;
  /** Models of unknown price, which sums leave out. */
  readonly unknownPrices: readonly string[];
  readonly costs: readonly PageCost[];
  /** In plan order; empty in runs that did not store them, null for a variant without a price. */
  readonly variants: readonly (PageCost | null)[];
}

/** Counts of values in ascending order: value, count, value, count, … */
export type Counts = readonly number[];

/** How long a variant's answers took, and how long they are. */
export interface PageShape {
  /** Milliseconds at three significant digits. */
  readonly latencies: Counts;
  /** Completion tokens at three significant digits. */
  readonly lengths: Counts;
}

/** Equal spans of a run's time, in which pauses between sessions are left out. */
export interface PageClock {
  /** Begin of the first span, milliseconds since 1970. */
  readonly fromMs: number;
  readonly spanMs: number;
  /** Answers in each span. */
  readonly answers: readonly number[];
  /** Errors in each span, parallel to `errors` of the head. */
  readonly errors: readonly (readonly number[])[];
  /** Mean number of calls in flight in each span, counting the last attempt of each trial, and judges. */
  readonly inFlight: readonly number[];
  /** Attempts in each span that were made again; their reasons are not recorded. */
  readonly retried: readonly number[];
  /** From the first call to the last answer, without pauses between sessions, in milliseconds. */
  readonly tookMs: number;
  /** Those pauses together. */
  readonly pausedMs: number;
}

/** What the page has of the rows. */
export interface PageRows {
  /** Rows of the run with a result, and their trials. */
  readonly rows: number;
  readonly trials: number;
  /** Those that are in the page. */
  readonly keptRows: number;
  readonly keptTrials: number;
  /** Rows in the page whose long texts are cut. */
  readonly cutRows: number;
  /** Length to which texts of such rows are cut, in UTF-16 code units. */
  readonly cutUnits: number;
}

/** What a request is made of, besides its messages. */
export interface PageRequest {
  /** Other request fields of each variant, in plan order. */
  readonly params: readonly JsonObject[];
  /** By provider. */
  readonly endpoints: Readonly<Record<string, PageEndpoint>>;
}

/** Where requests of a provider went. */
export interface PageEndpoint {
  /** Base URL up to `/v1`. */
  readonly url: string;
  /** The header with the key, up to the key: `Authorization: Bearer `. */
  readonly keyHeader: string;
  /** True if requests are chat completions of OpenAI's form. */
  readonly isChat: boolean;
}

/** Marks a missing text or number in a chunk. */
export const NONE = -1;

/** Statuses of trials, by their number in chunks. */
export const STATUSES = ['completed', 'errored', 'skipped'] as const;

/**
 * Some rows. Every array of `rows` has one item per row, every array of `trials` one per trial; trials follow each
 * other row by row in plan order. Texts are given by their index in `texts`, NONE for none.
 */
export interface PageChunk {
  readonly texts: readonly string[];
  /** Texts that are cut, by index, with their full length. */
  readonly cuts: readonly (readonly [text: number, length: number])[];
  readonly rows: {
    readonly id: readonly string[];
    /** Number of its trials. */
    readonly size: readonly number[];
    /** For each column of the dataset. */
    readonly vars: readonly (readonly number[])[];
    /** For each prompt: role, text, role, text, …; empty if messages are unknown. */
    readonly messages: readonly (readonly (readonly number[])[])[];
  };
  readonly trials: {
    readonly id: readonly string[];
    readonly variant: readonly number[];
    readonly repeat: readonly number[];
    /** Index in STATUSES. */
    readonly status: readonly number[];
    readonly output: readonly number[];
    readonly finish: readonly number[];
    readonly thoughts: readonly number[];
    readonly promptTokens: readonly number[];
    readonly completionTokens: readonly number[];
    /** Decimal numbers; NONE if unknown. */
    readonly cost: readonly number[];
    readonly currency: readonly number[];
    readonly latencyMs: readonly number[];
    readonly attempts: readonly number[];
    readonly cached: readonly number[];
    readonly errorCode: readonly number[];
    readonly error: readonly number[];
    /** For each scorer: its values, null if it gave none. */
    readonly scores: readonly (readonly (number | null)[])[];
    /** For each scorer: 1 passed, 0 failed, NONE if not scored. */
    readonly passed: readonly (readonly number[])[];
    /** For each scorer: its explanations. */
    readonly reasons: readonly (readonly number[])[];
  };
}

/** True for a head, as far as tells it from other data: it comes from the same file as what reads it. */
export function isPageHead(value: unknown): value is PageHead {
  return typeof value === 'object' && value !== null && 'analysis' in value && 'run' in value;
}

/** The same for a chunk. */
export function isPageChunk(value: unknown): value is PageChunk {
  return typeof value === 'object' && value !== null && 'texts' in value && 'trials' in value;
}
