import { describe, expect, it } from 'vitest';
import { NO_ESTIMATE_OPTIONS, readEstimateOptions } from '../../../src/app/estimate/index.ts';

describe('the flags of an estimate', () => {
  it('ask nothing and gate nothing where none is given', () => {
    expect(readEstimateOptions({})).toEqual(NO_ESTIMATE_OPTIONS);
  });

  it('are read with their units', () => {
    const flags = { pilot: '1000', precision: '10%', from: 'run', rows: '1000000', level: '0.8', maxCost: '0.5' };
    expect(readEstimateOptions({ ...flags, exact: true })).toEqual({
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
    [{ pilot: '1' }, /^--pilot "1" is not a whole number from 2$/],
    [{ pilot: 'x' }, /^--pilot "x"/],
    [{ pilot: '0x20' }, /^--pilot "0x20"/],
    [{ pilot: '1_000' }, /^--pilot "1_000"/],
    [{ pilot: '' }, /^--pilot ""/],
    [{ pilot: '2.5' }, /^--pilot "2\.5"/],
    [{ rows: '0' }, /^--rows "0" is not a whole number from 1$/],
    [{ precision: '0' }, /^--precision "0" is not a share between 0 and 1$/],
    [{ precision: '100%' }, /^--precision "100%"/],
    [{ precision: 'x%' }, /^--precision "x%"/],
    [{ level: '90' }, /^--level "90"/],
    [{ maxCost: '-1' }, /^--max-cost "-1" is not an amount above 0$/],
    [{ maxCost: 'much' }, /^--max-cost "much"/],
  ] as const)('%j are refused', ([flags, message]) => {
    expect(() => readEstimateOptions(flags)).toThrow(message);
  });
});
