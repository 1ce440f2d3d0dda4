import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and its missing parents. Node's recursive `mkdir` never ends in a folder such as `/proc`, where
 * nothing can be created and the system reports that as ENOENT.
 * @param mode mode of created folders before the umask
 * @returns the outermost folder that was created; undefined if all existed
 * @throws the file system's error if it cannot be created
 */
export function makeFolder(path: string, mode?: number): string | undefined {
  const whole = resolve(path);
  const error = tryMake(whole, mode);
  if (error === null) return whole;
  if (error.code === 'EEXIST' && isFolder(whole)) return undefined;
  const parent = dirname(whole);
  if (error.code !== 'ENOENT' || parent === whole) throw error;
  const made = makeFolder(parent, mode);
  const again = tryMake(whole, mode);
  if (again !== null && !(again.code === 'EEXIST' && isFolder(whole))) throw again;
  return made ?? (again === null ? whole : undefined);
}

function tryMake(path: string, mode: number | undefined): NodeJS.ErrnoException | null {
  try {
    mkdirSync(path, { mode });
    return null;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
