/** What waits for something that a signal ends. */
export interface Abortable {
  /** Position in its relay, which sets it. */
  place: number;
  /** The signal is aborted. */
  abort(): void;
}

/**
 * Notifies what waits for a signal when it is aborted. A signal serves many calls in turn. A listener per call would
 * leave objects that survive many garbage collections, which costs more than reading the answer.
 */
export class AbortRelay {
  static readonly #relays = new WeakMap<AbortSignal, AbortRelay>();
  readonly signal: AbortSignal;
  /** Asking the signal itself takes ten times as long. */
  isAborted: boolean;
  /** Not a set: each time its table is rebuilt, the old one keeps a reference to the new one. */
  readonly #waiting: Abortable[] = [];

  private constructor(signal: AbortSignal) {
    this.signal = signal;
    this.isAborted = signal.aborted;
    signal.addEventListener('abort', this, { once: true });
  }

  /** The relay of a signal, the same each time. */
  static of(signal: AbortSignal): AbortRelay {
    const known = AbortRelay.#relays.get(signal);
    if (known !== undefined) return known;
    const relay = new AbortRelay(signal);
    AbortRelay.#relays.set(signal, relay);
    return relay;
  }

  /** Its `abort` is called once, unless it is deleted before. */
  add(one: Abortable): void {
    one.place = this.#waiting.length;
    this.#waiting.push(one);
  }

  /** The last one fills the position of the one that leaves. */
  delete(one: Abortable): void {
    const last = this.#waiting.pop();
    if (last === undefined || last === one) return;
    this.#waiting[one.place] = last;
    last.place = one.place;
  }

  handleEvent(): void {
    this.isAborted = true;
    for (const one of this.#waiting.slice()) one.abort();
  }
}
