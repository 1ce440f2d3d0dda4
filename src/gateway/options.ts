import { UsageError } from '../core/errors.ts';
import { type Picounits, parseDecimal } from '../core/money.ts';
import { isWithin, type ValueSpec, wantedValue } from '../core/option-spec.ts';
import { unknownKey } from '../io/nearest.ts';
import { kindText, valueText } from '../io/value-text.ts';
import { FAULT_SHARES, type FaultShares } from './faults.ts';
import { GATEWAY_OPTIONS } from './option-table.ts';

/** Behaviour of the gateway. Everything is optional. */
export interface GatewayOptions {
  /** Address to listen on; default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Port to listen on; default 0, which uses a free one. */
  readonly port?: number | undefined;
  /** The key that calls must send; null, the default, requires none. */
  readonly key?: string | null | undefined;
  /** A JSONL file of scripted answers; null, the default, for none. */
  readonly answersFile?: string | null | undefined;
  /** Balance of the account, in rubles, a decimal number from 0; default `"1000000"`. */
  readonly balance?: string | number | undefined;
  /** Whole number that seeds faults and jitter; default 1. */
  readonly seed?: number | undefined;
  /** Latency of an answer, in milliseconds from 0; default 0. */
  readonly latencyMs?: number | undefined;
  /** Maximum jitter on top of `latencyMs`, evenly distributed, in milliseconds from 0; default 0. */
  readonly latencyJitterMs?: number | undefined;
  /** Shares of failing calls; none by default. Faults are not billed. */
  readonly faults?: FaultShares | undefined;
  /** Retry-After of an injected 429 and of one for too many concurrent calls, in whole seconds from 0; default 1. */
  readonly retryAfterS?: number | undefined;
  /** Maximum chat calls within any 60 s, the rest get 429; from 1; null, the default, for no limit. */
  readonly maxRpm?: number | null | undefined;
  /** Maximum concurrent chat calls, the rest get 429; from 1; null, the default, for no limit. */
  readonly maxInFlight?: number | null | undefined;
  /** Milliseconds since 1970, never decreasing; default the machine's clock. */
  readonly clock?: (() => number) | undefined;
}

/** Options with all defaults filled in. */
export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly key: string | null;
  readonly answersFile: string | null;
  readonly balance: Picounits;
  readonly seed: number;
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  readonly faults: FaultShares;
  readonly retryAfterS: number;
  readonly maxRpm: number | null;
  readonly maxInFlight: number | null;
  readonly clock: () => number;
}

/** Fills in the defaults. @throws UsageError for an unknown option, or a value that is not allowed */
export function resolveGatewayOptions(options: GatewayOptions): GatewaySettings {
  checkFields(options, 'the options');
  const settings = settingsOf(options);
  checkKeys(options, Object.keys(settings), '');
  return settings;
}

function settingsOf(options: GatewayOptions): GatewaySettings {
  const { seed = 1, port = 0, retryAfterS = 1, latencyMs = 0, latencyJitterMs = 0, maxRpm, maxInFlight } = options;
  return {
    host: readText('host', options.host ?? '127.0.0.1', GATEWAY_OPTIONS.host),
    port: inRange('port', port, GATEWAY_OPTIONS.port),
    key: readTextOrNone('key', options.key, GATEWAY_OPTIONS.key),
    answersFile: readTextOrNone('answersFile', options.answersFile, GATEWAY_OPTIONS.answers),
    balance: readBalance(options.balance ?? '1000000'),
    seed: inRange('seed', seed, GATEWAY_OPTIONS.seed),
    latencyMs: inRange('latencyMs', latencyMs, GATEWAY_OPTIONS.latency),
    latencyJitterMs: inRange('latencyJitterMs', latencyJitterMs, GATEWAY_OPTIONS.jitter),
    faults: readShares(options.faults ?? {}),
    retryAfterS: inRange('retryAfterS', retryAfterS, GATEWAY_OPTIONS.retryAfter),
    maxRpm: maxRpm === undefined || maxRpm === null ? null : inRange('maxRpm', maxRpm, GATEWAY_OPTIONS.maxRpm),
    maxInFlight:
      maxInFlight === undefined || maxInFlight === null
        ? null
        : inRange('maxInFlight', maxInFlight, GATEWAY_OPTIONS.maxInFlight),
    clock: readClock(options.clock),
  };
}

// Not Date.now: that clock can be set back.
const machineClock = (): number => performance.timeOrigin + performance.now();

function inRange(name: string, value: number, spec: ValueSpec): number {
  if (isWithin(spec, value) && (spec.kind !== 'integer' || Number.isSafeInteger(value))) return value;
  throw wrongValue(name, value, spec);
}

function readText(name: string, value: string, spec: ValueSpec): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrongValue(name, value, spec);
}

function readTextOrNone(name: string, value: string | null | undefined, spec: ValueSpec): string | null {
  return value === undefined || value === null ? null : readText(name, value, spec);
}

function readBalance(value: string | number): Picounits {
  const balance = parseDecimal(String(value));
  if (balance !== null && balance >= 0n) return balance;
  throw wrongValue('balance', value, GATEWAY_OPTIONS.balance);
}

function readClock(clock: GatewayOptions['clock'] = machineClock): () => number {
  if (typeof clock === 'function') return clock;
  throw notGiven('clock', 'a function', valueText(clock));
}

function wrongValue(name: string, value: unknown, spec: ValueSpec): UsageError {
  return notGiven(name, wantedValue(spec), valueText(value));
}

function notGiven(name: string, what: string, got: string): UsageError {
  return new UsageError(`gateway: ${name} must be ${what}, got ${got}`, { hint: `give ${what}` });
}

function checkFields(given: unknown, name: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw notGiven(name, 'an object', kindText(given));
}

/** @param section '' at the top */
function checkKeys(given: object, known: readonly string[], section: string): void {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || known.includes(key)) continue;
    const { what, hint } = unknownKey(key, known, section);
    throw new UsageError(`gateway: ${what}`, { hint });
  }
}

function readShares(shares: FaultShares): FaultShares {
  checkFields(shares, 'faults');
  const known = FAULT_SHARES.map(([, name]) => name);
  checkKeys(shares, known, 'faults');
  const values = FAULT_SHARES.map(([, name]) => inRange(`faults.${name}`, shares[name] ?? 0, GATEWAY_OPTIONS[name]));
  const total = values.reduce((sum, value) => sum + value, 0);
  // A tolerance of a thousandth: shares meant to add up to 1 may not do so in binary.
  if (total <= 1.001) return shares;
  throw new UsageError(`gateway: the shares of faults add up to ${total}`, { hint: 'let them add up to at most 1' });
}
