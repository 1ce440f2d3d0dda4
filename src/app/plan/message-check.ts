import { contentBeyondText, type Message } from '../../core/prompt.ts';

/** A row whose messages hold something else than text. */
interface BeyondText {
  /** Such as `rows.csv:4`. */
  readonly where: string;
  /** What they hold, such as `image_url`. */
  readonly what: string;
}

/** What is known of the messages that one prompt makes of all rows. */
export interface PromptFacts {
  /** UTF-8 bytes of the messages as JSON, of all rows together that may take part. */
  readonly bytes: number;
  /** Of the row with the most. */
  readonly mostBytes: number;
  /** The first row with more than text, of those that may take part; null if there is none. */
  readonly beyondText: BeyondText | null;
  /** True if a message asks for being written to the provider's prompt cache. */
  readonly writesCache: boolean;
}

/** As a key of JSON; within a text its quotes are escaped. */
const CACHE_MARK = '"cache_control":';

/** Notes what one prompt makes of rows, one row at a time. */
export class MessageCheck {
  #bytes = 0;
  #mostBytes = 0;
  #beyondText: BeyondText | null = null;
  #writesCache = false;

  /**
   * @param given a row's messages, and the same as JSON
   * @param where such as `rows.csv:4`; null for a row that takes no part, of which nothing is noted
   * @returns the row's bytes
   */
  add(
    { messages, json }: { readonly messages: readonly Message[]; readonly json: string },
    where: string | null,
  ): number {
    const bytes = Buffer.byteLength(json);
    if (where === null) return bytes;
    this.#bytes += bytes;
    this.#mostBytes = Math.max(this.#mostBytes, bytes);
    const what = this.#beyondText === null ? contentBeyondText(messages) : null;
    if (what !== null) this.#beyondText = { where, what };
    this.#writesCache ||= json.includes(CACHE_MARK);
    return bytes;
  }

  facts(): PromptFacts {
    return {
      bytes: this.#bytes,
      mostBytes: this.#mostBytes,
      beyondText: this.#beyondText,
      writesCache: this.#writesCache,
    };
  }
}

/** A bound on the bytes of the messages of so many rows. @param eligible rows that they are drawn from */
export function bytesOfRows({ bytes, mostBytes }: PromptFacts, rows: number, eligible: number): number {
  return rows >= eligible ? bytes : Math.min(bytes, mostBytes * rows);
}
