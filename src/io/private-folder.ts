import { chmodSync, closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** File mode: readable and writable by the owner only. */
export const PRIVATE_FILE_MODE = 0o600;
/** Folder mode: accessible to the owner only. */
export const PRIVATE_FOLDER_MODE = 0o700;

const RIGHTS_OF_OTHERS = 0o077;

/**
 * Creates a folder for its owner alone; in an existing one, others lose access to it and to its files.
 * @param isOurs recognises our files by name; a folder that also holds other files, such as one the user named, keeps
 * its mode, and only our files become private
 * @returns a message about that; null if no one else had access
 * @throws the file system's error if it cannot be created
 */
export function openPrivateFolder(folder: string, isOurs: (name: string) => boolean): string | null {
  makeFolder(folder, PRIVATE_FOLDER_MODE);
  // Where users have no ids, modes have no effect.
  if (process.getuid === undefined) return null;
  const names = readdirSync(folder);
  const ours = names.filter(isOurs);
  const paths = [...(ours.length === names.length ? [folder] : []), ...ours.map((name) => join(folder, name))];
  const wide = paths.filter(isOpenToOthers);
  if (wide.length === 0) return null;
  for (const path of wide) narrow(path);
  const [left] = wide.filter(isOpenToOthers);
  if (left === undefined) return `${folder}: others could read it; from now on only its owner can`;
  return `${left}: others can read it, and their rights to it cannot be taken away`;
}

/** Makes an existing folder accessible to its owner only. @throws if that fails */
export function makePrivate(folder: string): void {
  chmodSync(folder, PRIVATE_FOLDER_MODE);
  if (process.getuid !== undefined && isOpenToOthers(folder)) throw new Error('others keep their rights to it');
}

/** Creates an empty file readable by its owner only, if there is none. */
export function assurePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', PRIVATE_FILE_MODE));
}

/** Another process may have removed it since its name was read. */
function isOpenToOthers(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & RIGHTS_OF_OTHERS) !== 0;
}

function narrow(path: string): void {
  try {
    chmodSync(path, statSync(path).isDirectory() ? PRIVATE_FOLDER_MODE : PRIVATE_FILE_MODE);
  } catch {
    // Whether others still have access is checked afterwards.
  }
}
