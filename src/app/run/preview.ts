import type { Readable } from 'node:stream';
import { withAttachedShown } from '../../core/attached.ts';
import type { Message } from '../../core/prompt.ts';
import { countSelected } from '../../core/sampling.ts';
import { formatModelRef, type Variant } from '../../core/variant.ts';
import { inTemporaryFolder } from '../../io/temporary.ts';
import { checkUsable } from '../../store/run-folder.ts';
import { judgesOf } from '../config/judges.ts';
import { shownValue } from '../config/request-parts.ts';
import type { EndpointConfig, RunConfig } from '../config/run-config.ts';
import { openDatasetInput, STDIN_PATH } from '../plan/dataset-input.ts';
import { withFailedRows } from '../plan/failed-rows.ts';
import { withShape } from '../plan/shaped-rows.ts';
import { variantsOf } from '../plan/variants.ts';
import { withScorers } from '../scoring/scorer-tools.ts';
import { checkRun } from './prepare.ts';

/** What a run would do. */
interface PlanPreview {
  readonly dataset: string;
  /** Participating rows. */
  readonly rows: number;
  readonly columns: readonly string[];
  /** Those of its variants, as are models and temperatures. */
  readonly prompts: readonly string[];
  readonly models: readonly string[];
  /** In order of appearance; null is the provider's default. */
  readonly temperatures: readonly (number | null)[];
  readonly repeats: number;
  readonly variants: number;
  readonly trials: number;
  /** Models that judge answers, `provider/model`; their requests are in addition to the trials. */
  readonly judges: readonly string[];
  readonly endpoints: readonly string[];
  readonly out: string;
  /** The first row's messages with the first of these prompts. */
  readonly firstMessages: readonly Message[];
  /** About the dataset, and about a run that would be replaced, one line each. */
  readonly warnings: readonly string[];
}

/** Checks everything that can be checked without a call, and returns what a run would do. @throws PromptgridError */
export async function planPreview(given: RunConfig, stdin: Readable, signal: AbortSignal): Promise<PlanPreview> {
  const config = await withFailedRows(given);
  const { failed } = config.selection;
  if (failed?.ids.size === 0) return emptyPreview(config, `no row failed in ${failed.run}: nothing to do`);
  if (config.dataset.path !== STDIN_PATH) return preview(config);
  return inTemporaryFolder(async (folder) => {
    const { dataset } = await openDatasetInput(config.dataset, { stdin, folder, signal });
    return preview({ ...config, dataset });
  });
}

/** Without rows no prompt can be rendered, and nothing else is worth reading the dataset. */
function emptyPreview(config: RunConfig, why: string): PlanPreview {
  return {
    ...settingsOf(config),
    rows: 0,
    columns: [],
    prompts: [],
    models: [],
    temperatures: [],
    variants: 0,
    trials: 0,
    firstMessages: [],
    warnings: [why],
  };
}

/** The parts of a preview that do not depend on rows. */
function settingsOf(config: RunConfig): Pick<PlanPreview, 'dataset' | 'repeats' | 'judges' | 'endpoints' | 'out'> {
  const { dataset, repeats, endpoints, programs, simulation, output } = config;
  const own = programs.map(({ provider }) => provider);
  return {
    dataset: dataset.name,
    repeats,
    judges: judgesOf(config).map(formatModelRef),
    endpoints:
      simulation === null ? [...endpoints.map(describeEndpoint), ...own] : ['embedded gateway (simulated answers)'],
    out: output.folder,
  };
}

/** What its variants are made of: `exclude` and `include` change more than their number. */
function axesOf(variants: readonly Variant[]): Pick<PlanPreview, 'prompts' | 'models' | 'temperatures'> {
  return {
    prompts: [...new Set(variants.map(({ prompt }) => prompt.name))],
    models: [...new Set(variants.map(({ model, label }) => label ?? formatModelRef(model)))],
    temperatures: [...new Set(variants.map(({ temperature }) => temperature))],
  };
}

/** Address, query, headers and proxy, without possible secrets. */
function describeEndpoint({ baseUrl, query, headers, proxy }: EndpointConfig): string {
  const parameters = query.map((part) => `${part.name}=${shownValue(part)}`).join('&');
  const lines = headers.map((part) => `${part.name}: ${shownValue(part)}`).join(', ');
  return [
    parameters === '' ? baseUrl : `${baseUrl}?${parameters}`,
    ...(lines === '' ? [] : [`with ${lines}`]),
    ...(proxy === null ? [] : [`through the proxy ${proxy.shown}`]),
  ].join(' ');
}

async function preview(given: RunConfig): Promise<PlanPreview> {
  const shaped = await withShape(given);
  const { folder } = shaped.output;
  await checkUsable(folder);
  const printed: string[] = [];
  const { config, facts, warnings } = await withScorers(
    shaped,
    { onWarning: (text) => printed.push(text) },
    (scorers) => checkRun(shaped, folder, scorers),
  );
  const { repeats, selection } = config;
  const rows = countSelected({ rows: facts.rows, ...selection });
  const variants = variantsOf(config, facts);
  const [first] = variants;
  const shownPrompt = facts.prompts.findIndex(({ name }) => name === first?.prompt.name);
  return {
    ...settingsOf(config),
    rows,
    columns: facts.columns,
    ...axesOf(variants),
    variants: variants.length,
    trials: rows * variants.length * repeats,
    firstMessages: withAttachedShown(facts.firstMessages[shownPrompt] ?? []),
    warnings: [...warnings, ...printed],
  };
}
