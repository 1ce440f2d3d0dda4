import { describe, expect, it } from 'vitest';
import { resolveDialect } from '../../../src/app/config/dialect.ts';

describe('the text options of CSV results', () => {
  it('are a comma, no byte order mark and a decimal point', () => {
    expect(resolveDialect({})).toEqual({ delimiter: ',', bom: false, decimal: '.' });
  });

  it('are set one by one', () => {
    expect(resolveDialect({ delimiter: '\t', bom: true, decimal: 'comma' })).toEqual({
      delimiter: '\t',
      bom: true,
      decimal: ',',
    });
    expect(resolveDialect({ decimal: 'point' }).decimal).toBe('.');
  });

  const RUSSIAN = { delimiter: ';', bom: true, decimal: ',' };

  it('are set together for Excel', () => {
    expect(resolveDialect({ excel: 'ru' })).toEqual(RUSSIAN);
    expect(resolveDialect({ excel: 'ru', delimiter: ';', bom: true, decimal: 'comma' })).toEqual(RUSSIAN);
  });

  it.each([
    [{ delimiter: ',' }, '--delimiter ","'],
    [{ delimiter: '\t' }, String.raw`--delimiter "\t"`],
    [{ bom: false }, '--no-bom'],
    [{ decimal: 'point' }, '--decimal point'],
  ] as const)('are refused for Excel with %j', (other, named) => {
    expect(() => resolveDialect({ excel: 'ru', ...other })).toThrow(
      expect.objectContaining({
        exitStatus: 2,
        message: `--excel ru and ${named} contradict each other`,
        hint: expect.stringContaining("--delimiter ';' --bom --decimal comma"),
      }),
    );
  });
});
