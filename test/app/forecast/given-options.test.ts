import { expect, it } from 'vitest';
import { givenEstimateOptions } from '../../../src/app/forecast/given-options.ts';
import { NO_ESTIMATE_OPTIONS } from '../../../src/app/forecast/options.ts';

/** What a program without types can give. */
function read(given: unknown): unknown {
  return Reflect.apply(givenEstimateOptions, undefined, [given]);
}

it('an estimate of the library without options has neither pilot nor gate', () => {
  expect(givenEstimateOptions({})).toEqual(NO_ESTIMATE_OPTIONS);
  expect(givenEstimateOptions({ pilotRows: undefined, precision: null, maxCost: null })).toEqual(NO_ESTIMATE_OPTIONS);
});

it('options of an estimate of the library are read with their units', () => {
  const given = { pilotRows: 20, from: 'run', plannedRows: 1_000_000, isExact: true, level: 0.8, maxCost: 5n } as const;
  expect(givenEstimateOptions({ ...given, precision: '10%' })).toEqual({ ...given, precision: 0.1 });
  expect(givenEstimateOptions({ maxCost: 0.5 })).toMatchObject({ maxCost: 500_000_000_000n });
});

it.for([
  [{ plannedRows: -5 }, 'plannedRows must be a whole number from 1, got -5', 'give one, such as plannedRows: 20000'],
  [{ pilotRows: '20' }, 'pilotRows must be a whole number from 2, got "20"', 'give one, such as pilotRows: 20'],
  [{ level: 80 }, 'level must be a share between 0 and 1, got 80', 'write 80% or 0.8'],
  [{ precision: 0 }, 'precision must be a share between 0 and 1, got 0', 'give one, such as precision: 10%'],
  [{ maxCost: 0n }, 'maxCost must be an amount above 0, got 0n', 'give one, such as maxCost: 500'],
  [
    { rows: 5 },
    'unknown key "rows"',
    'remove it, or use one of: pilotRows, precision, from, plannedRows, isExact, level, maxCost',
  ],
] as const)('the options of an estimate are refused: %o', ([given, message, hint]) => {
  expect(() => read(given)).toThrow(expect.objectContaining({ code: 'E_USAGE', message, hint }));
});
