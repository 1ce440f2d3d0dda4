import type { CallErrorKind } from '../core/call-error.ts';
import type { ErrorCount } from '../core/error-tally.ts';
import { cutShort, oneLine } from '../core/plain-text.ts';
import { requestHint } from '../core/request-hint.ts';
import { type RunVariantName, variantNames } from '../core/variant-name.ts';
import { formatCount } from './format.ts';

/** Why trials and judge requests of a run errored, the most common reason first. */
export interface RunErrors {
  readonly errors: readonly ErrorCount[];
  /** Absent if there are no judge requests. */
  readonly judge?: { readonly errors: readonly ErrorCount[] } | undefined;
}

/** Errors with their variants, in plan order; a summary is one. */
interface ShownErrors extends RunErrors {
  readonly variants: readonly RunVariantName[];
}

/** Maximum reasons on a terminal. */
const MOST_SHOWN = 5;
/** Maximum characters of a reason on a terminal. */
const LONGEST_REASON = 240;

/** Why trials errored, the most common reason first, at most five, and the same for judges; empty without errors. */
export function renderErrors({ variants, errors, judge }: ShownErrors): readonly string[] {
  const labels = variantNames(variants);
  return [
    ...errorLines(errors, labels, ['trial errored', 'trials errored']),
    ...errorLines(judge?.errors ?? [], labels, ['question to a judge errored', 'questions to judges errored']),
  ];
}

type Nouns = readonly [one: string, many: string];

function errorLines(errors: readonly ErrorCount[], labels: readonly string[], [one, many]: Nouns): readonly string[] {
  if (errors.length === 0) return [];
  const all = countErrors(errors);
  const shown = errors.slice(0, MOST_SHOWN);
  const rest = errors.slice(MOST_SHOWN);
  const width = formatCount(shown[0]?.count ?? 0).length;
  const more = `${formatCount(rest.length)} more ${rest.length === 1 ? 'reason' : 'reasons'}`;
  return [
    `${formatCount(all)} ${all === 1 ? one : many}:`,
    ...shown.map((error) => {
      const count = formatCount(error.count).padStart(width);
      return `  ${count} × ${error.code}${placeOf(error, labels)}: ${cutShort(oneLine(error.reason), LONGEST_REASON)}`;
    }),
    ...(rest.length === 0 ? [] : [`  and ${more} (${formatCount(countErrors(rest))} times)`]),
  ];
}

/** Their total number. */
export function countErrors(errors: readonly ErrorCount[]): number {
  return errors.reduce((sum, { count }) => sum + count, 0);
}

/** ` (gpt-4o)`, ` (2 of 8 variants)`; nothing if it is every variant. */
function placeOf({ variants }: ErrorCount, labels: readonly string[]): string {
  const [only, ...others] = variants;
  if (only === undefined || variants.length === labels.length) return '';
  if (others.length === 0) return ` (${oneLine(labels[only.variant] ?? '')})`;
  return ` (${variants.length} of ${labels.length} variants)`;
}

/** What has to change for trials that a retry alone cannot fix, one line per code. */
export function remedyLines(errors: readonly ErrorCount[]): readonly string[] {
  const codes = [...new Set(errors.map(({ code }) => code))];
  return codes.flatMap((code) => {
    const remedy = hintsFor(code, errors) ?? remedyOf(code);
    return remedy === null ? [] : [`retrying alone does not help with ${code}: ${remedy}`];
  });
}

/** Which flags fix refused requests, as far as the servers' reasons name their fields; null if none does. */
function hintsFor(code: CallErrorKind, errors: readonly ErrorCount[]): string | null {
  if (code !== 'invalid_request') return null;
  const reasons = errors.filter((error) => error.code === code).map(({ reason }) => requestHint(reason, null));
  const hints = new Set(reasons.filter((hint) => hint !== null));
  return hints.size === 0 ? null : [...hints].join('; ');
}

/** What has to change before a retry can succeed, as an instruction; null if a retry alone may succeed. */
export function remedyOf(code: CallErrorKind): string | null {
  switch (code) {
    case 'rate_limited':
    case 'overloaded':
    case 'server_error':
    case 'network':
    case 'timeout':
    case 'invalid_response':
    case 'cancelled':
      return null;
    case 'invalid_request':
      return 'the server refuses these requests: change what its reason names (a request field, the prompt, the rows, the account)';
    case 'model_not_found':
      return "check the model's name: promptgrid models lists what the provider offers";
    case 'unauthorized':
      return 'set a valid API key, then give the command again with --retry-errored';
    case 'insufficient_balance':
      return 'top up the balance, then give the command again with --retry-errored';
    case 'quota_exhausted':
      return 'wait until the quota begins anew or raise it, then give the command again with --retry-errored';
    case 'endpoint_not_found':
      return 'correct --base-url, the address up to and with /v1';
    case 'exceeds_limit':
      return 'raise --tpm, then give the command again with --retry-errored';
  }
}
