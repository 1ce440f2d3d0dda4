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

describe('a folder that is to be made', () => {
  it('is made with those above it, and the outermost new one is returned', () => {
    expect(makeFolder(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'));
    expect(statSync(join(folder, 'a', 'b', 'c')).isDirectory()).toBe(true);
    expect(makeFolder(join(folder, 'a', 'b', 'd'))).toBe(join(folder, 'a', 'b', 'd'));
  });

  it('is left alone where it is there', () => {
    expect(makeFolder(folder)).toBeUndefined();
  });

  it('is an error in the place of a file and below one', () => {
    writeFileSync(join(folder, 'file'), 'x');
    expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow('ENOTDIR');
  });

  it.skipIf(!existsSync('/proc/self'))('is an error at once where the system makes none, as in /proc', () => {
    expect(() => makeFolder('/proc/promptgrid/run')).toThrow('ENOENT');
  });
});
