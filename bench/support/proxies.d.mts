/** Dollars for 1,000,000 tokens, as `--price` takes them. */
export const PRICE: string;
/** The words of a run against it, directly or by way of a proxy. */
export const PRICED_RUN: readonly string[];

/** A chat API that bills a request when it has read it. */
export interface Upstream {
  readonly port: number;
  /** Chat requests read so far, and what they cost in picounits. */
  readonly stats: () => { readonly calls: number; readonly billed: bigint };
  readonly close: () => Promise<void>;
}

/** What stands between the program and the upstream. */
export interface ProxyKind {
  readonly name: string;
  /** null where nothing does. */
  readonly program: string | null;
  /** How often it repeats a request by itself. */
  readonly repeats: number;
}

/** A proxy that runs. */
export interface RunningProxy {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

export const PROXIES: readonly ProxyKind[];
export function startUpstream(): Promise<Upstream>;
/** The path of a proxy's program; null where the machine has none. */
export function programOf(proxy: { readonly program: string }): string | null;
/** The flags under which a call is given up as soon behind each of the proxies, and without one. */
export function timeoutWords(proxy: ProxyKind): readonly string[];
/** Starts a proxy in front of an upstream, in a folder that is there for it. */
export function startProxy(proxy: ProxyKind, folder: string, upstream: Upstream): Promise<RunningProxy>;
