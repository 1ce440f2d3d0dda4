import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ASK_TEST, runShell } from '../support/asking-shell.ts';
import { type Ended, NPX } from '../support/cli.ts';
import { ROOT } from './markdown.ts';

/** What a clone has that a user's commands need; the packages are linked in. */
const COPIED = ['.ci', '.npmrc', 'datasets', 'package.json', 'package-lock.json', 'src', 'tsconfig.json'];

/** A copy of the repository in which a reader's commands run. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'promptgrid-readme-'));
  readonly #env: Readonly<Record<string, string>>;
  readonly #background: ChildProcess[] = [];

  /** @param variables of the reader's shell besides PATH */
  constructor(variables: Readonly<Record<string, string>>) {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    // An old lock file: `npm start` must not take the linked packages for outdated and install them again.
    utimesSync(join(this.folder, 'package-lock.json'), 0, 0);
    this.#env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      npm_config_cache: join(this.folder, '.npm'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      NO_COLOR: '1',
      // Tables are as wide as a reader's.
      COLUMNS: '',
      XDG_STATE_HOME: join(this.folder, '.state'),
      NODE: process.execPath,
      PROGRAM: join(this.folder, 'dist/cli/main.js'),
      ...variables,
    };
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
  }

  /**
   * Runs shell lines to their end; the first failure stops them.
   * @param way by npm, as a reader's shell finds the program; or in the process of the test, which takes a tenth of
   * the time of starting it
   */
  shell(text: string, way: 'by npm' | 'in process' = 'in process'): Promise<Ended> {
    if (way === 'by npm') return runShell(['sh', '-euc', text], { cwd: this.folder, env: this.#env });
    const env = { ...this.#env, NODE: 'sh', PROGRAM: ASK_TEST };
    return runShell(['sh', '-euc', `${NPX}\n${text}`], { cwd: this.folder, env });
  }

  /** Starts shell lines and waits until they print these texts; without any, until they write to stdout. */
  async background(text: string, { stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): Promise<void> {
    const options = { cwd: this.folder, env: this.#env, detached: true } as const;
    const child = spawn('sh', ['-euc', `${NPX}\n${text}`], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#background.push(child);
    await Promise.race([
      Promise.all([
        stdout === '' && stderr !== '' ? null : printed(child.stdout, stdout),
        stderr === '' ? null : printed(child.stderr, stderr),
      ]),
      ending(child).then((said) => Promise.reject(new Error(`ended at once: ${said}`))),
    ]);
  }

  /** Ends background processes and removes the folder. */
  close(): void {
    for (const { pid, exitCode } of this.#background) if (pid !== undefined && exitCode === null) endGroup(pid);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Resolves once a stream has had the text; an empty one is there with whatever comes first. */
function printed(stream: Readable, text: string): Promise<void> {
  let seen = '';
  return new Promise((resolve) => {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
  });
}

/** Waits for its end. @returns what it wrote to stderr */
async function ending(child: ChildProcess): Promise<string> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return stderr;
}

/** A shell's children live on if only the shell is ended. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended between the check and the signal.
  }
}
