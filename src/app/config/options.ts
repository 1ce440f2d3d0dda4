import { flagName, type OptionSpec, type OptionTable } from '../../core/option-spec.ts';
import { resultFormats } from '../../store/formats/index.ts';
import { BATCH_OPTIONS } from './batch-options.ts';
import { DATASET_OPTIONS } from './dataset-options.ts';
import { ENDPOINT_OPTIONS } from './endpoint-options.ts';
import { QUEUE_OPTIONS } from './queue-options.ts';
import { REQUEST_OPTIONS } from './request-options.ts';
import { SCORE_OPTIONS } from './score-options.ts';

/** Result files that are written by default. */
export const DEFAULT_FORMATS = resultFormats.filter(({ isDefault }) => isDefault).map(({ name }) => name);

/** Folder of the response cache. */
export const DEFAULT_CACHE_FOLDER = '.promptgrid/cache';

/**
 * Every option of a grid. Flags are the same names with hyphens (`--max-tokens`), environment variables the same in
 * capitals behind PROMPTGRID_ (`PROMPTGRID_MAX_TOKENS`).
 */
export const GRID_OPTIONS = {
  model: {
    kind: 'models',
    alias: 'm',
    group: 'Grid',
    describe: 'models: id or provider/id',
    placeholder: '<id,…>',
  },
  temperature: {
    kind: 'numbers',
    alias: 't',
    group: 'Grid',
    describe: 'sampling temperatures',
    placeholder: '<n,…>',
    defaultText: "the provider's own",
  },
  prompt: {
    kind: 'prompts',
    group: 'Grid',
    describe: 'template, such as "Translate: {{ text }}"',
    placeholder: '<template>',
    defaultText: 'column messages, prompt',
  },
  promptFile: {
    kind: 'texts',
    group: 'Grid',
    describe: 'file with a prompt template or JSON messages',
    placeholder: '<file>',
  },
  imageColumn: {
    kind: 'texts',
    group: 'Grid',
    describe: "column with paths of images or PDF files in the dataset's folder, which go with the last user message",
    placeholder: '<column>',
    example: 'image',
    isRare: true,
  },
  system: {
    kind: 'string',
    group: 'Grid',
    describe: 'template of the system message',
    placeholder: '<template>',
    defaultText: 'column system',
  },
  repeat: {
    kind: 'integer',
    group: 'Grid',
    min: 1,
    describe: 'repeats per trial',
    defaultText: '1',
  },
  ...REQUEST_OPTIONS,
  ...ENDPOINT_OPTIONS,
  concurrency: {
    kind: 'integer',
    group: 'Pace',
    min: 1,
    describe: 'maximum requests in flight per endpoint',
    defaultText: '32',
  },
  concurrencyMode: {
    kind: 'choice',
    group: 'Pace',
    choices: ['adaptive', 'fixed'],
    describe: 'whether concurrency adapts when the server slows down',
    placeholder: '<mode>',
    isRare: true,
    defaultText: 'adaptive',
  },
  rpm: {
    kind: 'integer',
    group: 'Pace',
    min: 1,
    describe: 'maximum requests in any 60 s',
  },
  tpm: {
    kind: 'integer',
    group: 'Pace',
    min: 1,
    isRare: true,
    describe: 'maximum tokens in any 60 s',
  },
  timeout: {
    kind: 'number',
    group: 'Pace',
    min: 0,
    isOpen: true,
    example: '120',
    describe: 'seconds for one attempt',
    placeholder: '<seconds>',
    isRare: true,
    defaultText: '120',
  },
  maxAttempts: {
    kind: 'integer',
    group: 'Pace',
    min: 1,
    describe: 'maximum attempts per trial',
    isRare: true,
    defaultText: '6',
  },
  maxWait: {
    kind: 'number',
    group: 'Pace',
    min: 0,
    example: '600',
    describe: 'seconds during which a trial may be retried',
    placeholder: '<seconds>',
    isRare: true,
    defaultText: '600',
  },
  stopAfterWait: {
    kind: 'number',
    group: 'Pace',
    min: 0,
    example: '60',
    describe: 'stop the run, to be resumed, if a server imposes a longer pause than this',
    placeholder: '<seconds>',
    isRare: true,
    defaultText: 'wait however long',
  },
  ...BATCH_OPTIONS,
  ...QUEUE_OPTIONS,
  budget: {
    kind: 'amount',
    group: 'Money',
    min: 0,
    isOpen: true,
    describe: "maximum cost in the provider's currency",
  },
  confirmAbove: {
    kind: 'amount',
    group: 'Money',
    min: 0,
    isOpen: true,
    example: '0.25',
    describe: 'on a terminal, ask before a run whose expected cost is above this amount',
    isRare: true,
  },
  price: {
    kind: 'texts',
    group: 'Money',
    describe:
      'price of a model per 1,000,000 tokens, if the provider lists none: model=prompt,completion[,cache read,cache write[,cache write for 1 h]]',
    placeholder: '<model=price>',
    isRare: true,
  },
  currency: {
    kind: 'string',
    group: 'Money',
    describe: 'ISO code of the currency of --price and --budget, if the provider has none of its own',
    placeholder: '<code>',
    isRare: true,
  },
  cache: {
    kind: 'switchOrPath',
    group: 'Money',
    describe: 'cache folder, or --no-cache',
    placeholder: '[folder]',
    defaultText: DEFAULT_CACHE_FOLDER,
  },
  cacheAll: {
    kind: 'boolean',
    group: 'Money',
    describe: 'cache answers at every temperature, not only at temperature 0',
    isRare: true,
  },
  filter: {
    kind: 'texts',
    group: 'Rows',
    describe: 'only rows whose column, or path into JSON, has this text; several of one column: any of them',
    placeholder: '<column=value>',
    example: 'lang=ru',
    isRare: true,
  },
  onlyFailed: {
    kind: 'path',
    group: 'Rows',
    describe: 'only rows that errored or did not pass in any variant of this earlier run',
    placeholder: '<run>',
    isRare: true,
    flagOnly: true,
  },
  limit: { kind: 'integer', group: 'Rows', min: 1, describe: 'only the first n rows' },
  sample: { kind: 'integer', group: 'Rows', min: 1, describe: 'only n rows, drawn at random' },
  seed: {
    kind: 'integer',
    group: 'Rows',
    min: 0,
    describe: 'seed of --sample',
    isRare: true,
    defaultText: '1',
  },
  ...DATASET_OPTIONS,
  delimiter: {
    kind: 'character',
    group: 'Files',
    describe: 'delimiter of results.csv, and of a CSV dataset whose header has it',
    placeholder: '<char>',
    isRare: true,
    defaultText: ', and detected',
  },
  bom: { kind: 'boolean', group: 'Files', describe: 'start results.csv with a BOM, for Excel', isRare: true },
  decimal: {
    kind: 'choice',
    group: 'Files',
    choices: ['point', 'comma'],
    describe: 'decimal sign of scores, costs and temperatures in CSV results',
    placeholder: '<sign>',
    isRare: true,
    defaultText: 'point',
  },
  excel: {
    kind: 'choice',
    group: 'Files',
    choices: ['ru'],
    describe: "CSV results for Excel with these regional settings: --delimiter ';' --bom --decimal comma",
    placeholder: '<language>',
    isRare: true,
  },
  ...SCORE_OPTIONS,
  out: {
    kind: 'path',
    group: 'Files',
    describe: 'run folder; an unfinished run in it is resumed',
    placeholder: '<folder>',
    defaultText: 'results/<dataset>-<UTC time>',
  },
  overwrite: { kind: 'boolean', group: 'Files', describe: 'replace the run in the folder', flagOnly: true },
  takeOver: {
    kind: 'boolean',
    group: 'Files',
    describe: 'use a run folder whose lock belongs to another machine or container that is gone',
    isRare: true,
    flagOnly: true,
  },
  payAgain: {
    kind: 'boolean',
    group: 'Files',
    describe: 'run trials again whose paid results the journal has lost',
    isRare: true,
    flagOnly: true,
  },
  private: {
    kind: 'boolean',
    group: 'Files',
    describe: 'let only its owner enter the run folder (rights 0700)',
    isRare: true,
  },
  retryErrored: {
    kind: 'boolean',
    group: 'Pace',
    describe: 'retry errored trials of an existing run',
    flagOnly: true,
  },
  report: {
    kind: 'boolean',
    group: 'Files',
    describe: 'write report.html, a page with charts and all answers; --no-report skips it',
    isRare: true,
    defaultText: 'true',
  },
  format: {
    kind: 'strings',
    group: 'Files',
    choices: resultFormats.map(({ name }) => name),
    describe: 'result files to write',
    defaultText: DEFAULT_FORMATS.join(','),
    placeholder: '<format,…>',
    isRare: true,
  },
} as const satisfies OptionTable;

/** The option with that name; undefined if there is none. */
export function optionSpec(name: string): OptionSpec | undefined {
  return new Map<string, OptionSpec>(Object.entries(GRID_OPTIONS)).get(name);
}

/** `PROMPTGRID_MAX_TOKENS` of `maxTokens`. */
export function variableName(option: string): string {
  return `PROMPTGRID_${flagName(option).replaceAll('-', '_').toUpperCase()}`;
}
