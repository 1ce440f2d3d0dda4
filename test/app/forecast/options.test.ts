import { expect, it } from 'vitest';
import { readOptions } from '../../../src/app/config/settings.ts';
import { ESTIMATE_OPTIONS, estimateOptions, NO_ESTIMATE_OPTIONS } from '../../../src/app/forecast/options.ts';

it('flags of an estimate request no pilot and no gate by default', () => {
  expect(estimateOptions({})).toEqual(NO_ESTIMATE_OPTIONS);
});

it('flags of an estimate are read with their units', () => {
  const flags = { pilot: '1000', precision: '10%', from: 'run', rows: '1000000', level: '0.8', maxCost: '0.5' };
  expect(estimateOptions(readOptions(ESTIMATE_OPTIONS, { ...flags, exact: true }))).toEqual({
    pilotRows: 1000,
    precision: 0.1,
    from: 'run',
    plannedRows: 1_000_000,
    level: 0.8,
    maxCost: 500_000_000_000n,
    isExact: true,
  });
});

it.for([
  [{ pilot: '1' }, /^--pilot must be a whole number from 2, got "1"$/],
  [{ rows: '0' }, /^--rows must be a whole number from 1, got "0"$/],
  [{ precision: '0' }, /^--precision must be a share between 0 and 1, got "0"$/],
  [{ level: '90' }, /^--level must be a share between 0 and 1, got "90"$/],
  [{ maxCost: '-1' }, /^--max-cost must be an amount above 0, got "-1"$/],
] as const)('%j is out of range for an estimate', ([flags, message]) => {
  expect(() => readOptions(ESTIMATE_OPTIONS, flags)).toThrow(message);
});
