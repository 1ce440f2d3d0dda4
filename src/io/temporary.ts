import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BOOT_ID, isRunning, PID_NAMESPACE, startOf } from './processes.ts';

/** Identifies this boot of the system and its PID namespace: process ids are meaningful only within both. */
const PLACE = createHash('sha256')
  .update(`${BOOT_ID ?? hostname()} ${PID_NAMESPACE ?? ''}`)
  .digest('hex')
  .slice(0, 12);

/**
 * The process that writes a file, as encoded in the file name. A start time that the system does not report is written
 * as 0.
 */
const MAKER = `promptgrid-${PLACE}-${process.pid}-${startOf(process.pid) ?? 0}`;

const MAKER_PATTERN = 'promptgrid-([0-9a-f]{12})-(\\d+)-(\\d+)';
const FILE_NAME = new RegExp(`^\\.(.+)\\.${MAKER_PATTERN}-\\d+\\.tmp$`);
const FOLDER_NAME = new RegExp(`^${MAKER_PATTERN}-[A-Za-z0-9]{6}$`);
/** Names of earlier versions, which identify a process but not where it ran. */
const OLD_FILE_NAME = /^\.(.+?)\.\d+(?:\.\d+)?\.tmp$/;

/** File names have at most 255 bytes; a character has at most four. */
const MOST_CHARACTERS = 40;

let made = 0;

/**
 * A path next to `path` that no other process uses, for a file that will replace it; its name identifies the writer.
 */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, MOST_CHARACTERS)}.${MAKER}-${++made}.tmp`);
}

/** True for a name that `temporaryPath` returned, here or elsewhere. */
export function isTemporary(name: string): boolean {
  return FILE_NAME.test(name);
}

/**
 * Removes temporary files of killed writers. A file is removed only if its name came from `temporaryPath` in this boot
 * and PID namespace, and its process has ended. Files that cannot be removed stay.
 * @param held names of files that only the holder of the folder's lock writes, which is the caller: temporary files for
 * these are removed whoever wrote them
 */
export function removeAbandonedFiles(folder: string, held: readonly string[] = []): void {
  for (const name of namesIn(folder)) {
    const found = FILE_NAME.exec(name);
    const target = (found ?? OLD_FILE_NAME.exec(name))?.[1] ?? '';
    if (isOfEndedProcess(found?.slice(2)) || held.includes(target)) tryRemove(join(folder, name));
  }
}

/** Runs work in its own folder among the system's temporary ones. Folders that killed processes left are removed. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = tmpdir();
  for (const name of namesIn(parent)) {
    const path = join(parent, name);
    if (isOfEndedProcess(FOLDER_NAME.exec(name)?.slice(1)) && isOwnFolder(path)) tryRemove(path);
  }
  const folder = await mkdtemp(join(parent, `${MAKER}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param maker boot and namespace, process id and start time from a name; undefined for a name that is not ours */
function isOfEndedProcess(maker: readonly string[] | undefined): boolean {
  const [place, pid, started] = maker ?? [];
  if (place !== PLACE || pid === undefined || started === undefined) return false;
  return !isRunning(Number(pid), started === '0' ? null : started);
}

function isOwnFolder(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === process.getuid?.();
  } catch {
    return false;
  }
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It takes space but does no harm; the next start tries again.
  }
}
