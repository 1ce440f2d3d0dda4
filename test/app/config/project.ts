import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { resolveFlags } from '../../../src/app/config/from-flags.ts';
import { GRID_OPTIONS } from '../../../src/app/config/options.ts';
import type { RunConfig } from '../../../src/app/config/run-config.ts';
import { readOptions } from '../../../src/app/config/settings.ts';
import { CONFIG_OPTION, DATASET_ARGUMENT } from '../../../src/commands/shared-options.ts';
import { PromptgridError } from '../../../src/core/errors.ts';

/** What a run is configured with. */
export interface Given {
  /** Flags by their camelCase names, as texts from a command line. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Text of promptgrid.yaml. */
  readonly yaml?: string;
  /** Further files of the working folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The settings that a command line of a run may have. */
const RUN_TABLE = { ...GRID_OPTIONS, ...CONFIG_OPTION, ...DATASET_ARGUMENT };

const KEYS = {
  GPTUNNEL_API_KEY: 'key-gptunnel',
  OPENAI_API_KEY: 'key-openai',
  OPENROUTER_API_KEY: 'key-openrouter',
  CUSTOM_API_KEY: 'key-custom',
};

/** A separate working folder, removed at the end of the test. */
export async function makeFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** The configuration of a run of rows.csv with the model gpt-4o and every key, by default. */
export async function configure({ flags = {}, env = {}, yaml, files = {} }: Given): Promise<RunConfig> {
  const folder = await makeFolder(yaml === undefined ? files : { ...files, 'promptgrid.yaml': yaml });
  const given = Object.entries(flags).map(([name, value]) => [name, inFolder(value, folder)]);
  const named = { dataset: 'rows.csv', model: ['gpt-4o'], ...Object.fromEntries(given) };
  return resolveFlags(readOptions(RUN_TABLE, named), {
    env: { ...KEYS, ...env },
    folder,
    now: () => new Date('2026-01-02T03:04:05Z'),
  });
}

/** `@` at the beginning of a path stands for the working folder. */
function inFolder(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => inFolder(item, folder));
  return typeof value === 'string' && value.startsWith('@') ? join(folder, value.slice(1)) : value;
}

/** The error for a configuration. */
export async function refusal(given: Given): Promise<PromptgridError> {
  try {
    await configure(given);
  } catch (error) {
    if (error instanceof PromptgridError) return error;
    throw error;
  }
  throw new Error('not refused');
}
