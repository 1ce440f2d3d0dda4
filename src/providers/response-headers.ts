const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;

/**
 * The headers of a response. They are kept as they came: an answer has up to thirty, of which a few are read, and to
 * make an object of all takes a twentieth of the time for a call.
 */
export class ResponseHeaders {
  /** Names and values in turn. */
  readonly #pairs: readonly Buffer[];

  /** @param pairs names and values in turn, as undici receives them */
  constructor(pairs: readonly Buffer[]) {
    this.#pairs = pairs;
  }

  /** @param fields by name; a list has a value for each time that the header is there */
  static of(fields: Readonly<Record<string, string | readonly string[] | undefined>>): ResponseHeaders {
    const pairs = Object.entries(fields).flatMap(([name, value = []]) =>
      (typeof value === 'string' ? [value] : value).flatMap((text) => [Buffer.from(name), Buffer.from(text)]),
    );
    return new ResponseHeaders(pairs);
  }

  /** Names in lower case, some perhaps repeatedly. */
  names(): readonly string[] {
    return this.#pairs.filter((_, index) => index % 2 === 0).map((name) => name.toString('latin1').toLowerCase());
  }

  /** The first value of a header; null if it is absent. @param name in lower case */
  text(name: string): string | null {
    return this.#textAt(this.#find(name, 0));
  }

  /** The values of a header, in their order; null if it is absent. @param name in lower case */
  all(name: string): readonly string[] | null {
    const values: string[] = [];
    for (let at = this.#find(name, 0); at !== -1; at = this.#find(name, at + 2)) values.push(this.#textAt(at) ?? '');
    return values.length === 0 ? null : values;
  }

  has(name: string): boolean {
    return this.#find(name, 0) !== -1;
  }

  /** These and others, which count before them. */
  behind(others: ResponseHeaders): ResponseHeaders {
    return new ResponseHeaders([...others.#pairs, ...this.#pairs]);
  }

  /** Where a name is among the pairs; -1 if nowhere. */
  #find(name: string, from: number): number {
    const pairs = this.#pairs;
    for (let at = from; at < pairs.length; at += 2) {
      const bytes = pairs[at];
      if (bytes !== undefined && bytes.length === name.length && isName(bytes, name)) return at;
    }
    return -1;
  }

  #textAt(at: number): string | null {
    return at === -1 ? null : (this.#pairs[at + 1]?.toString('utf8') ?? '');
  }
}

/** Whether bytes of the same length are a name, in whatever case. */
function isName(bytes: Buffer, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const byte = bytes[index] ?? 0;
    const lower = byte >= UPPER_A && byte <= UPPER_Z ? byte + TO_LOWER : byte;
    if (lower !== name.charCodeAt(index)) return false;
  }
  return true;
}
