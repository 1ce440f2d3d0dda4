import { CallError, type CallErrorKind } from '../core/call-error.ts';
import { isJsonObject } from '../core/json.ts';
import { type Mask, secretMask } from '../core/secret-mask.ts';
import type { AccessToken, TokenScheme } from './definition.ts';
import { type Answer, exchange, thrown } from './exchange.ts';
import type { Route } from './route.ts';
import { serverTimeMs } from './told-wait.ts';

/** How tokens are requested. */
export interface TokenOptions {
  readonly scheme: TokenScheme;
  /** Where they are requested. */
  readonly url: URL;
  readonly route: Route;
  readonly key: string;
  /** The account's word, such as the scope. */
  readonly word: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** The error as it leaves this room. */
  readonly present: (error: CallError) => CallError;
}

interface HeldToken {
  readonly token: string;
  /** When the next one is requested, in monotonic milliseconds. */
  readonly renewAtMs: number;
}

/** A token is renewed this long before it expires, or at half of a shorter life: calls with it take a while. */
const RENEWED_BEFORE_MS = 60_000;
const TIMEOUT_MS = 30_000;
/** An answer under way may still hold the one before. */
const MASKED_TOKENS = 2;

/** The access tokens of one account. A token is requested once for all calls that need one. */
export class TokenSource {
  readonly #options: TokenOptions;
  readonly #closing = new AbortController();
  #held: HeldToken | null = null;
  #renewal: Promise<string> | null = null;
  #known: readonly string[] = [];
  #mask: Mask = (text) => text;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /**
   * Makes a call with a token, and once more with a new one if the first is refused: it may have been revoked.
   * @throws CallError of the call, or of the request for a token
   */
  async call<T>(signal: AbortSignal, send: (token: string) => Promise<T>): Promise<T> {
    const token = await this.#token(signal);
    try {
      return await send(token);
    } catch (error) {
      if (!(error instanceof CallError) || error.httpStatus !== 401) throw error;
      if (this.#held?.token === token) this.#held = null;
      return send(await this.#token(signal));
    }
  }

  /** A text without the tokens that were sent. */
  mask(text: string): string {
    return this.#mask(text);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#options.route.dispatcher.destroy();
  }

  #token(signal: AbortSignal): string | Promise<string> {
    if (this.#held !== null && this.#options.elapsedMs() < this.#held.renewAtMs) return this.#held.token;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return untilAborted(this.#renewal, signal);
  }

  async #renew(): Promise<string> {
    const { elapsedMs } = this.#options;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const askedMs = elapsedMs();
    try {
      const { token, lifeMs } = await this.#request(AbortSignal.any([timeout, this.#closing.signal]));
      const renewAtMs = askedMs + lifeMs - Math.min(RENEWED_BEFORE_MS, lifeMs / 2);
      this.#held = { token, renewAtMs };
      this.#known = [token, ...this.#known].slice(0, MASKED_TOKENS);
      this.#mask = secretMask(this.#known);
      return token;
    } catch (error) {
      if (!timeout.aborted) throw error;
      const message = `no access token from ${this.#options.url.host} within ${TIMEOUT_MS / 1000} s`;
      throw new CallError('timeout', message);
    }
  }

  #request(signal: AbortSignal): Promise<{ readonly token: string; readonly lifeMs: number }> {
    const { scheme, url, route, key, word, now, elapsedMs, present } = this.#options;
    const { headers, body } = scheme.request(key, word);
    const path = `${url.pathname}${url.search}`;
    const sent = { origin: url.origin, method: 'POST', path, headers, body, signal } as const;
    const read = (answer: Answer): { readonly token: string; readonly lifeMs: number } => {
      const access = isJsonObject(answer.body) ? scheme.read(answer.body) : null;
      if (access === null) throw new CallError('invalid_response', 'the answer has no access token');
      return { token: access.token, lifeMs: lifeOf(access, serverTimeMs(answer.headers, now())) };
    };
    const ofToken = (error: CallError): CallError => present(tokenError(error, url, scheme));
    return exchange(route, sent, { now, elapsedMs }, { readStream: null, read, present: ofToken });
  }
}

/** Measured by the server's clock, since that of this machine may be wrong. */
function lifeOf({ expiresAtMs }: AccessToken, serverNowMs: number): number {
  return Math.max(0, expiresAtMs - serverNowMs);
}

/** Kinds that mean a refused key or account here, so that the run ends whatever status it was refused with. */
const REFUSED: ReadonlySet<CallErrorKind> = new Set([
  'unauthorized',
  'invalid_request',
  'model_not_found',
  'endpoint_not_found',
]);

function tokenError(error: CallError, { host }: URL, { hint }: TokenScheme): CallError {
  const message = `no access token from ${host}: ${error.message}`;
  const { httpStatus } = error;
  return REFUSED.has(error.kind)
    ? new CallError('unauthorized', message, { httpStatus, hint })
    : error.with({ message });
}

/** A shared promise, for one call: the end of that call ends nothing for the others. */
function untilAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(thrown(signal.reason));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
