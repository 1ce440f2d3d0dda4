import type { ServerResponse } from 'node:http';
import { DigestMap } from '../io/digest-map.ts';
import { unitInterval } from './seeded.ts';
import { Refusal, send, sendRefusal, tooManyRequests } from './wire.ts';

/**
 * A way to fail. `429` with Retry-After · `5xx` 503 · `reset` the connection is reset · `hang` no answer ever ·
 * `truncated` half of the declared body, then the end of the connection · `html` a page under 200 ·
 * `code6` `{"code": 6, "message": …}` under 200.
 */
export type FaultKind = '429' | '5xx' | 'reset' | 'hang' | 'truncated' | 'html' | 'code6';

/** Shares of chat calls that fail in each way, from 0 to 1, together at most 1; default 0. */
export interface FaultShares {
  readonly rate429?: number | undefined;
  readonly rate5xx?: number | undefined;
  readonly rateReset?: number | undefined;
  readonly rateHang?: number | undefined;
  readonly rateTruncated?: number | undefined;
  readonly rateHtml?: number | undefined;
  readonly rateCode6?: number | undefined;
}

/** Each kind of fault with the share that sets it. */
export const FAULT_SHARES: readonly (readonly [FaultKind, keyof FaultShares])[] = [
  ['429', 'rate429'],
  ['5xx', 'rate5xx'],
  ['reset', 'rateReset'],
  ['hang', 'rateHang'],
  ['truncated', 'rateTruncated'],
  ['html', 'rateHtml'],
  ['code6', 'rateCode6'],
];

/**
 * Decides which calls fail. The draw depends on the seed, the call's body and how often that body came before, so the
 * same calls get the same faults in any order.
 */
export class FaultDraw {
  readonly #seed: number;
  readonly #upTo: readonly (readonly [FaultKind, number])[];
  readonly #total: number;
  #seen = new DigestMap();

  constructor(seed: number, shares: FaultShares) {
    this.#seed = seed;
    let total = 0;
    this.#upTo = FAULT_SHARES.map(([kind, share]) => [kind, (total += shares[share] ?? 0)] as const);
    this.#total = total;
  }

  /** @returns null if the call gets a proper answer */
  draw(bodyDigest: string): FaultKind | null {
    if (this.#total === 0) return null;
    const before = this.#seen.get(bodyDigest) ?? 0;
    this.#seen.set(bodyDigest, before + 1);
    const point = unitInterval(`${this.#seed} ${bodyDigest} ${before}`);
    return this.#upTo.find(([, end]) => point < end)?.[0] ?? null;
  }

  /** Forgets which bodies came before. */
  reset(): void {
    this.#seen = new DigestMap();
  }
}

/** True for immediate faults: what they simulate fails before a model runs. */
export function isImmediate(kind: FaultKind): boolean {
  return kind === '429' || kind === 'reset' || kind === 'hang';
}

interface FaultScene {
  readonly response: ServerResponse;
  readonly retryAfterS: number;
  /** The body of the proper answer. */
  readonly wouldBeBody: () => Promise<string>;
}

/** Fails a call in one way. */
export async function playFault(kind: FaultKind, scene: FaultScene): Promise<void> {
  const { response } = scene;
  switch (kind) {
    case '429':
      return sendRefusal(response, tooManyRequests('Rate limit reached (an injected fault)', scene.retryAfterS));
    case '5xx':
      return sendRefusal(
        response,
        new Refusal(503, 'The server is overloaded (an injected fault)', { type: 'server_error', code: 'overloaded' }),
      );
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'truncated':
      return sendHalf(response, await scene.wouldBeBody());
    case 'html':
      return send(response, { status: 200, body: HTML_BODY, contentType: 'text/html; charset=utf-8' });
    case 'code6':
      return send(response, { status: 200, body: CODE6_BODY });
  }
}

const HTML_BODY =
  '<!doctype html><html><head><title>Please wait</title></head>' +
  '<body><h1>Checking your connection</h1><p>An injected fault: a page in the place of an answer.</p></body></html>\n';

const CODE6_BODY = JSON.stringify({ code: 6, message: 'The model is temporarily unavailable (an injected fault)' });

function sendHalf(response: ServerResponse, body: string): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}
