import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PromptgridError, StorageError, UsageError } from '../core/errors.ts';
import { type AtomicFile, openNamedFile } from '../io/atomic-file.ts';
import { makeFolder } from '../io/make-folder.ts';
import { RUN_FILES } from './run-folder.ts';

/** Files of a run that nothing can make again. */
const NEEDED: readonly string[] = [RUN_FILES.run, RUN_FILES.journal, RUN_FILES.holds];

/** Writes to an output that the user named. */
type WriteOutput<Value> = (file: AtomicFile) => Promise<Value>;

/**
 * Writes a file, device or pipe that the user named. A file is written completely or not at all, and its folder is
 * created.
 * @param label what it is called in errors, such as `--output page.html`
 * @throws UsageError if the path cannot be one of an output, or would replace what a run has paid for
 * @throws StorageError if writing fails; other errors of `write` are thrown as they are
 */
export async function writeOutput<Value>(path: string, label: string, write: WriteOutput<Value>): Promise<Value> {
  try {
    checkPath(path, label);
    makeFolder(dirname(resolve(path)));
    const file = await openNamedFile(path);
    let value: Value;
    try {
      value = await write(file);
    } catch (error) {
      await file.discard();
      throw error;
    }
    await file.commit();
    return value;
  } catch (cause) {
    throw unwritable(label, cause);
  }
}

function checkPath(path: string, label: string): void {
  const whole = resolve(path);
  if (statSync(whole, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UsageError(`${label}: is a folder`, { hint: `name a file in it, such as ${join(path, 'report.html')}` });
  }
  if (!NEEDED.includes(basename(whole)) || !existsSync(join(dirname(whole), RUN_FILES.run))) return;
  throw new UsageError(`${path} belongs to a run, which needs it`, { hint: 'name another file for the output' });
}

/** What the system says of a path that no output can have, whatever room the disk has. */
const BAD_PATHS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EACCES: 'its folder may not be written to',
  EPERM: 'its folder may not be written to',
  EROFS: 'its disk is read-only',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  ENAMETOOLONG: 'its name is too long',
};

/** The error of an output that the user named. */
export function unwritable(label: string, cause: unknown): Error {
  if (cause instanceof PromptgridError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = BAD_PATHS[code];
  const hint = 'name a file in a folder that you may write to';
  if (reason !== undefined) return new UsageError(`${label}: cannot be written: ${reason}`, { hint, cause });
  const told = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${label}: cannot be written: ${told}`, { hint, cause });
}
