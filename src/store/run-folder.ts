import { access, constants, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { type Mask, maskedDocument, maskedJson } from '../core/secret-mask.ts';
import { datasetFormats } from '../datasets/index.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import { makeFolder } from '../io/make-folder.ts';
import { makePrivate, PRIVATE_FOLDER_MODE } from '../io/private-folder.ts';
import { removeAbandonedFiles } from '../io/temporary.ts';
import { type FolderLock, type LockSettings, lockFolder } from './folder-lock.ts';
import { resultFormats } from './formats/index.ts';
import { runDifference } from './run-difference.ts';
import { type FolderUse, parseRunFile, type RunFile, type StoredRun } from './run-file.ts';

/** Files in a run folder. */
export const RUN_FILES = {
  run: 'run.json',
  journal: 'journal.jsonl',
  summary: 'summary.json',
  /** The page that people open. */
  page: 'report.html',
  /** Only with a budget, or with calls whose cost no result reports. */
  holds: 'holds.jsonl',
  /** Only with batches. */
  batches: 'batches.jsonl',
} as const;

const OWN_FILES = [
  ...Object.values(RUN_FILES),
  ...resultFormats.map(({ fileName }) => fileName),
  ...datasetFormats.map(({ name }) => `dataset.${name}`),
];

/** Files that only the holder of the folder's lock writes; `dataset` is a standard input whose format is not known yet. */
const HELD_FILES = [...OWN_FILES, 'dataset'];

/** A stored standard input is not a result: it exists before the run begins. */
function isResultOfRun(name: string): boolean {
  return OWN_FILES.includes(name) && !name.startsWith('dataset.');
}

/** Options for opening a run folder. */
export interface FolderSettings extends LockSettings {
  /** True makes it accessible to its owner only; default false, where the umask decides. */
  readonly isPrivate?: boolean | undefined;
}

/** A run folder, locked by this process. */
export class RunFolder {
  readonly path: string;
  readonly lock: FolderLock;
  /** The outermost folder that was created for this run; null if all existed. */
  readonly #made: string | undefined;

  private constructor(path: string, lock: FolderLock, made: string | undefined) {
    this.path = path;
    this.lock = lock;
    this.#made = made;
  }

  /** Creates the folder if needed, locks it, and removes temporary files of killed writers. @throws RunFolderError */
  static async open(path: string, settings: FolderSettings = {}): Promise<RunFolder> {
    return RunFolder.#lock(path, settings, await makeUsable(path, settings));
  }

  /**
   * Opens a folder that did not exist: this one, else the first free one of `-2`, `-3`, … behind its name. Of processes
   * that do so at once, each gets its own.
   * @throws RunFolderError
   */
  static async openNew(path: string, settings: FolderSettings = {}): Promise<RunFolder> {
    for (let count = 1; ; count++) {
      const candidate = count === 1 ? path : `${path}-${count}`;
      const made = await makeUsable(candidate, settings);
      if (made.isNew) return RunFolder.#lock(candidate, settings, made);
    }
  }

  static async #lock(path: string, settings: FolderSettings, { outermost }: Made): Promise<RunFolder> {
    const { isPrivate = false } = settings;
    try {
      const folder = new RunFolder(path, await lockFolder(path, settings), outermost);
      await folder.#begin(isPrivate);
      return folder;
    } catch (cause) {
      throw cause instanceof RunFolderError ? cause : unusable(path, cause);
    }
  }

  async #begin(isPrivate: boolean): Promise<void> {
    removeAbandonedFiles(this.path, HELD_FILES);
    if (!isPrivate) return;
    try {
      makePrivate(this.path);
    } catch (cause) {
      await this.abandon();
      throw notPrivate(this.path, cause);
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** @param mask removes secrets from its texts. @throws FolderLostError if another process now holds the folder */
  async writeRunFile(file: RunFile, mask: Mask): Promise<void> {
    await this.lock.verify();
    await writeFileAtomic(this.file(RUN_FILES.run), maskedDocument(file, mask));
  }

  /** Removes the files of an earlier run, and no others. @throws FolderLostError as `writeRunFile` does */
  async clear(): Promise<void> {
    await this.lock.verify();
    await refuseFolders(this.path, 'run');
    const present = await readdir(this.path);
    for (const name of present.filter(isResultOfRun)) await rm(this.file(name));
  }

  /** Releases the folder, and removes it again if it was created for a run that left nothing in it. */
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

/** What was created for a run folder. */
interface Made {
  /** The outermost folder; undefined if all existed. */
  readonly outermost: string | undefined;
  /** True if the run folder itself did not exist. */
  readonly isNew: boolean;
}

async function makeUsable(path: string, { isPrivate = false }: FolderSettings): Promise<Made> {
  try {
    const parent = makeFolder(dirname(path));
    // Its parents belong to the user: their modes follow the umask.
    const own = makeFolder(path, isPrivate ? PRIVATE_FOLDER_MODE : undefined);
    await access(path, constants.W_OK);
    return { outermost: parent ?? own, isNew: own !== undefined };
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Checks what `RunFolder.open` needs of a path, and creates nothing. @throws RunFolderError */
export async function checkUsable(path: string): Promise<void> {
  let present = resolve(path);
  while (present !== dirname(present) && (await stat(present).catch(() => null)) === null) present = dirname(present);
  try {
    await access(present, constants.W_OK);
    await readdir(present);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Explains why nothing happens for a while. */
export function watchNotice(folder: string, owner: string, watchMs: number): string {
  return `${folder}: --take-over: watching for ${watchMs / 1000} s whether ${owner} still works here`;
}

/** The run in a folder, to be read. @throws RunFolderError if there is none, or it is not one of ours */
export async function readRun(folder: string): Promise<StoredRun> {
  const run = await findRun(folder, 'read');
  if (run !== null) return run;
  throw new RunFolderError(`${folder}: holds no run`, { hint: 'name a run folder, such as results/quickstart' });
}

/**
 * The run in a folder, which need not exist; null if there is none.
 * @param use decides what an error advises. @throws RunFolderError if it is not one of ours, or to be read and a file
 */
export async function findRun(folder: string, use: FolderUse = 'run'): Promise<StoredRun | null> {
  if (use === 'read') await refuseFile(folder);
  await refuseFolders(folder, use);
  const text = await readFile(join(folder, RUN_FILES.run), 'utf8').catch(() => null);
  if (text !== null) return parseRunFile(text, folder, use);
  const present = await readdir(folder).catch(() => []);
  const others = await filled(folder, present.filter(isResultOfRun));
  const [foreign] = others;
  if (foreign === undefined) return null;
  if (use === 'read') throw withoutRunFile(folder, others);
  throw new RunFolderError(`${folder}: has a ${foreign} but no run.json, so it is not a run that can be resumed`, {
    hint: 'choose another folder with --out, or replace what is there with --overwrite',
  });
}

const RESTORE = `restore ${RUN_FILES.run} from a copy of the run folder`;

/** The error for files of a run without the one that says what was run. @param names of those files */
function withoutRunFile(folder: string, names: readonly string[]): RunFolderError {
  const alone = resultFormats.find(({ fileName, layout }) => layout === 'long' && names.includes(fileName));
  const [first = ''] = names;
  return new RunFolderError(
    `${folder}: has a ${alone?.fileName ?? first} but no ${RUN_FILES.run}, which says what was run`,
    { hint: alone === undefined ? RESTORE : `${RESTORE}; ${readsAlone(join(folder, alone.fileName))}` },
  );
}

function readsAlone(path: string): string {
  return `compare and baseline save read ${path} by itself`;
}

/** @throws RunFolderError for a file in place of a folder */
async function refuseFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return;
  const folder = dirname(path);
  const hasRun = (await stat(join(folder, RUN_FILES.run)).catch(() => null)) !== null;
  const isWide = resultFormats.some(({ fileName, layout }) => layout === 'wide' && fileName === basename(path));
  const wanted = hasRun ? `name the run folder: ${folder}` : `name a run folder, which has a ${RUN_FILES.run}`;
  throw new RunFolderError(`${path}: is a file, and this command reads run folders`, {
    hint: isWide ? wanted : `${wanted}; ${readsAlone('a result file')}`,
  });
}

/** @throws RunFolderError if a folder has the name of a file: it belongs to the user, and nothing here removes it */
async function refuseFolders(folder: string, use: FolderUse): Promise<void> {
  const present = await readdir(folder).catch(() => []);
  for (const name of present.filter((each) => OWN_FILES.includes(each))) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isDirectory() !== true) continue;
    throw new RunFolderError(`${join(folder, name)}: is a folder, where a run has a file`, {
      hint: `move that folder away${use === 'run' ? ', or use another run folder with --out' : ''}`,
    });
  }
}

/** The files that are not empty: a session that ended before it began leaves an empty journal. */
async function filled(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return names.filter((_, index) => sizes[index] !== 0);
}

/** What a folder holds for a run. */
interface FoundRun {
  /** The run to resume; null if this one begins. */
  readonly earlier: StoredRun | null;
  /** What is replaced, in words; null for nothing. */
  readonly replaced: string | null;
}

/**
 * The run in a folder if it is the wanted one. Another one counts as none if it holds nothing that was asked.
 * @param mask removes secrets from both. @throws RunFolderError that lists the settings in which the two runs differ
 */
export async function findSameRun(folder: string, wanted: JsonObject, mask: Mask): Promise<FoundRun> {
  const earlier = await findRun(folder);
  if (earlier === null) return { earlier, replaced: null };
  const masked = (identity: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(identity).map(([key, value]) => [key, maskedJson(value, mask)]));
  const { keys, lines } = runDifference(masked(earlier.identity), masked(wanted));
  if (keys.length === 0) return { earlier, replaced: null };
  if (await hasNothing(earlier)) {
    const replaced = `${folder}: the run in it has no result and is replaced: ${keys.join(', ')} changed`;
    return { earlier: null, replaced };
  }
  throw new RunFolderError(`${folder}: holds a different run: ${keys.join(', ')} changed`, {
    hint: 'use another folder with --out, or discard the earlier run with --overwrite',
    lines,
  });
}

/** True for a run that ended without a result, and without a call that may have been billed. */
async function hasNothing({ folder, state, journal }: StoredRun): Promise<boolean> {
  if (state === 'running' || journal?.lines !== 0 || journal.givenUp > 0) return false;
  const sizeOf = async (name: string): Promise<number | null> =>
    (await stat(join(folder, name)).catch(() => null))?.size ?? null;
  // A journal that is missing was lost.
  const isUnpaid = (await sizeOf(RUN_FILES.holds)) === null && (await sizeOf(RUN_FILES.batches)) === null;
  return isUnpaid && (await sizeOf(RUN_FILES.journal)) === 0;
}

function notPrivate(path: string, cause: unknown): RunFolderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RunFolderError(`${path}: --private: cannot be made one for its owner only: ${reason}`, {
    hint: 'choose a folder of your own with --out',
    cause,
  });
}

function unusable(path: string, cause: unknown): RunFolderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RunFolderError(`${path}: cannot be used as a run folder: ${reason}`, {
    hint: 'choose a folder that you may write to with --out',
    cause,
  });
}
