import { appendFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { makeFolder } from '../../io/make-folder.ts';
import { unwritable } from '../../store/output-path.ts';

/** Where a command runs. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
}

/** Annotations name files from the root of the checkout, which may differ from the working folder. */
export function pathInCheckout(path: string, { env, folder }: Surroundings): string {
  const root = env['GITHUB_WORKSPACE'] ?? folder;
  return relative(root, resolve(folder, path)).replaceAll('\\', '/');
}

/** Appends markdown to the summary of a GitHub step. @param path null for the one that GitHub names, if it does */
export async function appendStepSummary(markdown: string, path: string | null, { env }: Surroundings): Promise<void> {
  const summary = path ?? env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    makeFolder(dirname(resolve(summary)));
    await appendFile(summary, markdown);
  } catch (cause) {
    throw unwritable(summary, cause);
  }
}
