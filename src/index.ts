/**
 * promptgrid as a library: `run`, `estimate` and `compare` do what the commands do.
 * @example
 * const outcome = await run({ dataset: 'rows.csv', model: ['gpt-4o-mini'], prompt: ['Answer: {{ question }}'] });
 */
import { estimateRun, type RunSettings, runGrid } from './app/api.ts';
import { checkSides, executeCompare, type GivenCompareOptions, givenCompareOptions } from './app/compare/index.ts';
import type { EstimateOutcome, GivenEstimateOptions } from './app/estimate/index.ts';
import { type GivenContext, wholeContext } from './app/library-context.ts';
import type { WrittenOutcome } from './app/run/index.ts';
import { processEnvironment } from './cli/env.ts';
import type { Comparison } from './core/comparison.ts';

export type { RunSettings } from './app/api.ts';
export { type CompareOptions, compareDocument, compareStatus, type GivenCompareOptions } from './app/compare/index.ts';
export {
  checkMaxCost,
  type EstimateOptions,
  type EstimateOutcome,
  estimateDocument,
  type GivenEstimateOptions,
} from './app/estimate/index.ts';
export type { GivenContext, RunContext } from './app/library-context.ts';
export type { RunEvents, RunStart, WrittenOutcome as RunOutcome } from './app/run/index.ts';
export type { Analysis } from './core/analysis/analysis.ts';
export { CALL_ERROR_KINDS, type CallErrorKind } from './core/call-error.ts';
export type { Comparison } from './core/comparison.ts';
export { PromptgridError } from './core/errors.ts';
export type { Estimate } from './core/estimate.ts';
export type { Gate } from './core/gate.ts';
export type { Result } from './core/result.ts';
export type { Summary } from './core/summary.ts';
export { type Gateway, type GatewayOptions, startGateway } from './gateway/index.ts';

/**
 * Executes a run, or resumes the one in its folder.
 * @param settings the keys of promptgrid.yaml
 * @param context signal, events and environment; keys are read from the process's environment by default
 * @throws PromptgridError if an input cannot be used; nothing has been paid in that case
 * @throws what a callback of the context threw
 */
export async function run(settings: RunSettings, context: GivenContext = {}): Promise<WrittenOutcome> {
  return runGrid(settings, wholeContext(context, processEnvironment()));
}

/**
 * Estimates what a run with these settings will spend.
 * @param settings the keys of promptgrid.yaml
 * @param options a pilot, a run to learn from, a planned volume; without them nothing is paid
 * @param context signal, events and environment
 * @throws PromptgridError if an input cannot be used
 * @throws what a callback of the context threw
 */
export async function estimate(
  settings: RunSettings,
  options: GivenEstimateOptions = {},
  context: GivenContext = {},
): Promise<EstimateOutcome> {
  return estimateRun(settings, options, wholeContext(context, processEnvironment()));
}

/**
 * Compares two runs row by row. `compareStatus` returns the command's exit status, `compareDocument` the document that
 * it prints.
 * @param base path of a run folder, a result file or a baseline
 * @param candidate the same for the candidate
 * @param options omitted ones, also among `gates`, have the command's defaults
 * @throws PromptgridError if the two cannot be compared
 */
export async function compare(base: string, candidate: string, options: GivenCompareOptions = {}): Promise<Comparison> {
  checkSides(base, candidate);
  const compared = await executeCompare({ base, candidate, options: givenCompareOptions(options), wantsLines: true });
  await compared.close();
  return compared.comparison;
}
