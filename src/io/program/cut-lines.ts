/** Lines of a text that arrives in parts, each up to a length. */
export class CutLines {
  readonly #most: number;
  readonly #onLine: (line: string, isCut: boolean) => void;
  #open = '';
  #isCut = false;

  /** @param most length of a line; of a longer one the beginning is given */
  constructor(most: number, onLine: (line: string, isCut: boolean) => void) {
    this.#most = most;
    this.#onLine = onLine;
  }

  feed(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#keep(text.slice(start, end));
      this.end();
      start = end + 1;
    }
    this.#keep(text.slice(start));
  }

  /** The last line may have no line feed. */
  end(): void {
    const [line, isCut] = [this.#open, this.#isCut];
    this.#open = '';
    this.#isCut = false;
    if (line.trim() !== '') this.#onLine(line, isCut);
  }

  #keep(part: string): void {
    const room = this.#most - this.#open.length;
    if (part.length <= room) {
      this.#open += part;
      return;
    }
    this.#open += part.slice(0, room);
    this.#isCut = true;
  }
}
