import { chmodSync, closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** What only its owner may read and write. */
export const PRIVATE_FILE_MODE = 0o600;
/** What only its owner may enter. */
export const PRIVATE_FOLDER_MODE = 0o700;

const RIGHTS_OF_OTHERS = 0o077;

/**
 * Makes a folder for its owner alone; in one that is there already others lose their rights to it and to its files.
 * @param isOurs tells our files by their names; a folder that holds others too, such as one that a user named, keeps its
 * rights, and only our files lose theirs
 * @returns what is to be said of that, a line; null where nobody else could read anything
 * @throws the file system's error where it cannot be made
 */
export function openPrivateFolder(folder: string, isOurs: (name: string) => boolean): string | null {
  makeFolder(folder, PRIVATE_FOLDER_MODE);
  // Where users have no ids, modes say nothing.
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

/** Lets only its owner enter a folder that is there. @throws where that cannot be */
export function makePrivate(folder: string): void {
  chmodSync(folder, PRIVATE_FOLDER_MODE);
  if (process.getuid !== undefined && isOpenToOthers(folder)) throw new Error('others keep their rights to it');
}

/** Makes an empty file that only its owner may read, where there is none. */
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
    // Whether it is still open to others is looked at afterwards.
  }
}
