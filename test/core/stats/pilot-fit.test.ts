import { describe, expect, it } from 'vitest';
import { type Fit, fitModel, fittedMean } from '../../../src/core/stats/pilot-fit.ts';
import type { Model, PilotRow } from '../../../src/core/stats/pilot-model.ts';
import { populationOf } from './pilots.ts';

const X = [120, 80, 200, 150, 60, 90, 300, 110, 170, 240];
const TAGS = 'abcabbcaac';
const EVEN = [60, 35, 90, 80, 20, 52, 140, 41, 95, 100];
const UNEVEN = [60, 10, 300, 80, 12, 9, 900, 41, 95, 150];

const BY_X: Model = { usesX: true, tags: [], penalty: 1, tagColumns: 1 };
const BY_TAG: Model = { usesX: false, tags: ['a', 'b', 'c', 'd'], penalty: 0.25, tagColumns: 1 };
const BY_BOTH: Model = { usesX: true, tags: ['a', 'b', 'c', 'd'], penalty: 0.5, tagColumns: 1 };

const REST_X = [180, 220, 140, 400, 60].map((x) => ({ x, tag: null, y: 0 }));
const REST_TAGS = Array.from('aabccccdda').map((tag, index) => ({ x: index * 20 + 50, tag, y: 0 }));

function pilotOf(ys: readonly number[]): readonly PilotRow[] {
  return ys.map((y, index) => ({ x: X[index] ?? 0, tag: TAGS[index] ?? null, y }));
}

/** What is compared with the figures of `python3 test/core/stats/fit-figures.py` (NumPy 2.4.6, SciPy 1.17.1). */
function figuresOf(fit: Fit, rest: readonly PilotRow[]): readonly number[] {
  const { mean, leverage, spread } = fittedMean(fit, populationOf(rest));
  return [...fit.parameters, fit.variance, fit.df, fit.skew, mean, leverage, spread];
}

const CASES: readonly [string, Model, readonly number[], readonly PilotRow[], readonly number[]][] = [
  [
    ...(['a slope over x', BY_X, EVEN, REST_X] as const),
    [71.3, 0.4597412480974125, 157.78249619482497, 5, 0.2751577465601501].concat([
      93.3675799086758, 0.14383561643835618, 2705.433794587732,
    ]),
  ],
  [
    ...(['parts for tags, one of them unseen', BY_TAG, EVEN, REST_TAGS] as const),
    [71.53896103896105, -2.389610389610403, -33.1128871128871, 35.50249750249745, 0].concat([
      903.675046252537, 4.141858141858141, 0.38143913912795574, 81.71178821178819, 0.32761238761238765,
      512.0439195170453,
    ]),
  ],
  [
    ...(['parts for tags whose spread goes with them', BY_TAG, UNEVEN, REST_TAGS] as const),
    [175.74675324675331, -100.46753246753275, -152.6893106893108, 253.15684315684302, 0].concat([
      42570.77094883758, 4.141858141858141, 1.6818684651154614, 231.60029970029962, 0.4372858153927206,
      27875.25632732902,
    ]),
  ],
  [
    ...(['a slope and parts for tags', BY_BOTH, EVEN, REST_TAGS] as const),
    [70.7536313123864, 0.5448468308993462, 5.463686876136926, 5.1069970988837285, -10.57068397502107, 0].concat([
      143.33890925175194, 3.649948369966072, -0.27097714718869415, 62.13700152431527, 0.3042297290652505,
      962.0695212386418,
    ]),
  ],
];

describe('a fit', () => {
  it.each(CASES)('with %s is NumPy’s', (...[, model, ys, rest, wanted]) => {
    const figures = figuresOf(fitModel(pilotOf(ys), model), rest);
    expect(figures).toHaveLength(wanted.length);
    for (const [index, figure] of figures.entries()) expect(figure).toBeCloseTo(wanted[index] ?? Number.NaN, 8);
  });

  it('makes the spread proportional to the expected value only if the pilot shows it', () => {
    expect(fitModel(pilotOf(EVEN), BY_TAG).typical).toBeNull();
    expect(fitModel(pilotOf(UNEVEN), BY_TAG).typical).toBeCloseTo(240.02867876989055, 8);
  });

  it('costs degrees of freedom for choosing the tags’ column among many', () => {
    const [one, many] = [1, 30].map((tagColumns) => fitModel(pilotOf(EVEN), { ...BY_TAG, tagColumns }));
    expect(many?.df).toBeLessThan((one?.df ?? 0) - 2);
    expect(many?.variance).toBeGreaterThan(one?.variance ?? Infinity);
    expect(fitModel(pilotOf(EVEN), { ...BY_X, tagColumns: 30 })).toEqual({
      ...fitModel(pilotOf(EVEN), BY_X),
      model: { ...BY_X, tagColumns: 30 },
    });
  });

  it('of the mean alone has its variance and skewness', () => {
    // From SciPy 1.17.1: numpy.var([1, 2, 3, 10], ddof=1), scipy.stats.skew([1, 2, 3, 10], bias=False)
    const fit = fitModel(
      [1, 2, 3, 10].map((y) => ({ x: 5, tag: null, y })),
      { usesX: false, tags: [], penalty: 1, tagColumns: 1 },
    );
    expect(fit).toMatchObject({ parameters: [4], df: 3 });
    expect(fit.variance).toBeCloseTo(16.666666666666668, 12);
    expect(fit.skew).toBeCloseTo(1.763632614803888, 12);
  });
});
