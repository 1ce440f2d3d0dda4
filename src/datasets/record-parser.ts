import { type Options, Parser } from 'csv-parse';
import type { Fields } from './record-source.ts';

/**
 * csv-parse with records passed to a function during parsing, while the parser's `info` still belongs to them. The
 * built-in `on_record` option copies `info` for every record, which takes as long as parsing.
 */
export class RecordParser extends Parser {
  readonly #onRecord: (fields: Fields) => void;

  constructor(options: Options, onRecord: (fields: Fields) => void) {
    super(options);
    this.#onRecord = onRecord;
  }

  /** Called by the parser with each record, and with null at the end; nothing enters the readable side. */
  override push(fields: Fields | null): boolean {
    if (fields !== null) this.#onRecord(fields);
    return true;
  }

  /** Parses bytes; settles when they are parsed. */
  parseBytes(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Parses what is held back at the end of the input. */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.end((error?: Error | null) => (error ? reject(error) : resolve()));
    });
  }
}
