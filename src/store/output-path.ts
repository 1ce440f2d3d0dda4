import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { RUN_FILES } from './run-folder.ts';

/** Files of a run that nothing can make again. */
const NEEDED: readonly string[] = [RUN_FILES.run, RUN_FILES.journal, RUN_FILES.holds];

/** @throws UsageError for an output that would replace what a run has paid for */
export function checkOutputPath(path: string): void {
  const whole = resolve(path);
  if (!NEEDED.includes(basename(whole)) || !existsSync(join(dirname(whole), RUN_FILES.run))) return;
  throw new UsageError(`${path} belongs to a run, which needs it`, { hint: 'name another file for the output' });
}
