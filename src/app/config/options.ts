import { resultFormats } from '../../store/formats/index.ts';
import type { OptionSpec } from './option-spec.ts';
import { SCORE_OPTIONS } from './score-options.ts';

/** Result files that are written where nobody says which. */
export const DEFAULT_FORMATS = resultFormats.filter(({ isDefault }) => isDefault).map(({ name }) => name);

/**
 * Every option of a grid. Flags are the same names with hyphens (`--max-tokens`), environment variables the same in
 * capitals behind PROMPTGRID_ (`PROMPTGRID_MAX_TOKENS`).
 */
export const GRID_OPTIONS = {
  model: {
    kind: 'strings',
    alias: 'm',
    group: 'Grid',
    describe: 'model to ask; repeat or separate by commas; provider/model or, with --provider, its plain id',
  },
  temperature: {
    kind: 'numbers',
    alias: 't',
    group: 'Grid',
    describe: 'sampling temperature; repeat or separate by commas',
    defaultText: "the provider's own",
  },
  prompt: {
    kind: 'texts',
    group: 'Grid',
    describe: 'Liquid template of the user message, such as "Translate: {{ text }}"; repeatable',
    defaultText: "the dataset's messages or prompt column",
  },
  promptFile: {
    kind: 'texts',
    group: 'Grid',
    describe: 'file with a template, or a .json file with an array of messages; repeatable',
  },
  system: {
    kind: 'string',
    group: 'Grid',
    describe: 'Liquid template of the system message',
    defaultText: "the dataset's system column",
  },
  repeat: { kind: 'integer', group: 'Grid', min: 1, describe: 'ask each trial so many times', defaultText: '1' },
  maxTokens: { kind: 'integer', group: 'Request', min: 1, describe: 'most tokens of an answer (max_tokens)' },
  topP: { kind: 'number', group: 'Request', min: 0, describe: 'nucleus sampling (top_p)' },
  frequencyPenalty: { kind: 'number', group: 'Request', describe: 'frequency_penalty, -2 to 2' },
  presencePenalty: { kind: 'number', group: 'Request', describe: 'presence_penalty, -2 to 2' },
  functions: { kind: 'path', group: 'Request', describe: 'JSON file with the functions array' },
  useWalletBalance: { kind: 'boolean', group: 'Request', describe: 'pay from the wallet (GPTunnel, useWalletBalance)' },
  keepThoughts: {
    kind: 'boolean',
    group: 'Request',
    describe: 'leave thoughts at the start of an answer (<think>…</think>) in the output, where they are scored',
  },
  param: {
    kind: 'values',
    group: 'Request',
    describe: 'any other request field as name=json or name=@file.json, such as --param seed=7; repeatable',
  },
  stream: {
    kind: 'boolean',
    group: 'Request',
    describe: 'ask for answers as event streams, and measure the time to their first token (ttft_ms)',
  },
  provider: {
    kind: 'string',
    group: 'Endpoint',
    describe: 'provider of models given by their plain id',
    defaultText: 'gptunnel',
  },
  baseUrl: {
    kind: 'string',
    group: 'Endpoint',
    describe: "the provider's address up to and with /v1; a query behind it is sent with every request",
    defaultText: "the provider's own",
  },
  apiKeyEnv: {
    kind: 'string',
    group: 'Endpoint',
    describe: 'environment variable that holds the key',
    defaultText: 'GPTUNNEL_API_KEY, OPENAI_API_KEY, …',
  },
  auth: {
    kind: 'string',
    group: 'Endpoint',
    choices: ['bare', 'bearer'],
    describe: 'how the key is sent: Authorization: <key>, or Bearer <key>',
    defaultText: 'bare for gptunnel, else bearer',
  },
  header: {
    kind: 'headers',
    group: 'Endpoint',
    describe: "a header of every request, such as 'x-api-key: ${MY_KEY}'; repeatable",
  },
  trustConfig: {
    kind: 'boolean',
    group: 'Endpoint',
    describe: 'send keys to the addresses that promptgrid.yaml and .env name, without asking',
    flagOnly: true,
  },
  modelCheck: {
    kind: 'boolean',
    group: 'Endpoint',
    describe: "look models up in the provider's list before the first call (--no-model-check does not)",
    defaultText: 'true',
  },
  simulate: {
    kind: 'switchOrPath',
    group: 'Endpoint',
    describe:
      'ask the embedded gateway instead of a provider: no key, no network; optionally a file of scripted answers',
  },
  concurrency: {
    kind: 'integer',
    group: 'Pace',
    min: 1,
    describe: 'most requests in flight per endpoint',
    defaultText: '32',
  },
  concurrencyMode: {
    kind: 'string',
    group: 'Pace',
    choices: ['adaptive', 'fixed'],
    describe: 'whether fewer requests are kept in flight when the server asks for it',
    defaultText: 'adaptive',
  },
  rpm: { kind: 'integer', group: 'Pace', min: 1, describe: 'most requests in any 60 s, per host and API key' },
  tpm: { kind: 'integer', group: 'Pace', min: 1, describe: 'most tokens in any 60 s, per host and API key' },
  timeout: { kind: 'number', group: 'Pace', min: 0.001, describe: 'seconds for one attempt', defaultText: '120' },
  maxAttempts: { kind: 'integer', group: 'Pace', min: 1, describe: 'most calls for one trial', defaultText: '6' },
  maxWait: {
    kind: 'number',
    group: 'Pace',
    min: 0,
    describe: 'seconds that a trial may go on being tried again',
    defaultText: '600',
  },
  stopAfterWait: {
    kind: 'number',
    group: 'Pace',
    min: 0,
    describe: 'stop the run, resumable, where a server imposes a pause of more seconds than this',
    defaultText: 'wait however long',
  },
  budget: {
    kind: 'string',
    group: 'Money',
    describe: "most that the run may cost in all, in the provider's currency; never exceeded",
  },
  confirmAbove: {
    kind: 'string',
    group: 'Money',
    describe: 'on a terminal, ask before a run whose expected cost is above this amount',
  },
  price: {
    kind: 'texts',
    group: 'Money',
    describe:
      'price of a model per 1,000,000 tokens, where the provider lists none: model=prompt,completion[,cache read,cache write[,cache write for 1 h]]; repeatable',
  },
  currency: {
    kind: 'string',
    group: 'Money',
    describe: 'ISO code of the currency of --price and --budget, where the provider has none of its own',
  },
  cache: {
    kind: 'switchOrPath',
    group: 'Money',
    describe: 'folder of answers that need not be paid again, or --no-cache for none',
    defaultText: '.promptgrid/cache',
  },
  cacheAll: {
    kind: 'boolean',
    group: 'Money',
    describe: 'cache answers of every temperature, not only of temperature 0',
  },
  limit: { kind: 'integer', group: 'Rows', min: 1, describe: 'only the first n rows' },
  sample: { kind: 'integer', group: 'Rows', min: 1, describe: 'only n rows, drawn at random' },
  seed: { kind: 'integer', group: 'Rows', min: 0, describe: 'seed of --sample', defaultText: '1' },
  inputFormat: {
    kind: 'string',
    group: 'Rows',
    choices: ['csv', 'jsonl'],
    describe: 'format of the dataset',
    defaultText: 'by its ending',
  },
  encoding: {
    kind: 'string',
    group: 'Rows',
    describe: 'encoding of the dataset, such as windows-1251',
    defaultText: 'utf-8',
  },
  delimiter: {
    kind: 'string',
    group: 'Files',
    describe: 'delimiter of results.csv, and of a CSV dataset where it is found in the header',
    defaultText: ', and detected',
  },
  bom: { kind: 'boolean', group: 'Files', describe: 'begin results.csv with a BOM, for Excel' },
  ...SCORE_OPTIONS,
  out: {
    kind: 'path',
    group: 'Files',
    describe: 'run folder; an unfinished run in it goes on',
    defaultText: 'results/<dataset>-<UTC time>',
  },
  overwrite: { kind: 'boolean', group: 'Files', describe: 'replace what a run left in the folder', flagOnly: true },
  takeOver: {
    kind: 'boolean',
    group: 'Files',
    describe: 'use a run folder whose lock belongs to another machine or container that is gone',
    flagOnly: true,
  },
  private: { kind: 'boolean', group: 'Files', describe: 'let only its owner enter the run folder (rights 0700)' },
  retryErrored: {
    kind: 'boolean',
    group: 'Pace',
    describe: 'in an existing run, ask its errored trials again',
    flagOnly: true,
  },
  format: {
    kind: 'strings',
    group: 'Files',
    choices: resultFormats.map(({ name }) => name),
    describe: 'result files to write',
    defaultText: DEFAULT_FORMATS.join(','),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Name of an option, as in promptgrid.yaml. */
export type OptionName = keyof typeof GRID_OPTIONS;

/** The option of that name; undefined where there is none. */
export function optionSpec(name: string): OptionSpec | undefined {
  return new Map<string, OptionSpec>(Object.entries(GRID_OPTIONS)).get(name);
}

/** `max-tokens` of `maxTokens`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]|(?<!\d)\d/g, (start) => `-${start.toLowerCase()}`);
}

/** `PROMPTGRID_MAX_TOKENS` of `maxTokens`. */
export function variableName(option: string): string {
  return `PROMPTGRID_${flagName(option).replaceAll('-', '_').toUpperCase()}`;
}
