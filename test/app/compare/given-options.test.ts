import { expect, it } from 'vitest';
import { checkSides, givenCompareOptions } from '../../../src/app/compare/given-options.ts';
import { compareOptions } from '../../../src/app/compare/options.ts';

/** What a program without types can give. */
function read(given: unknown): unknown {
  return Reflect.apply(givenCompareOptions, undefined, [given]);
}

it('a comparison of the library without options has the defaults of the command', () => {
  expect(givenCompareOptions({})).toEqual(compareOptions({}));
  expect(givenCompareOptions({ margin: undefined, cluster: null, gates: { maxCostIncrease: null } })).toEqual(
    compareOptions({}),
  );
});

it.for([
  [undefined, 'b', 'base must be a text that is not empty, got undefined', 'give one, such as base: results/v1'],
  ['a', '', 'candidate must be a text that is not empty, got ""', 'give one, such as candidate: results/v1'],
  ['a', 5, 'candidate must be a text that is not empty, got 5', 'give one, such as candidate: results/v1'],
] as const)('the sides %s and %s of a comparison are refused by name', ([base, candidate, message, hint]) => {
  expect(() => checkSides(base, candidate)).toThrow(expect.objectContaining({ code: 'E_USAGE', message, hint }));
});

it('options of the library are read with their units', () => {
  const gates = { failOn: 'any-drop', minOn: 'point', maxCostIncrease: 0.1, maxLatencyIncrease: '300%' } as const;
  const given = {
    allowPartial: true,
    cluster: '',
    margin: 0.01,
    maxErrored: '5%',
    flips: 0,
    maps: [{ from: 'a', to: 'b' }],
    gates: { ...gates, least: [{ scorer: 'exact', least: 0.9 }] },
  };
  expect(givenCompareOptions(given)).toEqual({
    ...given,
    maxErrored: 0.05,
    gates: { ...given.gates, maxLatencyIncrease: 3 },
  });
});

it.for([
  [{ margin: 2 }, 'margin must be a share from 0 to 0.99, got 2', 'write 2% or 0.02'],
  [{ margin: '2' }, 'margin must be a share from 0 to 0.99, got "2"', 'write 2% or 0.02'],
  [{ margin: -1 }, 'margin must be a share from 0 to 0.99, got -1', 'give one, such as margin: 10%'],
  [{ margin: Number.NaN }, 'margin must be a share from 0 to 0.99, got NaN', 'give one, such as margin: 10%'],
  [{ margin: null }, 'margin must be a share from 0 to 0.99, got null', 'give one, such as margin: 10%'],
  [{ margin: 2n }, 'margin must be a share from 0 to 0.99, got 2n', 'give one, such as margin: 10%'],
  [{ maxErrored: 5 }, 'maxErrored must be a share from 0 to 1, got 5', 'write 5% or 0.05'],
  [{ flips: 1.5 }, 'flips must be a whole number from 0 to 10000, got 1.5', 'give one, such as flips: 50'],
  [{ allowPartial: 'yes' }, 'allowPartial must be true or false, got "yes"', 'give true or false'],
  [
    { gates: { failOn: 'regresion' } },
    'gates.failOn must be regression, any-drop, inconclusive or none, got "regresion"',
    'use one of: regression, any-drop, inconclusive, none; did you mean regression?',
  ],
  [
    { gates: { minOn: 'lowr' } },
    'gates.minOn must be lower or point, got "lowr"',
    'use one of: lower, point; did you mean lower?',
  ],
  [
    { gates: { maxCostIncrease: 10 } },
    'gates.maxCostIncrease must be a share from 0, with % above 1, got 10',
    'write 10% or 0.1',
  ],
  [
    { gates: { least: [{ scorer: 'exact', least: 50 }] } },
    'gates.least.0.least must be a share from 0 to 1, got 50',
    'write 50% or 0.5',
  ],
  [
    { gates: { least: [{ least: 0.5 }] } },
    'gates.least.0.scorer must be a text that is not empty, got undefined',
    'give one, such as gates.least.0.scorer: exact',
  ],
  [
    { gates: { least: 50 } },
    'gates.least must be a list of objects, got 50',
    'give a list of objects with the keys scorer, least',
  ],
  [
    { maps: [{ from: 'a', to: '' }] },
    'maps.0.to must be a text that is not empty, got ""',
    'give one, such as maps.0.to: gpt-4o-mini',
  ],
  [
    { margn: 0.01 },
    'unknown key "margn"',
    'remove it, or use one of: allowPartial, cluster, margin, maxErrored, flips, maps, gates; did you mean margin?',
  ],
  [
    { gates: { failon: 'none' } },
    'unknown key "failon" in gates',
    'remove it, or use one of: failOn, minOn, maxCostIncrease, maxLatencyIncrease, least; did you mean failOn?',
  ],
  [
    { maps: [{ from: 'a', too: 'b' }] },
    'unknown key "too" in maps.0',
    'remove it, or use one of: from, to; did you mean to?',
  ],
  [
    'exact',
    'the options must be an object, got "exact"',
    'give an object with the keys allowPartial, cluster, margin, maxErrored, flips, maps, gates',
  ],
] as const)('the options of a comparison are refused: %o', ([given, message, hint]) => {
  expect(() => read(given)).toThrow(expect.objectContaining({ code: 'E_USAGE', message, hint }));
});
