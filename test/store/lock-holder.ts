import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

const SCRIPT = `
  import { mkdir, rmdir } from 'node:fs/promises';
  const { lockFolder } = await import(process.argv[1]);
  let lock;
  const link = () => Promise.reject(Object.assign(new Error('no links here'), { code: 'EPERM' }));
  const take = async (folder, { hasLinks = true, ...settings } = {}) => {
    try {
      lock = await lockFolder(folder, hasLinks ? settings : { ...settings, link });
      return 'held';
    } catch ({ code, message }) {
      return code + ': ' + message;
    }
  };
  const compete = async (folder, { marker, rounds, ...settings }) => {
    let held = 0;
    while (held < rounds) {
      if ((await take(folder, settings)) !== 'held') continue;
      held += 1;
      await mkdir(marker);
      await rmdir(marker);
      await lock.release();
    }
    return 'done';
  };
  process.on('message', async ({ kind, folder, settings }) => {
    if (kind === 'lock') process.send(await take(folder, settings));
    if (kind === 'check') process.send(await Promise.resolve(lock.check()).then(() => 'held', ({ code, message }) => code + ': ' + message));
    if (kind === 'unlock') process.send(await lock.release().then(() => 'released'));
    if (kind === 'compete') process.send(await compete(folder, settings).catch(String));
  });
  process.send('ready');
`;

/** How a process takes a lock. */
export interface HolderSettings {
  readonly takeOver?: boolean;
  readonly beatMs?: number;
  /** False for a file system without hard links; default true. */
  readonly hasLinks?: boolean;
}

/** How often a lock is taken and released, and how two holders at a time are found out. */
export interface Contest {
  /** A folder that is made and removed while the lock is held: two holders cannot both make it. */
  readonly marker: string;
  readonly rounds: number;
}

/** Another process that takes locks when it is told to. */
export class LockHolder {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param within a command that starts another one in its own way, such as `unshare` with its flags */
  static async start(within: readonly string[] = []): Promise<LockHolder> {
    const module = new URL('../../dist/modules/store/folder-lock.js', import.meta.url).href;
    const program = ['--input-type=module', '-e', SCRIPT, module];
    const [command = process.execPath, ...words] = [...within, process.execPath, ...program];
    const child = spawn(command, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(child, 'message');
    return new LockHolder(child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** @returns `held`, or the error's code and message */
  lock(folder: string, settings: HolderSettings = {}): Promise<string> {
    return this.#ask({ kind: 'lock', folder, settings });
  }

  /** @returns `held`, or the code and message of how the lock was lost */
  check(): Promise<string> {
    return this.#ask({ kind: 'check' });
  }

  async unlock(): Promise<void> {
    await this.#ask({ kind: 'unlock' });
  }

  /**
   * Takes and releases a lock so many times, whenever it gets it.
   * @returns `done`, or what went wrong
   */
  compete(folder: string, settings: HolderSettings & Contest): Promise<string> {
    return this.#ask({ kind: 'compete', folder, settings });
  }

  async #ask(message: object): Promise<string> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer]: unknown[] = await answered;
    return String(answer);
  }

  /** Stops it where it is (SIGSTOP), or lets it continue (SIGCONT): the process itself, not the one that started it. */
  async signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const children = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    process.kill(Number(children.trim() === '' ? this.pid : children.trim()), name);
  }

  /** Ends the conversation, and waits until the process has left by itself. */
  async disconnect(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
