import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/io/make-folder.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promptgrid-make-folder-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a folder to create', () => {
  it('is created with its parents, and the outermost new one is returned', () => {
    expect(makeFolder(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'));
    expect(statSync(join(folder, 'a', 'b', 'c')).isDirectory()).toBe(true);
    expect(makeFolder(join(folder, 'a', 'b', 'd'))).toBe(join(folder, 'a', 'b', 'd'));
  });

  it('stays unchanged if it exists', () => {
    expect(makeFolder(folder)).toBeUndefined();
  });

  it('is an error if a file has its name or the name of a parent', () => {
    writeFileSync(join(folder, 'file'), 'x');
    expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow('ENOTDIR');
  });

  it.skipIf(!existsSync('/proc/self'))('is an error at once if the system creates none, as in /proc', () => {
    expect(() => makeFolder('/proc/promptgrid/run')).toThrow('ENOENT');
  });
});
