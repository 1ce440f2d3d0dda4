import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Reports on descriptor 3, when the program exits, its processor time and memory. */
const USAGE_PROBE = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));",
)}`;

/** A temporary folder of the bench, removed when the work is done, even after an error. */
export async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a dataset of unique questions, starting with number `first`. */
export async function writeQuestions(path, rows, first = 1) {
  const lines = Array.from({ length: rows }, (_, index) => `r${first + index},What is ${first + index} plus one?`);
  await writeFile(path, `id,prompt\n${lines.join('\n')}\n`);
}

/** The running program; a bench ends no other process than those it started this way. */
export class Program {
  ended;
  #child;
  #hasEnded = false;
  /** Output of each descriptor. */
  #texts = ['', '', '', ''];

  /**
   * Starts `promptgrid <words>` in the folder. @param given variables in addition to those of every bench; another
   * build's path
   */
  constructor(folder, words, { variables = {}, program = PROGRAM } = {}) {
    const child = spawn(process.execPath, ['--import', USAGE_PROBE, program, ...words], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', XDG_STATE_HOME: join(folder, '.state'), ...variables },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    const texts = this.#texts;
    for (const number of [1, 2, 3]) {
      child.stdio[number].setEncoding('utf8').on('data', (text) => {
        texts[number] += text;
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => {
        this.#hasEnded = true;
        const [, stdout, stderr, usage] = texts;
        resolve({ status, signal, stdout, stderr, usage: usage === '' ? null : JSON.parse(usage) });
      });
    });
  }

  get hasEnded() {
    return this.#hasEnded;
  }

  get stdout() {
    return this.#texts[1];
  }

  signal(name) {
    this.#child.kill(name);
  }

  kill() {
    this.signal('SIGKILL');
  }

  /** Waits for a condition; returns early if the program ends. Ends the program after `limitMs`. */
  async until(condition, limitMs = 120_000) {
    const deadlineMs = performance.now() + limitMs;
    while (!this.#hasEnded && !condition()) {
      if (performance.now() > deadlineMs) {
        this.kill();
        throw new Error(`waited ${limitMs} ms in vain`);
      }
      await delay(1);
    }
  }
}

/** Runs the program to its end; ends it after `limitMs`. */
export async function run(folder, words, limitMs = 900_000, program = PROGRAM) {
  const running = new Program(folder, words, { program });
  const timer = setTimeout(() => running.kill(), limitMs);
  try {
    return await running.ended;
  } finally {
    clearTimeout(timer);
  }
}

/** The words of a grid of two models, all answers asked for. @param temperatures such as `0,0.7` */
export function twoModels(temperatures, concurrency) {
  const grid = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '-t', temperatures, '--max-tokens', '16'];
  return [...grid, '--no-cache', '--quiet', '--concurrency', String(concurrency)];
}

/** Runs the program until the gateway has served so many calls, and kills it. @returns the signal that ended it */
export async function killAtCall(folder, words, gateway, served) {
  const program = new Program(folder, words);
  await program.until(() => gateway.stats().served >= served);
  program.kill();
  const { signal } = await program.ended;
  await settled(gateway);
  return signal;
}

/** Seconds of processor time, the program's own and the system's for it. */
export function cpuSeconds({ userCPUTime, systemCPUTime }) {
  return round((userCPUTime + systemCPUTime) / 1e6, 2);
}

/** The objects of a JSONL file without a torn last line. */
export async function readJsonLines(path) {
  const text = await readFile(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Without fields that may differ between two equal runs: times, ids of answers, attempts. */
export function comparable({ latency_ms: _latency, ttft_ms: _ttft, attempts: _attempts, response_id: _id, ...rest }) {
  return rest;
}

export function round(value, digits) {
  return Number(value.toFixed(digits));
}

/** Waits until the gateway has nothing in flight. */
export async function settled(gateway) {
  const deadlineMs = performance.now() + 10_000;
  while (gateway.stats().inFlight > 0) {
    if (performance.now() > deadlineMs) throw new Error('calls stay in flight at the gateway');
    await delay(2);
  }
}

/** Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Prints the figures as JSON; the exit status is 1 if a check failed. */
export function tell(figures, checks) {
  const failed = Object.keys(checks).filter((name) => !checks[name]);
  process.stdout.write(`${JSON.stringify({ ...figures, failed }, null, 2)}\n`);
  if (failed.length > 0) process.exitCode = 1;
}
