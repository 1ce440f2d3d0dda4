import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { NPX } from '../support/cli.ts';
import { ROOT } from './markdown.ts';

/** What a clone has that a user's commands need; the packages are linked in. */
const COPIED = ['.ci', '.npmrc', 'datasets', 'dist', 'package.json', 'package-lock.json', 'src', 'tsconfig.json'];

/** The result of a command. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

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
   * @param prelude lines before them; by default npm is left out of `npx promptgrid`, since it takes longer than the command
   */
  shell(text: string, prelude = NPX): Promise<Ended> {
    return ending(
      spawn('sh', ['-euc', `${prelude}\n${text}`], {
        cwd: this.folder,
        env: this.#env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Starts shell lines and waits until they print these texts; without any, until they write to stdout. */
  async background(text: string, { stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): Promise<void> {
    const options = { cwd: this.folder, env: this.#env, detached: true } as const;
    const child = spawn('sh', ['-euc', text], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#background.push(child);
    await Promise.race([
      Promise.all([
        stdout === '' && stderr !== '' ? null : printed(child.stdout, stdout),
        stderr === '' ? null : printed(child.stderr, stderr),
      ]),
      ending(child).then((ended) => Promise.reject(new Error(`ended at once: ${ended.stderr}`))),
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

function ending(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** A shell's children live on if only the shell is ended. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended between the check and the signal.
  }
}
