import { shortDigest } from './digest.ts';
import { canonicalJson, type JsonObject } from './json.ts';
import type { SharedQuestion } from './judge-question.ts';
import type { Message } from './prompt.ts';
import type { TrialKey } from './result.ts';
import type { Row } from './row.ts';
import type { Variant } from './variant.ts';

/** Row × Variant × repeat: the unit of work, of resuming and of payment. */
export interface Trial {
  /**
   * Content-based position in the grid: stable if rows move, different if the request changes. `t` and 20 hex digits;
   * in runs of format 1 the digits alone.
   */
  readonly id: string;
  readonly row: Row;
  readonly variant: Variant;
  /** Repeat number, from 1. */
  readonly repeat: number;
  readonly messages: readonly Message[];
  /** Their JSON text, as it is sent. */
  readonly messagesJson: string;
  /** Digest of the messages, 20 hex digits. */
  readonly messagesDigest: string;
  /** The trial whose answer this one judges; absent for trials of the grid. */
  readonly judgeOf?: string | undefined;
  /** Set if neither its request nor its id depends on that answer. */
  readonly shared?: SharedQuestion | undefined;
}

/** What distinguishes one trial from every other. */
interface TrialPlace {
  readonly variant: Variant;
  /** The row's own id; null if the dataset has none. */
  readonly rowId: string | null;
  /** Digest of the rendered messages. */
  readonly messagesDigest: string;
  /** Number of earlier rows without an id that have the same messages under this prompt. */
  readonly occurrence: number;
  readonly repeat: number;
  /** True for runs of format 1, whose ids are digits alone. */
  readonly hasPlainId?: boolean | undefined;
}

const variantKeys = new WeakMap<Variant, string>();

function variantKey(variant: Variant): string {
  const known = variantKeys.get(variant);
  if (known !== undefined) return known;
  const { prompt, model, label, temperature, params, task } = variant;
  // Variants without a label keep the key that they have always had.
  const named: JsonObject = { ...(label === undefined ? {} : { label }), ...(task === undefined ? {} : { task }) };
  const identity: JsonObject = { prompt: prompt.name, ...model, ...named, temperature, params };
  const key = shortDigest(canonicalJson(identity));
  variantKeys.set(variant, key);
  return key;
}

/** The trial's id: a digest of row, messages, variant and repeat. */
export function trialId(place: TrialPlace): string {
  const parts = [variantKey(place.variant), place.rowId, place.messagesDigest, place.occurrence, place.repeat];
  const digest = shortDigest(JSON.stringify(parts));
  return place.hasPlainId === true ? digest : LETTER + digest;
}

/** Spreadsheets read digests such as 18032e55… as numbers; no number begins with a letter that is not a hex digit. */
const LETTER = 't';

/** The digest in a trial's id of either form, 20 hex digits: equal for the same position in runs of both formats. */
export function trialDigest(id: string): string {
  return id.startsWith(LETTER) ? id.slice(LETTER.length) : id;
}

/** What distinguishes one request to a judge from every other. */
interface JudgedPlace {
  /** Id of the trial that was answered. */
  readonly trialId: string;
  /** The judge. */
  readonly variant: Variant;
  /** Digest of the rendered messages, which contain the answer. */
  readonly messagesDigest: string;
}

/** The id of a trial that judges another one's answer: a digest of that trial, judge and messages, in the same form. */
export function judgeTrialId({ trialId: judged, variant, messagesDigest }: JudgedPlace): string {
  const digest = trialDigest(judged);
  const own = shortDigest(JSON.stringify(['judge', digest, variantKey(variant), messagesDigest]));
  return digest === judged ? own : LETTER + own;
}

/** The part of a trial that its position needs. */
interface PlacedTrial extends Pick<Trial, 'id' | 'variant' | 'repeat' | 'judgeOf'> {
  readonly row: Pick<Row, 'id'>;
}

/** Position of a trial's result in the grid. */
export function placeOf({ id, row, variant, repeat, judgeOf }: PlacedTrial): TrialKey {
  const { prompt, model, label, temperature } = variant;
  const { provider, model: modelId } = model;
  const place = { trialId: id, rowId: row.id, prompt: prompt.name, model: modelId, provider, temperature, repeat };
  return { ...place, label, judgeOf };
}
