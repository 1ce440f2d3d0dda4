import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { copyFile } from '../../../src/app/report/output.ts';
import { it } from '../../support/in-process.ts';

describe('a file that is copied', () => {
  it('is not opened if its copy is refused, so that nothing is left to fail later', async ({ desk }) => {
    const failures: unknown[] = [];
    const note = (error: unknown): void => void failures.push(error);
    process.on('uncaughtException', note);
    try {
      await expect(copyFile(join(desk.folder, 'missing.csv'), desk.folder)).rejects.toThrow('is a folder');
      // An open file answers after this one.
      await stat(desk.folder);
      await turnOfLoop();
      await turnOfLoop();
    } finally {
      process.off('uncaughtException', note);
    }
    expect(failures).toEqual([]);
  });

  it('and is missing is an error', async ({ desk }) => {
    await expect(copyFile(join(desk.folder, 'missing.csv'), join(desk.folder, 'copy.csv'))).rejects.toThrow('ENOENT');
  });
});
