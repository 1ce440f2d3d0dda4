/**
 * promptgrid as a library: `run`, `estimate` and `compare` do what the commands do.
 * @example
 * const outcome = await run({ dataset: 'rows.csv', model: ['gpt-4o-mini'], prompt: ['Answer: {{ question }}'] });
 */
import { estimateRun, type RunContext, type RunSettings, runGrid } from './app/api.ts';
import { type CompareOptions, DEFAULT_COMPARE_OPTIONS, executeCompare } from './app/compare/index.ts';
import type { EstimateOptions, EstimateOutcome } from './app/estimate/index.ts';
import type { WrittenOutcome } from './app/run/index.ts';
import { processEnvironment } from './cli/env.ts';
import type { Comparison } from './core/comparison.ts';

export type { RunContext, RunSettings } from './app/api.ts';
export { type CompareOptions, compareDocument, compareStatus } from './app/compare/index.ts';
export { checkMaxCost, type EstimateOptions, type EstimateOutcome, estimateDocument } from './app/estimate/index.ts';
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
 */
export function run(settings: RunSettings, context: Partial<RunContext> = {}): Promise<WrittenOutcome> {
  return runGrid(settings, { env: processEnvironment(), ...context });
}

/**
 * Estimates what a run with these settings will spend.
 * @param settings the keys of promptgrid.yaml
 * @param options a pilot, a run to learn from, a planned volume; without them nothing is paid
 * @param context signal, events and environment
 * @throws PromptgridError if an input cannot be used
 */
export function estimate(
  settings: RunSettings,
  options: Partial<EstimateOptions> = {},
  context: Partial<RunContext> = {},
): Promise<EstimateOutcome> {
  return estimateRun(settings, options, { env: processEnvironment(), ...context });
}

/**
 * Compares two runs row by row. `compareStatus` returns the command's exit status, `compareDocument` the document that
 * it prints.
 * @param base path of a run folder, a result file or a baseline
 * @param candidate the same for the candidate
 * @param options omitted ones have the command's defaults
 * @throws PromptgridError if the two cannot be compared
 */
export async function compare(
  base: string,
  candidate: string,
  options: Partial<CompareOptions> = {},
): Promise<Comparison> {
  const whole = { ...DEFAULT_COMPARE_OPTIONS, ...options };
  const compared = await executeCompare({ base, candidate, options: whole, wantsLines: false });
  await compared.close();
  return compared.comparison;
}
