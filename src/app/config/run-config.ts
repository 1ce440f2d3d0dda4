import type { JsonObject } from '../../core/json.ts';
import type { Picounits } from '../../core/money.ts';
import type { TokenRates } from '../../core/price.ts';
import type { ModelRef } from '../../core/variant.ts';
import type { RetryPolicy } from '../../engine/retry.ts';
import type { PromptSpec } from '../../prompts/index.ts';
import type { AuthScheme } from '../../providers/definition.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import type { GateConfig } from './gates.ts';
import type { Origin } from './origins.ts';

/** A text that no file, log or error may show. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself, for the wire only. */
  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return '[key]';
  }
}

/** A header, or a parameter of a query, that is sent with every request. */
export interface RequestPart {
  readonly name: string;
  readonly value: Secret;
  /** Environment variables in the value. */
  readonly variables: readonly { readonly name: string; readonly value: Secret }[];
  /**
   * `shown` as it is; `digest` where the value may be a secret: it is not shown, and what it is still tells runs apart;
   * `hidden` for credentials, which are no part of what a run is.
   */
  readonly disclosure: 'shown' | 'digest' | 'hidden';
}

/** An address that secrets of the user go to. */
export interface Destination {
  /** Without its query; with `${NAME}` where it was given so. */
  readonly shown: string;
  /** The same with the values of variables: not to be shown. */
  readonly address: string;
  /** Who named it; null where it is the provider's own by default. */
  readonly origin: Origin | null;
  /** True where it is at the provider's own host, whoever named it. */
  readonly isOwn: boolean;
  /** Environment variables whose values go there. */
  readonly variables: readonly string[];
  /** Headers and parameters whose secrets are written out in the settings. */
  readonly written: readonly string[];
  /** True where a file of the project names it for variables of the user. */
  readonly needsConsent: boolean;
}

/** A proxy between us and an endpoint. */
export interface ProxyConfig {
  /** Scheme, host and port. */
  readonly address: string;
  /** The value of Proxy-Authorization; null sends none. */
  readonly authorization: Secret | null;
  /** Address as files and messages show it. */
  readonly shown: string;
  /** Who named it. */
  readonly origin: Origin;
}

/** How one provider of the run is reached. */
export interface EndpointConfig {
  /** Name in the registry of providers. */
  readonly provider: string;
  /** Address up to and with `/v1`, without its query. */
  readonly baseUrl: string;
  /** The query that is sent with every request, with its `?`; empty where there is none. */
  readonly search: Secret;
  /** The parameters of the query. */
  readonly query: readonly RequestPart[];
  /** In place of ours of the same name; names in lower case. */
  readonly headers: readonly RequestPart[];
  readonly auth: AuthScheme;
  /** null sends no key. */
  readonly apiKey: Secret | null;
  readonly proxy: ProxyConfig | null;
  /** Where its secrets go. */
  readonly destinations: readonly Destination[];
}

/** Which dataset, and how its bytes are read. */
export interface DatasetConfig {
  /** Path as given; `-` is standard input. */
  readonly path: string;
  /** What messages and files call it. */
  readonly name: string;
  /** `csv`, `jsonl`; null goes by the ending. */
  readonly format: string | null;
  /** null is UTF-8, or UTF-16 where a BOM says so. */
  readonly encoding: string | null;
  /** null is detected. */
  readonly delimiter: string | null;
}

/** Fewer rows than the dataset has. */
export interface SelectionConfig {
  /** Only the first so many rows; null takes all. */
  readonly limit: number | null;
  /** Only so many rows of those, drawn at random; null takes all. */
  readonly sample: number | null;
  readonly seed: number;
}

/** The embedded gateway instead of a provider. */
export interface SimulationConfig {
  /** JSONL file of scripted answers; null has every answer made up. */
  readonly answersFile: string | null;
}

/** Limits in any 60 seconds; null where there is none. */
export interface PaceLimits {
  /** Requests. */
  readonly rpm: number | null;
  /** Tokens. */
  readonly tpm: number | null;
}

/** A price in the provider's currency. */
export type GivenPrice = TokenRates;

/** Where answers are kept. */
interface CacheConfig {
  readonly folder: string;
  /** True for answers of every temperature. */
  readonly isForAll: boolean;
}

/** Where results go and in which form. */
export interface OutputConfig {
  /** Path of the run folder. */
  readonly folder: string;
  readonly overwrite: boolean;
  /** True where the owner of a lock that cannot be seen from here is gone, as the user says. */
  readonly takeOver: boolean;
  /** True where only the owner may enter the run folder; else the umask decides. */
  readonly isPrivate: boolean;
  /** Names of result formats. */
  readonly formats: readonly string[];
  /** Delimiter of results.csv. */
  readonly delimiter: string;
  readonly bom: boolean;
}

/** Who judges, where scorers ask models. */
export interface JudgeConfig {
  /** Asked where a scorer names no model; null where none was named. */
  readonly model: ModelRef | null;
  /** Models that scorers name, by how they name them. */
  readonly named: Readonly<Record<string, ModelRef>>;
  /** The column with people's verdicts that judges are compared with; null where there is none. */
  readonly against: string | null;
}

/** How answers are scored. */
export interface ScoringConfig {
  /** As they were asked for: specs such as `exact`, or objects with options. */
  readonly scorers: readonly GivenScorer[];
  readonly expectedColumn: string;
  readonly judge: JudgeConfig;
  /** True leaves thoughts at the start of an answer's text in its output. */
  readonly keepThoughts: boolean;
  /** The column of what rows have in common; null where they are independent of each other. */
  readonly clusterColumn: string | null;
  /** Percentage points below the best that are good enough for a cheaper variant. */
  readonly goodEnoughPoints: number;
}

/** How variants that are clearly beaten are found, so that they are not paid for to the end. */
export interface RaceConfig {
  /** Name of the score that decides; null for the only one that there is. */
  readonly scorer: string | null;
}

/** Which rows of which dataset. */
export interface RowsConfig {
  readonly dataset: DatasetConfig;
  readonly selection: SelectionConfig;
}

/** What rows are asked. */
export interface PromptConfig {
  /** Empty where the dataset holds the prompts. */
  readonly prompts: readonly PromptSpec[];
  /** Template; null takes each row's own `system` column. */
  readonly system: string | null;
}

/** What the grid is made of. */
export interface GridConfig extends PromptConfig {
  readonly models: readonly ModelRef[];
  readonly temperatures: readonly (number | null)[];
  readonly repeats: number;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
}

/** Where calls go. */
export interface AccessConfig {
  readonly endpoints: readonly EndpointConfig[];
  /** True where the caller vouches for the addresses that files of the project name. */
  readonly trustsProject: boolean;
  readonly simulation: SimulationConfig | null;
  readonly checkModels: boolean;
}

/** How fast calls may be made. */
export interface PaceConfig {
  /** Most requests in flight per endpoint. */
  readonly concurrency: number;
  /** True keeps to `concurrency` whatever the server says. */
  readonly isFixedConcurrency: boolean;
  /** Limits of each endpoint's account. */
  readonly limits: PaceLimits;
  /** Limits of single models beside them, by model id. */
  readonly modelLimits: Readonly<Record<string, PaceLimits>>;
}

/** How calls are made. */
export interface CallConfig extends PaceConfig {
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Longest pause imposed by a server that is waited for, in milliseconds; null waits for any. */
  readonly stopAfterWaitMs: number | null;
  /** Ask for answers as streams of events. */
  readonly isStreaming: boolean;
}

/** What calls may cost, and which of them cost nothing. */
export interface MoneyConfig {
  /** Most that the run may cost; null where there is no limit. */
  readonly budget: Picounits | null;
  /** Expected cost above which the user is asked first; null where never. */
  readonly confirmAbove: Picounits | null;
  /** Prices given by the user, by model id. */
  readonly prices: Readonly<Record<string, GivenPrice>>;
  /** ISO 4217 code for providers that have none of their own; null where none was named. */
  readonly currency: string | null;
  /** null where answers are not cached. */
  readonly cache: CacheConfig | null;
}

/** Which trials are asked that have a result already, and which are not that have none. */
export interface OpenConfig {
  /** Ask trials again that an earlier session left errored. */
  readonly retryErrored: boolean;
  /** null where every variant is asked every row. */
  readonly race: RaceConfig | null;
}

/**
 * Everything a run needs to know, resolved: nothing below it sees flags, files of settings or the environment. Functions
 * take the parts that they use.
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
  /** What is unusual but allowed, a line each. */
  readonly warnings: readonly string[];
}
