import { GRID_OPTIONS } from '../app/config/options.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';

/** Options of every command. */
export const COMMON_OPTIONS = {
  json: { kind: 'boolean', group: 'Flags', describe: 'print one JSON document on stdout' },
  quiet: { kind: 'boolean', group: 'Flags', describe: 'print only errors and why the exit status is not 0' },
  wide: { kind: 'boolean', group: 'Flags', describe: 'print tables in full, however wide the terminal is' },
} as const satisfies OptionTable;

/** The dataset of a grid. */
export const DATASET_ARGUMENT = {
  dataset: { kind: 'texts', describe: 'CSV, JSONL, JSON, Excel or Parquet files; - is standard input' },
} as const satisfies ValueTable;

/** The settings file, of commands that read one. */
export const CONFIG_OPTION = {
  config: { kind: 'path', alias: 'c', group: 'Files', describe: 'settings file', defaultText: 'promptgrid.yaml' },
} as const satisfies OptionTable;

const { provider, baseUrl, apiKeyEnv, auth, header, caFile, trustConfig, useWalletBalance } = GRID_OPTIONS;

/** Which account a query is for. */
export const ACCOUNT_OPTIONS = {
  provider,
  baseUrl,
  apiKeyEnv,
  auth,
  header,
  caFile,
  trustConfig,
  useWalletBalance,
  ...CONFIG_OPTION,
} as const satisfies OptionTable;
