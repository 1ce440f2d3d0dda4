import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `
  import { mkdir, rmdir } from 'node:fs/promises';
  const { lockFolder } = await import(process.argv[1]);
  let unlock;
  const take = async (folder) => {
    try {
      unlock = await lockFolder(folder);
      return 'held';
    } catch ({ code, message }) {
      return code + ': ' + message;
    }
  };
  const compete = async (folder, marker, rounds) => {
    let held = 0;
    while (held < rounds) {
      if ((await take(folder)) !== 'held') continue;
      held += 1;
      await mkdir(marker);
      await rmdir(marker);
      await unlock();
    }
    return 'done';
  };
  process.on('message', async ({ kind, folder, marker, rounds }) => {
    if (kind === 'lock') process.send(await take(folder));
    if (kind === 'unlock') process.send(await unlock().then(() => 'released'));
    if (kind === 'compete') process.send(await compete(folder, marker, rounds).catch(String));
  });
  process.send('ready');
`;

/** Another process that takes locks when it is told to. */
export class LockHolder {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<LockHolder> {
    const module = new URL('../../dist/engine/folder-lock.js', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, module], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return new LockHolder(child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** @returns `held`, or the error's code and message */
  lock(folder: string): Promise<string> {
    return this.#ask({ kind: 'lock', folder });
  }

  async unlock(): Promise<void> {
    await this.#ask({ kind: 'unlock' });
  }

  /**
   * Takes and releases a lock so many times, whenever it gets it.
   * @param marker a folder that is made and removed while the lock is held: two holders cannot both make it
   * @returns `done`, or what went wrong
   */
  compete(folder: string, marker: string, rounds: number): Promise<string> {
    return this.#ask({ kind: 'compete', folder, marker, rounds });
  }

  async #ask(message: object): Promise<string> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer]: unknown[] = await answered;
    return String(answer);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
