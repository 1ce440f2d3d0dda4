import { basename, resolve } from 'node:path';
import type { Analysis } from '../../core/analysis/analysis.ts';
import type { LostCalls } from '../../core/billed.ts';
import { readCallErrorKind } from '../../core/call-error.ts';
import type { ErrorCount, VariantErrors } from '../../core/error-tally.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  numberOf,
  numberOr,
  objectOf,
  textOf,
  textOr,
  textsOf,
} from '../../core/json.ts';
import { shownModels } from '../../core/model-names.ts';
import type {
  PageComparison,
  PageCost,
  PageEndpoint,
  PageEstimate,
  PageHead,
  PagePaid,
  PageRequest,
  PageRun,
  PageStopped,
  PageTotals,
  PageVariant,
} from '../../core/page-data.ts';
import { type Billed, type Paid, paidBesides, paidForAnswers, paidInAll, spentOf } from '../../core/paid.ts';
import type { CostTotal } from '../../core/totals.ts';
import { AUTH_SCHEMES, keyHeader } from '../../providers/definition.ts';
import { findProvider } from '../../providers/index.ts';
import { CHAT_WIRE } from '../../providers/wire.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { askedOf } from './messages.ts';
import { readGate } from './read-gate.ts';

/** What the head of a page is made from. */
export interface HeadInput {
  readonly run: StoredRun;
  /** The content of summary.json. */
  readonly summary: JsonObject;
  /** Calls without a usable answer that may have been billed. */
  readonly lost: LostCalls;
  readonly analysis: Analysis;
  readonly comparison: PageComparison | null;
  readonly columns: readonly string[];
  readonly scorers: readonly string[];
}

/** The parts of a head that are known once all rows were read. */
export type HeadRest = Pick<PageHead, 'shapes' | 'clock' | 'rows'>;

/** The figures of a page. */
export function pageHead(
  { run, summary, lost, analysis, comparison, columns, scorers }: HeadInput,
  rest: HeadRest,
): PageHead {
  const { expectedColumn } = run.settings;
  const stored = listOf(summary['variants']).map(objectOf);
  const variants = run.variants.map((_variant, index) => readVariant(stored[index] ?? {}));
  const total = readTotals(objectOf(summary['total']));
  const { unused, judge } = summary;
  return {
    run: readRunFacts(run),
    variants,
    total,
    paid: readPaid({ total, judge: judgeOf(judge), unused: unusedOf(unused) }, variants),
    unused: isJsonObject(unused) ? { results: numberOr(unused['results'], 0), ...paidOf(unused) } : null,
    lost: { ...lost, results: numberOr(summary['lostResults'], 0) },
    columns,
    expectedColumn: expectedColumn !== null && columns.includes(expectedColumn) ? expectedColumn : null,
    prompts: run.prompts.map(({ name, template }) => ({
      name,
      template: textOf(template) ?? JSON.stringify(template),
    })),
    asked: askedOf(run.prompts, columns),
    scorers,
    analysis,
    errors: readErrors(summary['errors']),
    gates: listOf(summary['gates']).flatMap(readGate),
    stopped: listOf(summary['stoppedVariants']).flatMap((value) => readStopped(value, run.variants)),
    estimate: readEstimate(run),
    comparison,
    request: readRequest(run),
    ...rest,
  };
}

function readRunFacts(run: StoredRun): PageRun {
  const { document, repeat } = run;
  return {
    name: basename(resolve(run.folder)),
    state: run.state,
    dataset: run.dataset.name ?? '',
    createdAt: run.createdAt,
    version: run.promptgridVersion,
    revision: textOf(document['revision']),
    simulated: run.simulated,
    trials: run.trials,
    repeats: repeat ?? 1,
  };
}

function readTotals(totals: JsonObject): PageTotals {
  const tokens = objectOf(totals['tokens']);
  const count = (name: string): number => numberOr(totals[name], 0);
  return {
    completed: count('completed'),
    errored: count('errored'),
    skipped: count('skipped'),
    cached: count('cached'),
    cut: count('cut'),
    promptTokens: numberOr(tokens['prompt'], 0),
    completionTokens: numberOr(tokens['completion'], 0),
    unknownTokens: count('unknownTokens'),
    costs: listOf(totals['costs']).flatMap(readCostTotal),
    unknownCosts: count('unknownCosts'),
    calls: count('calls'),
    wastedCalls: count('wastedCalls'),
    wastedCosts: listOf(totals['wastedCosts']).flatMap(readCostTotal),
  };
}

function readVariant(variant: JsonObject): PageVariant {
  const latency = objectOf(variant['latencyMs']);
  return { ...readTotals(variant), p50: numberOf(latency['p50']), p95: numberOf(latency['p95']) };
}

function readPaid(billed: Billed, variants: readonly PageTotals[]): PagePaid {
  const answers = paidForAnswers(billed);
  return {
    inAll: paidInAll(billed),
    answers,
    besides: paidBesides(answers, variants.map(spentOf)),
    hasJudges: billed.judge !== undefined,
  };
}

function judgeOf(judge: JsonValue | undefined): Billed['judge'] {
  return isJsonObject(judge) ? readTotals(judge) : undefined;
}

function unusedOf(unused: JsonValue | undefined): Billed['unused'] {
  if (!isJsonObject(unused)) return undefined;
  const { judge } = unused;
  return { ...paidOf(unused), ...(isJsonObject(judge) ? { judge: paidOf(judge) } : {}) };
}

function paidOf(value: JsonObject): Paid {
  return { costs: listOf(value['costs']).flatMap(readCostTotal), unknownCosts: numberOr(value['unknownCosts'], 0) };
}

function readCostTotal(value: JsonValue): readonly CostTotal[] {
  const { total, currency } = objectOf(value);
  return typeof total === 'string' && typeof currency === 'string' ? [{ total, currency }] : [];
}

/** Why trials errored, from a summary.json. */
export function readErrors(value: JsonValue | undefined): readonly ErrorCount[] {
  return listOf(value).flatMap((entry): readonly ErrorCount[] => {
    if (!isJsonObject(entry)) return [];
    const { code, reason, count, trialId, variants } = entry;
    if (typeof reason !== 'string' || typeof count !== 'number') return [];
    const own = listOf(variants).flatMap(readVariantErrors);
    return [{ code: readCallErrorKind(code), reason, count, trialId: textOr(trialId, ''), variants: own }];
  });
}

function readVariantErrors(value: JsonValue): readonly VariantErrors[] {
  const { variant, count } = objectOf(value);
  return typeof variant === 'number' && typeof count === 'number' ? [{ variant, count }] : [];
}

function readStopped(value: JsonValue, variants: StoredRun['variants']): readonly PageStopped[] {
  const { beatenBy, rows, ...named } = objectOf(value);
  const [variant, better] = [placeOf(named, variants), placeOf(objectOf(beatenBy), variants)];
  return variant < 0 || better < 0 || typeof rows !== 'number' ? [] : [{ variant, beatenBy: better, rows }];
}

/** Index in the grid of the variant that a record names; -1 for none. */
function placeOf(named: JsonObject, variants: StoredRun['variants']): number {
  return variants.findIndex(
    ({ prompt, model, label, temperature }) =>
      named['prompt'] === prompt.name &&
      named['provider'] === model.provider &&
      named['model'] === model.model &&
      named['label'] === label &&
      named['temperature'] === temperature,
  );
}

function readEstimate({ estimate, variants }: StoredRun): PageEstimate | null {
  if (estimate === null) return null;
  return {
    level: numberOr(estimate['level'], 0.9),
    unknownPrices: shownModels(
      textsOf(estimate['unknownPrices']),
      variants.map(({ model }) => model),
    ),
    costs: listOf(estimate['costs']).flatMap(readCost),
    variants: listOf(estimate['variants']).map((variant) => readCost(variant)[0] ?? null),
  };
}

function readCost(value: JsonValue): readonly PageCost[] {
  const { currency, cost } = objectOf(value);
  const { low, expected, high, ceiling } = objectOf(cost);
  if (typeof currency !== 'string') return [];
  return [{ currency, low: textOf(low), expected: textOf(expected), high: textOf(high), ceiling: textOf(ceiling) }];
}

function readRequest({ variants, document }: StoredRun): PageRequest {
  const endpoints = listOf(objectOf(document['settings'])['endpoints']).map(objectOf);
  const known = endpoints.flatMap(({ provider, kind = provider, baseUrl, auth }): [string, PageEndpoint][] => {
    if (typeof provider !== 'string' || typeof baseUrl !== 'string') return [];
    const scheme = AUTH_SCHEMES.find((one) => one === auth) ?? 'bearer';
    const [name, before] = keyHeader(scheme, '');
    const wire = findProvider(textOr(kind, provider))?.wire ?? CHAT_WIRE;
    const header = `${name === 'authorization' ? 'Authorization' : name}: ${before}`;
    return [[provider, { url: baseUrl, keyHeader: header, isChat: wire === CHAT_WIRE }]];
  });
  return { params: variants.map(({ params }) => params), endpoints: Object.fromEntries(known) };
}
