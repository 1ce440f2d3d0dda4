import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { type SampleLanguage, sampleProject } from './sample-project.ts';

/** A file that was written, and what it is for. */
export interface WrittenFile {
  readonly name: string;
  readonly purpose: string;
}

/** What git has to ignore: a key, answers, and the cache. */
const IGNORED = ['.env', 'results/', '.promptgrid/'];
const GITIGNORE = '.gitignore';
/** A character for each byte, so that old lines stay as they are in any encoding. */
const BYTES = 'latin1';

const PURPOSE = {
  en: `keeps ${IGNORED.join(', ')} out of git`,
  ru: `${IGNORED.join(', ')} не попадут в git`,
} as const;

/**
 * Writes a sample project whose run needs no key, and makes git ignore private and generated files.
 * @throws UsageError if a file of that name exists
 */
export async function writeSampleProject(folder: string, language: SampleLanguage): Promise<readonly WrittenFile[]> {
  const files = sampleProject(language);
  const present = files.find(({ name }) => existsSync(join(folder, name)));
  if (present !== undefined) throw notWritten(present.name, 'there is one already');
  const ignore = await gitignoreText(join(folder, GITIGNORE));
  for (const { name, text } of files) await write(join(folder, name), name, text, 'wx');
  if (ignore === null) return files;
  await write(join(folder, GITIGNORE), GITIGNORE, Buffer.from(ignore, BYTES), 'w');
  return [...files, { name: GITIGNORE, purpose: PURPOSE[language] }];
}

/** New content of `.gitignore`, which keeps the old lines; null if it ignores everything already. */
async function gitignoreText(path: string): Promise<string | null> {
  const text = existsSync(path)
    ? await readFile(path, BYTES).catch((cause: unknown) => {
        throw notWritten(GITIGNORE, reasonOf(cause));
      })
    : '';
  const named = new Set(text.split('\n').map(pathOf));
  const missing = IGNORED.filter((line) => !named.has(pathOf(line)));
  if (missing.length === 0) return null;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const begun = text === '' || text.endsWith('\n') ? text : `${text}${end}`;
  return `${begun}${missing.map((line) => `${line}${end}`).join('')}`;
}

/** A line of `.gitignore`, without parts that do not matter for a top-level folder. */
function pathOf(line: string): string {
  return line.trim().replace(/^\//, '').replace(/\/$/, '');
}

async function write(path: string, name: string, text: string | Buffer, flag: 'w' | 'wx'): Promise<void> {
  await writeFile(path, text, { flag }).catch((cause: unknown) => {
    throw notWritten(name, reasonOf(cause));
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function notWritten(name: string, reason: string): UsageError {
  return new UsageError(`${name} cannot be written: ${reason}`, {
    hint: 'promptgrid init never replaces a file: move it away, or run it in another folder',
  });
}
