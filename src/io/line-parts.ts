/** After so many lines it is known which parts move. */
const LEARNED_LINES = 64;
/** A part that changed more often than every sixteenth line is a piece of its own. */
const MOVING_LINES = LEARNED_LINES / 16;

/**
 * The text of lines whose parts mostly repeat those of the line before, such as the columns of a table. Those that
 * seldom change are kept joined, with what is between them: to join all parts for each line takes half as long again.
 */
export class LineParts {
  /** The text before each part, such as a delimiter or a key, and behind the last one. */
  readonly #fixed: readonly string[];
  readonly #values: string[];
  /** In how many of the first lines each part changed. */
  readonly #changes: number[];
  /** The line: in turn what is before a moving part, and that part; then what is behind the last one. */
  #pieces: string[] = [];
  /** The piece of each part, alone or among others. */
  #pieceOf: number[] = [];
  /** The parts of each piece, from the first to before the last. */
  #spans: (readonly [from: number, to: number])[] = [];
  /** Pieces of several parts, of which one was set: joined once for a line, however many were. */
  readonly #stale = new Set<number>();
  #lines = 0;

  /**
   * @param heads the text before each part
   * @param end the text behind the last part
   * @param value of each part until it is set
   */
  constructor(heads: readonly string[], end: string, value: string) {
    this.#fixed = [...heads, end];
    this.#values = heads.map(() => value);
    this.#changes = heads.map(() => 0);
    this.#layOut(() => true);
  }

  /** Sets a part of the lines from the next one on. */
  set(part: number, value: string): void {
    if (this.#values[part] === value) return;
    if (this.#lines < LEARNED_LINES) this.#changes[part] = (this.#changes[part] ?? 0) + 1;
    this.#values[part] = value;
    const piece = this.#pieceOf[part] ?? 0;
    if (isMoving(piece)) this.#pieces[piece] = value;
    else this.#stale.add(piece);
  }

  /** The next line. */
  line(): string {
    this.#lines += 1;
    if (this.#lines === LEARNED_LINES) this.#layOut((part) => (this.#changes[part] ?? 0) > MOVING_LINES);
    if (this.#stale.size > 0) this.#joinStale();
    return this.#pieces.join('');
  }

  #joinStale(): void {
    for (const piece of this.#stale) this.#pieces[piece] = this.#steadyText(piece);
    this.#stale.clear();
  }

  #layOut(moves: (part: number) => boolean): void {
    const spans: (readonly [number, number])[] = [];
    let from = 0;
    for (let part = 0; part < this.#values.length; part++) {
      if (!moves(part)) continue;
      spans.push([from, part], [part, part + 1]);
      from = part + 1;
    }
    spans.push([from, this.#values.length]);
    this.#spans = spans;
    for (const [piece, [first, end]] of spans.entries())
      for (let part = first; part < end; part++) this.#pieceOf[part] = piece;
    this.#pieces = spans.map(([part], piece) =>
      isMoving(piece) ? (this.#values[part] ?? '') : this.#steadyText(piece),
    );
    this.#stale.clear();
  }

  /** Steady parts with what is before each, and what is before the moving part behind them. */
  #steadyText(piece: number): string {
    const [from, to] = this.#spans[piece] ?? [0, 0];
    const texts: string[] = [];
    for (let part = from; part < to; part++) texts.push(this.#fixed[part] ?? '', this.#values[part] ?? '');
    texts.push(this.#fixed[to] ?? '');
    return texts.join('');
  }
}

/** Every other piece is a moving part alone. */
function isMoving(piece: number): boolean {
  return piece % 2 === 1;
}
