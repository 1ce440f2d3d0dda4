import { sha256 } from '../core/digest.ts';
import { canonicalJson, type JsonObject, objectOf, textsOf } from '../core/json.ts';
import { sha256Checksum } from '../io/checksum.ts';
import type { FileDigest } from '../io/file-digest.ts';

/** What the files of a run with every result were made from. */
export interface DerivationInputs {
  /** SHA-256 of the settings on which the files depend, in lower-case hexadecimal. */
  readonly settings: string;
  /** Checksum of journal.jsonl. */
  readonly journal: string;
  /** Checksum of holds.jsonl; null if there was none. */
  readonly holds: string | null;
  /** Warnings about the dataset, for a session that does not read its rows. */
  readonly warnings: readonly string[];
}

/** The same, with what shows that summary.json and run.json are as they were written. */
export interface Derivation extends DerivationInputs {
  readonly summary: FileDigest;
  /** SHA-256 of run.json itself, without this one. */
  readonly record: string;
}

/** Reads that part of a run.json; null if it is not there, or incomplete. */
export function readDerivation(value: JsonObject): Derivation | null {
  const { settings, journal, holds, summary, warnings, record } = value;
  const written = readDigest(objectOf(summary));
  if (typeof settings !== 'string' || typeof journal !== 'string' || typeof record !== 'string') return null;
  if (written === null || (holds !== null && typeof holds !== 'string')) return null;
  return { settings, journal, holds, warnings: textsOf(warnings), summary: written, record };
}

/** Reads the digest of a file; null if it is incomplete. Earlier versions recorded SHA-256 under its own name. */
export function readDigest({ bytes, checksum, sha256: earlier }: JsonObject): FileDigest | null {
  if (typeof bytes !== 'number') return null;
  if (typeof checksum === 'string') return { bytes, checksum };
  return typeof earlier === 'string' ? { bytes, checksum: sha256Checksum(earlier) } : null;
}

/** Digest of a run.json, whatever it says in its own place. */
export function recordDigest({ derivation, ...others }: JsonObject): string {
  return sha256(canonicalJson({ ...others, derivation: { ...objectOf(derivation), record: '' } }));
}
