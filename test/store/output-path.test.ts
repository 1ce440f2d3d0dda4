import { describe, expect, it } from 'vitest';
import { InterruptedError } from '../../src/core/errors.ts';
import { unwritable } from '../../src/store/output-path.ts';

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: something, open '.x.tmp'`), { code });
}

describe('the error of an output', () => {
  it.for([
    ['EACCES', 'its folder may not be written to'],
    ['EROFS', 'its disk is read-only'],
  ])('says of %s what is wrong with the path, and ends with 2', ([code = '', reason]) => {
    const error = unwritable('--output x', failure(code));
    expect(error).toMatchObject({ exitStatus: 2, message: `--output x: cannot be written: ${reason}` });
  });

  it('is one of storage for what may pass, such as a full disk', () => {
    expect(unwritable('--output x', failure('ENOSPC'))).toMatchObject({ exitStatus: 4, code: 'E_STORAGE' });
  });

  it('is left alone if it is not of the file', () => {
    const error = new InterruptedError();
    expect(unwritable('--output x', error)).toBe(error);
  });
});
