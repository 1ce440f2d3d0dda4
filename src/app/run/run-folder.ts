import { access, constants, mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RunFolderError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type Mask, maskedDocument, maskedJson } from '../../core/secret-mask.ts';
import { type FolderLock, type LockSettings, lockFolder } from '../../engine/folder-lock.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { FORMAT_VERSION, type RunFile } from './run-state.ts';

/** Files that a run leaves in its folder. */
export const RUN_FILES = {
  run: 'run.json',
  journal: 'journal.jsonl',
  summary: 'summary.json',
  /** Only where there was a budget, or calls whose cost no result tells. */
  holds: 'holds.jsonl',
} as const;

const OWN_FILES = [...Object.values(RUN_FILES), 'results.csv', 'results.jsonl', 'dataset.csv', 'dataset.jsonl'];

/** A kept standard input is no result: it is there before the run begins. */
function isResultOfRun(name: string): boolean {
  return OWN_FILES.includes(name) && !name.startsWith('dataset.');
}

/** What an earlier session wrote down about the run in a folder. */
export interface EarlierRun {
  readonly identity: JsonObject;
  readonly createdAt: string;
  /** What was estimated before its calls; null where nothing was. */
  readonly estimate: JsonObject | null;
  /** True where what lost calls may have cost was kept from the run's first session on. */
  readonly keepsLostCalls: boolean;
}

/** A run's folder, held by this process alone. */
export class RunFolder {
  readonly path: string;
  readonly lock: FolderLock;
  /** The outermost folder that was made for this run; null where all were there. */
  readonly #made: string | undefined;

  private constructor(path: string, lock: FolderLock, made: string | undefined) {
    this.path = path;
    this.lock = lock;
    this.#made = made;
  }

  /** Makes the folder where it is missing, and locks it. @throws RunFolderError */
  static async open(path: string, settings: LockSettings = {}): Promise<RunFolder> {
    let made: string | undefined;
    try {
      made = await mkdir(path, { recursive: true });
      await access(path, constants.W_OK);
    } catch (cause) {
      throw unusable(path, cause);
    }
    try {
      return new RunFolder(path, await lockFolder(path, settings), made);
    } catch (cause) {
      throw cause instanceof RunFolderError ? cause : unusable(path, cause);
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The run that is already in the folder; null where there is none. */
  earlierRun(): Promise<EarlierRun | null> {
    return readEarlierRun(this.path);
  }

  /** @param mask takes secrets out of its texts. @throws FolderLostError where another process holds the folder by now */
  async writeRunFile(file: RunFile, mask: Mask): Promise<void> {
    await this.lock.verify();
    await writeFileAtomic(this.file(RUN_FILES.run), maskedDocument(file, mask));
  }

  /** Removes the files of an earlier run, and no others. @throws FolderLostError as `writeRunFile` does */
  async clear(): Promise<void> {
    await this.lock.verify();
    const present = await readdir(this.path);
    for (const name of present.filter(isResultOfRun)) await rm(this.file(name));
  }

  /** Gives the folder free, and removes it again where it was made for a run that left nothing in it. */
  async abandon(): Promise<void> {
    await this.lock.release();
    if (this.#made === undefined) return;
    const outermost = resolve(this.#made);
    for (let path = resolve(this.path); path.length >= outermost.length; path = dirname(path)) {
      const isEmpty = await rmdir(path).then(
        () => true,
        () => false,
      );
      if (!isEmpty) return;
    }
  }
}

/** Says why nothing happens for a while. */
export function watchNotice(folder: string, owner: string, watchMs: number): string {
  return `${folder}: --take-over: watching for ${watchMs / 1000} s whether ${owner} still works here`;
}

/** The run in a folder, which need not exist; null where there is none. @throws RunFolderError for what is no run of ours */
export async function readEarlierRun(folder: string): Promise<EarlierRun | null> {
  const text = await readFile(join(folder, RUN_FILES.run), 'utf8').catch(() => null);
  if (text !== null) return parseRunFile(text, folder);
  const present = await readdir(folder).catch(() => []);
  const [foreign] = await filled(folder, present.filter(isResultOfRun));
  if (foreign === undefined) return null;
  throw new RunFolderError(`${folder}: has a ${foreign} but no run.json, so it is no run of ours to go on with`, {
    hint: 'choose another folder with --out, or replace what is there with --overwrite',
  });
}

/** Those of the files that hold anything: a session that ended before it began leaves an empty journal. */
async function filled(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return names.filter((_, index) => sizes[index] !== 0);
}

function parseRunFile(text: string, folder: string): EarlierRun {
  const value = parseJson(text);
  const { identity, createdAt, formatVersion, estimate, settings, keepsLostCalls } = isJsonObject(value) ? value : {};
  if (!isJsonObject(identity) || typeof createdAt !== 'string') {
    throw new RunFolderError(`${folder}: run.json is damaged`, {
      hint: 'restore it, choose another folder with --out, or replace the run with --overwrite',
    });
  }
  if (formatVersion !== FORMAT_VERSION) {
    throw new RunFolderError(
      `${folder}: was written by a promptgrid with another format (${JSON.stringify(formatVersion)})`,
      {
        hint: `this one reads format ${FORMAT_VERSION}; use the promptgrid that wrote it, or another folder`,
      },
    );
  }
  // Earlier versions kept them in sessions with a budget only.
  const hadBudget = isJsonObject(settings) && typeof settings['budget'] === 'string';
  return {
    identity,
    createdAt,
    estimate: isJsonObject(estimate) ? estimate : null,
    keepsLostCalls: keepsLostCalls === true || (keepsLostCalls === undefined && hadBudget),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param mask takes secrets out of both. @throws RunFolderError that says in which settings the two runs differ */
export function checkSameRun(folder: string, earlier: JsonObject, wanted: JsonObject, mask: Mask): void {
  const keys = [...new Set([...Object.keys(earlier), ...Object.keys(wanted)])];
  const part = (identity: JsonObject, key: string): JsonValue => maskedJson(identity[key] ?? null, mask);
  const details = keys.flatMap((key) => {
    const [before, now] = [part(earlier, key), part(wanted, key)];
    return canonicalJson(before) === canonicalJson(now) ? [] : [`${key} was ${brief(before)}, is ${brief(now)}`];
  });
  if (details.length === 0) return;
  throw new RunFolderError(`${folder}: holds a different run: ${details.join('; ')}`, {
    hint: 'choose another folder with --out, or replace the run with --overwrite',
  });
}

const SHOWN_CHARACTERS = 120;

function brief(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function unusable(path: string, cause: unknown): RunFolderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RunFolderError(`${path}: cannot be used as a run folder: ${reason}`, {
    hint: 'choose a folder that you may write to with --out',
    cause,
  });
}
