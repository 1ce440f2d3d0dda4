import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `
  import { setImmediate } from 'node:timers/promises';
  const { built, folder, url, windowMs, limits, workers } = JSON.parse(process.argv[1]);
  const load = (name) => import(built + name);
  const [{ Account }, { Rates }, { openSharedRateBooks }, { systemClock: clock }] = await Promise.all(
    ['engine/account.js', 'engine/rates.js', 'engine/shared-rate-book.js', 'io/clock.js'].map(load),
  );
  const onWarning = (text) => process.stderr.write(text + '\\n');
  const books = openSharedRateBooks({ folder, clock, windowMs, onWarning });
  const rates = new Rates({ limits, book: books.of('account'), clock, longestCallMs: 10_000 });
  const account = new Account({ concurrency: workers, isFixed: true, rates, clock });
  const stop = new AbortController();
  process.once('message', () => stop.abort());
  process.once('disconnect', () => process.exit());
  let made = 0;
  const work = async () => {
    for (;;) {
      const permit = await account.enter(100, stop.signal);
      if (permit === null) return;
      const tokens = url === null ? await setImmediate(0) : Number(await (await fetch(url, { method: 'POST' })).text());
      permit.leave({ kind: 'answered', tokens, pauseMs: 0 });
      if (url === null && ++made % 50 === 0) process.send(made);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  await books.close();
  process.disconnect();
`;

interface CallerSettings {
  readonly folder: string;
  /** null calls nobody: each call ends at once. */
  readonly url: string | null;
  readonly windowMs: number;
  readonly limits: { readonly rpm: number | null; readonly tpm: number | null };
  /** Most calls in flight. */
  readonly workers: number;
}

/** Another process that calls a server as fast as the limits of an account let it, which it shares with others. */
export class RateCaller {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stderr = '';
  #made = 0;

  constructor(settings: CallerSettings) {
    const built = new URL('../../dist/modules/', import.meta.url).href;
    const words = ['--input-type=module', '-e', SCRIPT, JSON.stringify({ built, ...settings })];
    this.#child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#child.on('message', (made) => {
      this.#made = Number(made);
    });
    this.#exited = once(this.#child, 'exit');
  }

  /** Waits until it has made so many calls more, where it calls nobody. */
  async more(calls: number): Promise<void> {
    for (const enough = this.#made + calls; this.#made < enough; ) await once(this.#child, 'message');
  }

  /** Lets it end its calls; resolves with what it wrote on standard error. */
  async stop(): Promise<string> {
    if (this.#child.connected) this.#child.send('stop');
    await this.#exited;
    return this.#stderr;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
