import { contentBeyondText, type Message } from '../../core/prompt.ts';

/** A row with messages that are not only text. */
interface BeyondText {
  /** Such as `rows.csv:4`. */
  readonly where: string;
  /** Their content type, such as `image_url`. */
  readonly what: string;
}

/** Facts about the messages that one prompt produces from all rows. */
export interface PromptFacts {
  /** UTF-8 bytes of the messages as JSON, of all participating rows together. */
  readonly bytes: number;
  /** Of the largest row. */
  readonly mostBytes: number;
  /** Of the smallest row; 0 if none participates. */
  readonly leastBytes: number;
  /** The first participating row with content other than text; null if there is none. */
  readonly beyondText: BeyondText | null;
  /** True if a message requests a write to the provider's prompt cache. */
  readonly writesCache: boolean;
}

/** As a JSON key; within a text its quotes are escaped. */
const CACHE_MARK = '"cache_control":';

/** Records what one prompt produces from rows, one row at a time. */
export class MessageCheck {
  #bytes = 0;
  #mostBytes = 0;
  #leastBytes: number | null = null;
  #beyondText: BeyondText | null = null;
  #writesCache = false;

  /**
   * @param given a row's messages, and the same as JSON @param where such as `rows.csv:4`; null for a row that does not
   * participate and is not recorded @returns the row's bytes
   */
  add(
    { messages, json }: { readonly messages: readonly Message[]; readonly json: string },
    where: string | null,
  ): number {
    const bytes = Buffer.byteLength(json);
    if (where === null) return bytes;
    this.#bytes += bytes;
    this.#mostBytes = Math.max(this.#mostBytes, bytes);
    this.#leastBytes = Math.min(this.#leastBytes ?? bytes, bytes);
    const what = this.#beyondText === null ? contentBeyondText(messages) : null;
    if (what !== null) this.#beyondText = { where, what };
    this.#writesCache ||= json.includes(CACHE_MARK);
    return bytes;
  }

  facts(): PromptFacts {
    return {
      bytes: this.#bytes,
      mostBytes: this.#mostBytes,
      leastBytes: this.#leastBytes ?? 0,
      beyondText: this.#beyondText,
      writesCache: this.#writesCache,
    };
  }
}

/** A bound on the bytes of the messages of this many rows. @param eligible rows that they are drawn from */
export function bytesOfRows({ bytes, mostBytes }: PromptFacts, rows: number, eligible: number): number {
  return rows >= eligible ? bytes : Math.min(bytes, mostBytes * rows);
}
