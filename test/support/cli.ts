import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { it as vitestIt } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/index.ts';
import { listen } from './http-server.ts';

/** The folder of the built program; `npm test` builds it first. */
export const PROGRAM_FOLDER = new URL('../../dist/cli/', import.meta.url);
const PROGRAM = fileURLToPath(new URL('main.js', PROGRAM_FOLDER));
/** Lets `npx promptgrid …` in a shell stand for the program that the variables NODE and PROGRAM name. */
export const NPX = 'npx() { shift; "$NODE" "$PROGRAM" "$@"; }';
const WAIT_LIMIT_MS = 60_000;

/** How the program left. */
export interface Ended {
  /** null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What surrounds the program. */
export interface CliOptions {
  /** Environment besides PATH and COLUMNS, which keeps lines whole; there is no key in it unless it is given here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; without it there is none; `{ open: true }` never says anything and never ends. */
  readonly input?: string | Uint8Array | { readonly open: true } | undefined;
}

/** Environment of the program in a folder: PATH, COLUMNS and what is given. */
export function environmentOf(cwd: string, env: CliOptions['env']): Readonly<Record<string, string>> {
  return { PATH: process.env['PATH'] ?? '', XDG_STATE_HOME: join(cwd, '.state'), COLUMNS: '1000', ...env };
}

/** Runs `promptgrid <words>` in a folder to its end. */
export type Runner = (words: readonly string[], options: CliOptions & { readonly cwd: string }) => Promise<Ended>;

/** What a wait for a program looks at. */
interface Awaited {
  readonly stderr: string;
  readonly hasEnded: boolean;
}

/** For a condition that no single program decides. */
const NO_PROGRAM: Awaited = { stderr: '', hasEnded: false };

/** Waits for a condition while a program runs; fails where the program ends before it holds. */
export async function untilHolds(condition: () => boolean, program: Awaited = NO_PROGRAM): Promise<void> {
  const deadlineMs = performance.now() + WAIT_LIMIT_MS;
  while (!condition()) {
    if (program.hasEnded) throw new Error(`the program ended too early: ${program.stderr}`);
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${condition.toString()}\n${program.stderr}`);
    await delay(2);
  }
}

/** The program while it runs. */
export class RunningCli {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #hasEnded = false;

  constructor(command: string, words: readonly string[], { cwd, env, input }: CliOptions & { cwd: string }) {
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const child = spawn(command, words, {
      cwd,
      env: environmentOf(cwd, env),
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    // A program that ends early does not read the rest of its input.
    child.stdin?.on('error', () => undefined);
    if (typeof input === 'string' || input instanceof Uint8Array) child.stdin?.end(input);
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => {
        this.#hasEnded = true;
        resolve({ status, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Stops listening, as a reader does that has seen enough. */
  hangUp(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Waits for a condition while the program runs; fails where the program ends before it holds. */
  until(condition: () => boolean): Promise<void> {
    return untilHolds(condition, this);
  }

  /** Ends it without mercy where it still runs. */
  async end(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
    await this.ended.catch(() => undefined);
  }
}

/** A user's folder, with gateways beside it; all of it is gone after the test. */
export class Desk {
  readonly folder: string;
  readonly #running: RunningCli[] = [];
  readonly #gateways: Gateway[] = [];

  readonly #run: Runner | null;

  private constructor(folder: string, run: Runner | null) {
    this.folder = folder;
    this.#run = run;
  }

  /**
   * @param name part of the folder's name
   * @param run runs the command lines of `run` and `pass`; null starts a process for each
   */
  static async make(name: string, run: Runner | null = null): Promise<Desk> {
    return new Desk(await mkdtemp(join(tmpdir(), `promptgrid-cli-${name}-`)), run);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file; returns its name. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), content);
    return name;
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  /** Every file and folder below, sorted. */
  async list(name = '.'): Promise<readonly string[]> {
    return (await readdir(this.path(name), { recursive: true })).sort();
  }

  /** The texts of the files in a folder by name. */
  async files(folder: string): Promise<Readonly<Record<string, string>>> {
    const names = await this.list(folder);
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await this.read(`${folder}/${name}`)] as const)),
    );
  }

  /** A gateway in this process, on a free port unless one is asked for. */
  async gateway(options: GatewayOptions = {}): Promise<Gateway> {
    const gateway = await startGateway(options);
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Starts `promptgrid <words>` in the folder. */
  start(words: readonly string[], options: CliOptions = {}): RunningCli {
    return this.#spawn(process.execPath, [PROGRAM, ...words], options);
  }

  /** Starts it by another command, such as `unshare` with its flags. */
  startWithin(within: readonly string[], words: readonly string[]): RunningCli {
    const [command = '', ...more] = [...within, process.execPath, PROGRAM, ...words];
    return this.#spawn(command, more, {});
  }

  /** Runs `promptgrid <words>` in the folder to its end. */
  run(words: readonly string[], options: CliOptions = {}): Promise<Ended> {
    if (this.#run !== null) return this.#run(words, { ...options, cwd: this.folder });
    return this.start(words, options).ended;
  }

  /** Runs it to its end, which must be a good one. */
  async pass(words: readonly string[], options: CliOptions = {}): Promise<Ended> {
    const ended = await this.run(words, options);
    if (ended.status === 0) return ended;
    throw new Error(`promptgrid ${words.join(' ')} ended with ${ended.status ?? ended.signal}:\n${ended.stderr}`);
  }

  /** Runs a shell's line in which `npx promptgrid` is the built program. */
  runLine(line: string, options: CliOptions = {}): Promise<Ended> {
    return this.startLine(line, options).ended;
  }

  /** Starts such a line; what is signalled is the shell, which an `exec` replaces by its command. */
  startLine(line: string, { env = {}, ...options }: CliOptions = {}): RunningCli {
    const shell = { NODE: process.execPath, PROGRAM, ...env };
    return this.#spawn('sh', ['-c', `${NPX}\n${line}`], { ...options, env: shell });
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map((cli) => cli.end()));
    await Promise.all(this.#gateways.map((gateway) => gateway.close()));
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(command: string, words: readonly string[], options: CliOptions): RunningCli {
    const cli = new RunningCli(command, words, { ...options, cwd: this.folder });
    this.#running.push(cli);
    return cli;
  }
}

/** A server that takes connections and never answers. */
export interface Silence {
  /** Address up to and with `/v1`. */
  readonly url: string;
  /** Connections so far. */
  readonly connections: () => number;
}

/**
 * `it` with a desk of the test's own, and a silent server where the test asks for one.
 * @param run runs the command lines of the desk's `run` and `pass`; null starts a process for each
 */
export function testWithDesk(run: Runner | null) {
  return vitestIt.extend<{ desk: Desk; silence: Silence }>({
    desk: async ({ task }, use) => {
      const desk = await Desk.make(task.id, run);
      try {
        await use(desk);
      } finally {
        await desk.close();
      }
    },
    silence: async ({ task: _task }, use) => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
      const port = await listen(server);
      await use({ url: `http://127.0.0.1:${port}/v1`, connections: () => sockets.length });
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
}

/** `it` with a desk that starts a process for each command line. */
export const it = testWithDesk(null);
