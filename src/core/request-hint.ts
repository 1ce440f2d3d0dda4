import type { JsonObject } from './json.ts';

/** The parts of a request that a hint may name. */
export interface SentRequest {
  /** null if none was sent. */
  readonly temperature: number | null;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
}

/** Fields with a flag of their own; every other is set with --param. */
const FLAGS: ReadonlyMap<string, string> = new Map([
  ['temperature', '--temperature'],
  ['max_tokens', '--max-tokens'],
  ['top_p', '--top-p'],
  ['frequency_penalty', '--frequency-penalty'],
  ['presence_penalty', '--presence-penalty'],
  ['functions', '--functions'],
  ['response_format', '--response-format'],
  ['tools', '--tools'],
  ['tool_choice', '--tool-choice'],
  ['logprobs', '--logprobs'],
  ['top_logprobs', '--logprobs'],
  ['useWalletBalance', '--use-wallet-balance'],
]);

/** The flag that sets a request field: `--max-tokens`, `--param seed`. */
export function fieldFlag(field: string): string {
  return FLAGS.get(field) ?? `--param ${field}`;
}

const COMPLETION_TOKENS = 'max_completion_tokens';
/** How servers report that they do not support a field, or not this value. */
const NOT_TAKEN =
  /\b(?:un(?:supported|known|recognized|expected|permitted)|not (?:supported|permitted|allowed|recognized|compatible)|(?:does|do|did) not (?:support|accept|allow)|is deprecated|extra (?:inputs?|fields?)|unexpected keyword|invalid (?:parameter|argument|field)|no longer (?:supported|accepted))/i;
/** `Only the default (1) value is supported`, `may only be set to 1`, `must be 1`. */
const ONLY_ONE =
  /\b(?:only (?:the )?default \(?1|only be set to 1|must be (?:set to )?1(?:\.0)?\b(?! or)|only 1(?:\.0)? is)/i;

/** `This model only support stream mode`, `Streaming is required for long requests`. */
const NEEDS_STREAM =
  /\b(?:only (?:supports?|accepts?|works|available|allows?)|please (?:enable|use|set)|requires?|must)\b[^.]*\bstream|\bstream(?:ing)?\b[^.]*\b(?:is required|must be (?:set to )?true|must be (?:enabled|on)|is mandatory)/i;
/** `Streaming is not supported for this model`. */
const NO_STREAM =
  /\bstream(?:ing)?\b[^.]*\b(?:(?:not|n't|cannot be) (?:yet )?(?:supported|available|allowed|enabled|used)|unsupported|must be (?:set to )?false)|\b(?:unsupported|(?:does|do) not support)\b[^.]*\bstream/i;

/**
 * The flag to change after a request was refused for one of its fields; null if the reason names none that was sent.
 * @param reason the server's reason, as in an errored result
 * @param sent the request's settings; null if unknown
 */
export function requestHint(reason: string, sent: SentRequest | null): string | null {
  if (names(reason, 'max_tokens') && names(reason, COMPLETION_TOKENS) && NOT_TAKEN.test(reason)) {
    return `give --param ${COMPLETION_TOKENS}=${limitOf(sent)} instead of --max-tokens`;
  }
  if (NO_STREAM.test(reason)) return 'leave --stream out';
  if (NEEDS_STREAM.test(reason)) return 'give --stream';
  const field = blamedField(reason, sent);
  if (field === null) return null;
  const flag = fieldFlag(field);
  if (field === 'temperature' && ONLY_ONE.test(reason)) return 'leave --temperature out, or give --temperature 1';
  return NOT_TAKEN.test(reason) ? `leave ${flag} out` : `change ${flag}`;
}

/** Fields that a request can do without, or has under another name. */
export type MendableField = 'temperature' | 'max_tokens' | typeof COMPLETION_TOKENS;

/**
 * The field for which a request was refused, if the same request is taken without it or with its other name: a
 * temperature that a model does not take, or the limit of an answer under the name of other models. null for any other
 * reason, and if it was not sent.
 */
export function mendableField(reason: string, sent: SentRequest): MendableField | null {
  if (!NOT_TAKEN.test(reason) && !ONLY_ONE.test(reason)) return null;
  const [old, current] = [names(reason, 'max_tokens'), names(reason, COMPLETION_TOKENS)];
  if (sent.params['max_tokens'] !== undefined && old && current) return 'max_tokens';
  if (sent.params[COMPLETION_TOKENS] !== undefined && blamedField(reason, sent) === COMPLETION_TOKENS)
    return COMPLETION_TOKENS;
  return sent.temperature !== null && blamedField(reason, sent) === 'temperature' ? 'temperature' : null;
}

function limitOf(sent: SentRequest | null): string {
  const limit = sent?.params['max_tokens'];
  return typeof limit === 'number' ? String(limit) : '<tokens>';
}

/** The sent field that the reason names first. */
function blamedField(reason: string, sent: SentRequest | null): string | null {
  const fields = sent === null ? [...FLAGS.keys()] : Object.keys(sent.params);
  if (sent !== null && sent.temperature !== null) fields.push('temperature');
  let blamed: string | null = null;
  let firstAt = Number.POSITIVE_INFINITY;
  for (const field of fields) {
    const at = placeOf(reason, field);
    if (at >= 0 && at < firstAt) [blamed, firstAt] = [field, at];
  }
  return blamed;
}

function names(reason: string, field: string): boolean {
  return placeOf(reason, field) >= 0;
}

/** Names that are English words too; they count only if the reason marks them as a field. */
const IS_WORD = /^[a-z]+$/;
const FIELD_MARK = /(?:['"`]|\b(?:param|parameter|argument|field)s?:? )$/i;

/** Position of a field's name as a separate word in a reason; -1 if it is absent. */
function placeOf(reason: string, field: string): number {
  const isWord = IS_WORD.test(field) && field !== 'temperature';
  for (let at = reason.indexOf(field); at >= 0; at = reason.indexOf(field, at + 1)) {
    const [before, after] = [
      reason.slice(Math.max(0, at - 12), at),
      reason.slice(at + field.length, at + field.length + 1),
    ];
    if (/\w$/.test(before) || /^\w/.test(after)) continue;
    if (!isWord || FIELD_MARK.test(before) || after === ':') return at;
  }
  return -1;
}
