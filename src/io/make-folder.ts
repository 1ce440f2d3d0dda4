import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` never ends where a folder is there in
 * which nothing can be made and the system calls that ENOENT, as in `/proc`.
 * @param mode rights of what is made, less the umask
 * @returns the outermost folder that was made; undefined where all were there
 * @throws the file system's error where it cannot be made
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
