/** An input whose first piece was read ahead. */
interface Peeked<Piece> {
  /** The first piece; undefined if the input is empty. */
  readonly first: Piece | undefined;
  /** The whole input, the first piece included; it can be read once. */
  readonly all: AsyncGenerator<Piece, void, undefined>;
}

/** Reads the first piece of an input. `all` must be read or returned afterwards, because it closes the input. */
export async function peek<Piece>(input: AsyncGenerator<Piece, void, undefined>): Promise<Peeked<Piece>> {
  const { done, value } = await input.next();
  return done === true ? { first: undefined, all: input } : { first: value, all: new Rejoined(value, input) };
}

/** A class, because a generator that is returned before its first step would not close the input. */
class Rejoined<Piece> implements AsyncGenerator<Piece, void, undefined> {
  readonly #rest: AsyncGenerator<Piece, void, undefined>;
  #ahead: { readonly piece: Piece } | null;

  constructor(first: Piece, rest: AsyncGenerator<Piece, void, undefined>) {
    this.#ahead = { piece: first };
    this.#rest = rest;
  }

  async next(): Promise<IteratorResult<Piece, void>> {
    const ahead = this.#ahead;
    if (ahead === null) return this.#rest.next();
    this.#ahead = null;
    return { done: false, value: ahead.piece };
  }

  return(): Promise<IteratorResult<Piece, void>> {
    this.#ahead = null;
    return this.#rest.return();
  }

  throw(error: unknown): Promise<IteratorResult<Piece, void>> {
    this.#ahead = null;
    return this.#rest.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
