import type { Completion } from '../core/completion.ts';
import { completionRecord, readCompletionRecord, textOr } from '../core/completion-record.ts';
import { findCompletion } from '../core/completion-text.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import { claimsSeal, sealJson, sealOf } from '../io/sealed-line.ts';

/** An answer of the response cache. */
interface StoredAnswer {
  readonly completion: Completion;
  /** When it was received, ISO 8601. */
  readonly at: string;
}

/**
 * An answer as the text that the response cache stores, with a checksum.
 * @param key the key it is stored under; @param at when it was received, ISO 8601
 */
export function storedAnswer(key: string, completion: Completion, at: string): string {
  return sealJson(JSON.stringify({ ...completionRecord(completion), at }), key);
}

/**
 * Reads a text of the response cache; null if it is not an answer, is damaged or was stored under another key. Texts of
 * older versions have no checksum.
 */
export function readStoredAnswer(key: string, text: string): StoredAnswer | null {
  const seal = sealOf(text, key);
  const usual = seal === 'sound' ? usualAnswer(text) : null;
  if (usual !== null) return usual;
  const value = seal === 'broken' ? undefined : parseJson(text);
  if (!isJsonObject(value) || typeof value['output'] !== 'string') return null;
  if (seal === 'none' && claimsSeal(value)) return null;
  return { completion: readCompletionRecord(value), at: textOr(value['at'], '') };
}

const USUAL_END = /,"at":"([^"\\]*)","v":2,"crc":"\w+"\}$/y;

/** null for a text that must be parsed. */
function usualAnswer(text: string): StoredAnswer | null {
  const found = findCompletion(text, 1);
  if (found === null) return null;
  USUAL_END.lastIndex = found.end;
  const at = USUAL_END.exec(text)?.[1];
  return at === undefined ? null : { completion: found.completion, at };
}
