import type { JsonObject } from '../../core/json.ts';
import type { Picounits } from '../../core/money.ts';
import type { TokenRates } from '../../core/price.ts';
import type { ProgramKind } from '../../core/program-ref.ts';
import type { ColumnFilter } from '../../core/row-filter.ts';
import type { GridModel, ModelRef, VariantRule } from '../../core/variant.ts';
import type { DatasetShape } from '../../datasets/index.ts';
import type { RetryPolicy } from '../../engine/retry.ts';
import type { PromptSpec } from '../../prompts/index.ts';
import type { AuthScheme } from '../../providers/definition.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import type { GateConfig } from './gates.ts';
import type { Origin } from './origins.ts';
import type { Environment } from './variables.ts';

/** A text that no file, log or error may show. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself, only for sending. */
  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return '[key]';
  }
}

/** A header or query parameter that is sent with every request. */
export interface RequestPart {
  readonly name: string;
  readonly value: Secret;
  /** Environment variables in the value. */
  readonly variables: readonly { readonly name: string; readonly value: Secret }[];
  /**
   * `shown` in full; `digest` if the value may be a secret: it is not shown, but its digest still distinguishes runs;
   * `hidden` for credentials, which are not part of a run's identity.
   */
  readonly disclosure: 'shown' | 'digest' | 'hidden';
}

/** An address that receives secrets of the user. */
export interface Destination {
  /** Without its query; with `${NAME}` if it was given so. */
  readonly shown: string;
  /** The same with the values of variables: must not be shown. */
  readonly address: string;
  /** Who set it; null for the provider's default. */
  readonly origin: Origin | null;
  /** True if it is at the provider's own host, whatever its source. */
  readonly isOwn: boolean;
  /** Environment variables whose values go there. */
  readonly variables: readonly string[];
  /** Headers and parameters whose secrets are written in the settings in full. */
  readonly written: readonly string[];
  /** True if a project file sets it for the user's variables. */
  readonly needsConsent: boolean;
}

/** A proxy between promptgrid and an endpoint. */
export interface ProxyConfig {
  /** Scheme, host and port. */
  readonly address: string;
  /** The value of Proxy-Authorization; null sends none. */
  readonly authorization: Secret | null;
  /** Address as shown in files and messages. */
  readonly shown: string;
  /** Who set it. */
  readonly origin: Origin;
}

/** Where access tokens are requested. */
export interface TokenAddress {
  readonly url: string;
  readonly proxy: ProxyConfig | null;
}

/** How one provider of the run is reached. */
export interface EndpointConfig {
  /** The provider's name in the run: a section of promptgrid.yaml, or a name in the registry. */
  readonly provider: string;
  /** Its name in the provider registry. */
  readonly kind: string;
  /** Address up to and including `/v1`, without its query. */
  readonly baseUrl: string;
  /** The query that is sent with every request, with its `?`; empty if there is none. */
  readonly search: Secret;
  /** The query parameters. */
  readonly query: readonly RequestPart[];
  /** Replace our headers of the same name; names in lower case. */
  readonly headers: readonly RequestPart[];
  readonly auth: AuthScheme;
  /** null sends no key. */
  readonly apiKey: Secret | null;
  readonly proxy: ProxyConfig | null;
  /** Certificates that are trusted besides the machine's own, as PEM texts. */
  readonly certificates: readonly string[];
  /** What the account needs besides the key; null if nothing, see `AccountWord`. */
  readonly account: string | null;
  /** Where the key is exchanged for access tokens; null if it is not. */
  readonly tokens: TokenAddress | null;
  /** Where its secrets go. */
  readonly destinations: readonly Destination[];
}

/** A program of the user that answers in place of an API. */
export interface ProgramConfig {
  /** Name of its provider in the run: `module:<path>` or `exec:<command>`. */
  readonly provider: string;
  readonly kind: ProgramKind;
  /** Address of the module's file, or the words of the command. */
  readonly target: readonly string[];
  /** Absolute path of the working folder, in which it runs. */
  readonly folder: string;
  /** SHA-256 of its files and of what it was called by. */
  readonly digest: string;
  /** Who named it: `project` only if nobody else did. */
  readonly origin: Origin;
  /** Its environment; a function, as it holds keys and must not be written anywhere. */
  readonly environment: () => Environment;
}

/** Which dataset, and how its bytes are read. */
export interface DatasetConfig {
  /** Path as given; `-` is standard input. Of several files, the first. */
  readonly path: string;
  /** Further files, which are read behind it in this order. */
  readonly more: readonly string[];
  /** What was given: paths and patterns. */
  readonly given: readonly string[];
  /** Its name in messages and files. */
  readonly name: string;
  /** Name of a dataset format; null uses the file extension. */
  readonly format: string | null;
  /** null is UTF-8, or UTF-16 if there is a BOM. */
  readonly encoding: string | null;
  /** null is detected. */
  readonly delimiter: string | null;
  /** Name or number of a workbook's sheet; null is the first. */
  readonly sheet: string | null;
  /** Column or path of the rows' ids; null for the column `id`, if there is one. */
  readonly idColumn: string | null;
  /** Column or path of the conversations; null for the dataset's own. */
  readonly messagesColumn: string | null;
  /** How rows of another tool are read; null if they are not, or were not looked at. */
  readonly shape: DatasetShape | null;
}

/** The rows that failed in an earlier run. */
export interface FailedRows {
  /** Path of that run, as given. */
  readonly run: string;
  /** Ids of the rows. */
  readonly ids: ReadonlySet<string>;
  /** What that run was made from; the digest is null if it does not say. */
  readonly dataset: { readonly name: string; readonly sha256: string | null };
}

/** A subset of the dataset's rows. */
export interface SelectionConfig {
  /** Only rows that meet these conditions; the others count for nothing below. */
  readonly filter: readonly ColumnFilter[];
  /** Path of an earlier run whose failed rows take part; null takes all. */
  readonly onlyFailed: string | null;
  /** These rows; null without such a run, and before they are read. */
  readonly failed: FailedRows | null;
  /** Only this many rows from the beginning; null takes all. */
  readonly limit: number | null;
  /** Only this many of those rows, drawn at random; null takes all. */
  readonly sample: number | null;
  readonly seed: number;
}

/** The embedded gateway instead of a provider. */
export interface SimulationConfig {
  /** JSONL file of scripted answers; null simulates every answer. */
  readonly answersFile: string | null;
}

/** Limits in any 60 seconds; null for no limit. */
export interface PaceLimits {
  /** Requests. */
  readonly rpm: number | null;
  /** Tokens. */
  readonly tpm: number | null;
}

/** A price in the provider's currency. */
export type GivenPrice = TokenRates;

/** What the user set for one model. */
export interface OfModel<T> {
  /** Id in the API's form. */
  readonly model: string;
  /** null for the model at any provider. */
  readonly provider: string | null;
  readonly value: T;
}

/** What was set for a model: for it at this provider, else for its id at any; null if nothing was. */
export function ofModel<T>(given: readonly OfModel<T>[], { provider, model }: ModelRef): T | null {
  const own = given.findLast((one) => one.model === model && one.provider === provider);
  return (own ?? given.findLast((one) => one.model === model && one.provider === null))?.value ?? null;
}

/** Where answers are kept. */
interface CacheConfig {
  readonly folder: string;
  /** True for answers at every temperature. */
  readonly isForAll: boolean;
}

/** Where results go, and in which format. */
export interface OutputConfig {
  /** Path of the run folder. */
  readonly folder: string;
  /** True if the user named it; else a run takes a folder of its own, with a number behind the name if that exists. */
  readonly isNamed: boolean;
  readonly overwrite: boolean;
  /** True if the user declares that the owner of a lock on another machine is gone. */
  readonly takeOver: boolean;
  /** True runs trials again whose results the journal has lost. */
  readonly paysAgain: boolean;
  /** True if only the owner may open the run folder; else the umask decides. */
  readonly isPrivate: boolean;
  /** Names of result formats. */
  readonly formats: readonly string[];
  /** True writes the report page too. */
  readonly page: boolean;
  /** Delimiter of results.csv. */
  readonly delimiter: string;
  readonly bom: boolean;
  /** Decimal sign in results.csv. */
  readonly decimal: '.' | ',';
}

/** Which models judge, for scorers that need one. */
export interface JudgeConfig {
  /** Used if a scorer names no model; null if none was named. */
  readonly model: ModelRef | null;
  /** Models that scorers name, by the name they use. */
  readonly named: Readonly<Record<string, ModelRef>>;
  /** For scorers that compare embeddings and name no model; null if there is none. */
  readonly embeddingModel: ModelRef | null;
  /** The column with human verdicts that judges are compared with; null if there is none. */
  readonly against: string | null;
}

/** How answers are scored. */
export interface ScoringConfig {
  /** As given: specs such as `exact`, or objects with options. */
  readonly scorers: readonly GivenScorer[];
  readonly expectedColumn: string;
  readonly judge: JudgeConfig;
  /** True keeps reasoning at the start of an answer's text in its output. */
  readonly keepThoughts: boolean;
  /** The column that groups rows; null if they are independent. */
  readonly clusterColumn: string | null;
  /** Percentage points below the best at which a cheaper variant is still good enough. */
  readonly goodEnoughPoints: number;
}

/** How a race finds variants that are clearly beaten, so that they do not run to the end. */
export interface RaceConfig {
  /** Name of the deciding score; null for the only one. */
  readonly scorer: string | null;
}

/** Which rows of which dataset. */
export interface RowsConfig {
  readonly dataset: DatasetConfig;
  readonly selection: SelectionConfig;
}

/** What is sent for each row. */
export interface PromptConfig {
  /** Empty if the dataset holds the prompts. */
  readonly prompts: readonly PromptSpec[];
  /** Template; null uses each row's own `system` column. */
  readonly system: string | null;
  /** Columns, or paths into their JSON, whose cells name images and PDF files; empty if none do. */
  readonly imageColumns: readonly string[];
}

/** The parts of a grid. */
export interface GridConfig extends PromptConfig {
  readonly models: readonly GridModel[];
  /** Variants that are left out. */
  readonly exclude: readonly VariantRule[];
  /** Variants beyond those of the models' own temperatures. */
  readonly include: readonly VariantRule[];
  readonly repeats: number;
  /** Other request fields that all models have in common, under the API's names. */
  readonly params: JsonObject;
}

/** Where calls go. */
export interface AccessConfig {
  /** Registry names of the providers that have another name in the run, by that name. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly endpoints: readonly EndpointConfig[];
  readonly programs: readonly ProgramConfig[];
  /** True if the caller trusts the addresses and programs that project files name. */
  readonly trustsProject: boolean;
  readonly simulation: SimulationConfig | null;
  readonly checkModels: boolean;
}

/** How fast calls may be made. */
export interface PaceConfig {
  /** Maximum requests in flight per endpoint. */
  readonly concurrency: number;
  /** True keeps `concurrency` fixed whatever the server responds. */
  readonly isFixedConcurrency: boolean;
  /** Limits of each endpoint's account. */
  readonly limits: PaceLimits;
  /** Additional limits of single models. */
  readonly modelLimits: readonly OfModel<PaceLimits>[];
}

/** How trials are asked in batches. */
export interface BatchConfig {
  /** False ends the session once the batches are created, and collects them in a later one. */
  readonly waits: boolean;
  /** True asks one by one what the first batches leave open. */
  readonly thenLive: boolean;
  /** True cancels the batches that are open, keeps what they have answered, and asks nothing. */
  readonly cancels: boolean;
}

/** Where workers take the calls of a run. */
export interface QueueConfig {
  /** Address of Redis, which may hold a password. */
  readonly url: Secret;
  /** The same without user, password and query. */
  readonly shown: string;
  /** Settings of each provider of the run as in promptgrid.yaml; workers resolve them with variables of their own. */
  readonly providers: Readonly<Record<string, JsonObject>>;
}

/** How calls are made. */
export interface CallConfig extends PaceConfig {
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Longest server-imposed pause to wait for, in milliseconds; null waits for any. */
  readonly stopAfterWaitMs: number | null;
  /** Request answers as event streams. */
  readonly isStreaming: boolean;
  /** null if trials are asked one by one. */
  readonly batch: BatchConfig | null;
  /** null if the calls are made from here. */
  readonly queue: QueueConfig | null;
}

/** Cost limits of calls, and which calls cost nothing. */
export interface MoneyConfig {
  /** Maximum cost of the run; null for no limit. */
  readonly budget: Picounits | null;
  /** Expected cost above which the user must confirm; null for never. */
  readonly confirmAbove: Picounits | null;
  /** Prices given by the user. */
  readonly prices: readonly OfModel<GivenPrice>[];
  /** ISO 4217 code for providers without a currency of their own; null if none was named. */
  readonly currency: string | null;
  /** null if answers are not cached. */
  readonly cache: CacheConfig | null;
}

/** Which trials with a result are run again, and which without one are skipped. */
export interface OpenConfig {
  /** Run trials again that errored in an earlier session. */
  readonly retryErrored: boolean;
  /** null if every variant runs every row. */
  readonly race: RaceConfig | null;
}

/**
 * Everything a run needs, resolved. The code below it sees no flags, settings files or environment variables. Functions
 * take only the parts they use.
 */
export interface RunConfig
  extends RowsConfig,
    GridConfig,
    AccessConfig,
    CallConfig,
    MoneyConfig,
    OpenConfig,
    ScoringConfig {
  readonly gates: GateConfig;
  readonly output: OutputConfig;
  /** Warnings about unusual but allowed settings, one line each. */
  readonly warnings: readonly string[];
}
