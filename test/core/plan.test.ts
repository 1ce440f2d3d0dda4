import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTrials, type Grid, Planner } from '../../src/core/plan.ts';
import type { Prompt } from '../../src/core/prompt.ts';
import { columnText, type Row } from '../../src/core/row.ts';
import { judgeTrialId, type Trial, trialDigest } from '../../src/core/trial.ts';
import { buildVariants } from '../../src/core/variant.ts';
import { counter, prompt, row, rowWithId, variant } from './parts.ts';

const GRID: Grid = {
  variants: buildVariants({
    prompts: [prompt('p1'), prompt('p2', ({ vars }) => `Answer: ${columnText(vars['q'])}`)],
    models: ['gptunnel', 'openai'].map((provider) => {
      return { ref: { provider, model: 'gpt-4o' }, temperatures: [0, null], params: { max_tokens: 5 } };
    }),
    exclude: [],
    include: [],
  }),
  repeats: 2,
};

function plan(rows: readonly Row[], grid: Grid = GRID): readonly Trial[] {
  const planner = new Planner(grid, counter());
  return rows.flatMap((each) => planner.trials(each));
}

function ids(rows: readonly Row[], grid: Grid = GRID): readonly string[] {
  return plan(rows, grid).map(({ id }) => id);
}

/** Rows by their position, as a dataset gives them. */
function dataset(questions: readonly string[]): readonly Row[] {
  return questions.map((q, index) => row({ q }, index + 1));
}

function datasetWithIds(questions: readonly string[]): readonly Row[] {
  return questions.map((q, index) => rowWithId(`id ${index}`, { q }, index + 1));
}

// Few different questions, so that rows are often the same.
const questions = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { minLength: 1, maxLength: 12 });

/** A list and the same list in another order. */
const shuffled = questions.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
);

/** The same grid, its variants under a label. */
function labelled(label: string): Grid {
  return { ...GRID, variants: GRID.variants.map((own) => ({ ...own, label })) };
}

describe('the plan of a grid', () => {
  it('has rows × variants × repeats trials, each with a unique id', () => {
    fc.assert(
      fc.property(questions, fc.boolean(), (list, withIds) => {
        const rows = withIds ? datasetWithIds(list) : dataset(list);
        const all = ids(rows);
        expect(all).toHaveLength(list.length * 8 * 2);
        expect(countTrials(GRID, list.length)).toBe(all.length);
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  it('has other ids for a model under another label, and the same ones without any', () => {
    const [none, one, other] = [GRID, labelled('a'), labelled('b')].map((grid) => ids(dataset(['q']), grid));
    expect(new Set([...(none ?? []), ...(one ?? []), ...(other ?? [])]).size).toBe(3 * 16);
  });

  it('goes by row, then prompt, model, temperature and repeat', () => {
    const places = plan(dataset(['a', 'b'])).map(
      ({ row: { id }, variant: { prompt: p, model, temperature }, repeat }) =>
        [id, p.name, model.provider, temperature ?? 'default', repeat].join(' '),
    );
    expect(places.slice(0, 8)).toEqual([
      '1 p1 gptunnel 0 1',
      '1 p1 gptunnel 0 2',
      '1 p1 gptunnel default 1',
      '1 p1 gptunnel default 2',
      '1 p1 openai 0 1',
      '1 p1 openai 0 2',
      '1 p1 openai default 1',
      '1 p1 openai default 2',
    ]);
    expect(places[8]).toBe('1 p2 gptunnel 0 1');
    expect(places[16]).toBe('2 p1 gptunnel 0 1');
    expect(places.at(-1)).toBe('2 p2 openai default 2');
  });

  it('numbers its variants in that order', () => {
    expect(GRID.variants.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(GRID.variants.every(({ params }) => params['max_tokens'] === 5)).toBe(true);
  });

  it('renders each prompt once for a row, and carries the messages', () => {
    let rendered = 0;
    const counting: Prompt = {
      ...prompt(),
      render: ({ vars }) => {
        rendered += 1;
        return [{ role: 'user', content: columnText(vars['q']) }];
      },
    };
    const variants = [0, 0.5, 1].map((temperature, index) => variant({ index, prompt: counting, temperature }));
    const trials = plan(dataset(['a', 'b']), { variants, repeats: 4 });
    expect(rendered).toBe(2);
    expect(trials.map(({ messages }) => messages[0]?.['content'])).toEqual([
      ...Array.from({ length: 12 }, () => 'a'),
      ...Array.from({ length: 12 }, () => 'b'),
    ]);
  });
});

describe('the ids of trials', () => {
  it('are the letter t and 20 hexadecimal digits, only the digits in runs of the first format', () => {
    const now = ids(dataset(['a']));
    expect(now.every((id) => /^t[0-9a-f]{20}$/.test(id))).toBe(true);
    const before = ids(dataset(['a']), { ...GRID, hasPlainIds: true });
    expect(before).toEqual(now.map((id) => id.slice(1)));
    expect(before.map(trialDigest)).toEqual(now.map(trialDigest));
  });

  it('of requests to judges have the form of the judged trial, and the same digest in both formats', () => {
    const place = { variant: variant(), messagesDigest: 'a'.repeat(20) };
    const plain = judgeTrialId({ ...place, trialId: '0'.repeat(20) });
    expect(plain).toMatch(/^[0-9a-f]{20}$/);
    expect(judgeTrialId({ ...place, trialId: `t${'0'.repeat(20)}` })).toBe(`t${plain}`);
  });

  it('are the same at every reading, in every version, because runs are resumed by them', () => {
    expect(ids([rowWithId('q1', { q: 'Capital of France?' })], { variants: [variant()], repeats: 1 })).toEqual([
      'tfb776c7bb702814a5b7a',
    ]);
    fc.assert(
      fc.property(questions, (list) => {
        expect(ids(dataset(list))).toEqual(ids(dataset(list)));
      }),
    );
  });

  it('are the same set whatever the order of rows without ids, including equal rows', () => {
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect([...ids(dataset(other))].sort()).toEqual([...ids(dataset(list))].sort());
      }),
    );
  });

  it('follow their rows if rows with ids are reordered', () => {
    fc.assert(
      fc.property(questions, (list) => {
        const rows = datasetWithIds(list);
        const there = new Map(rows.map((each) => [each.id, ids([each])]));
        const backwards = plan([...rows].reverse());
        for (const { id } of rows) {
          const found = backwards.filter((trial) => trial.row.id === id).map((trial) => trial.id);
          expect(found).toEqual(there.get(id));
        }
      }),
    );
  });

  it('stay if rows are inserted, and only new ones are added', () => {
    fc.assert(
      fc.property(questions, questions, fc.nat({ max: 12 }), (list, added, at) => {
        const before = ids(dataset(list));
        const after = ids(dataset([...list.slice(0, at), ...added, ...list.slice(at)]));
        expect(before.filter((id) => !after.includes(id))).toEqual([]);
        expect(after.length - before.length).toBe(added.length * 16);
      }),
    );
  });

  it('stay if other rows are removed', () => {
    fc.assert(
      fc.property(questions, fc.nat({ max: 11 }), (list, at) => {
        const before = new Set(ids(dataset(list)));
        const after = ids(dataset(list.toSpliced(at, 1)));
        expect(after.every((id) => before.has(id))).toBe(true);
      }),
    );
  });

  it('distinguish equal rows by their earlier occurrences', () => {
    const [first, second, third] = [0, 1, 2].map((index) =>
      ids(dataset(['a', 'a', 'a'])).slice(index * 16, index * 16 + 16),
    );
    expect(first).toEqual(ids(dataset(['a'])));
    expect(second).not.toEqual(first);
    expect(third).not.toEqual(second);
  });

  it('do not change with columns that the prompt does not use', () => {
    const [short, long] = [row({ q: 'a' }), row({ q: 'a', expected: 'b' })];
    expect(ids([long])).toEqual(ids([short]));
  });

  it('distinguish a row with an id from one without', () => {
    expect(ids([rowWithId('1', { q: 'a' })])).not.toEqual(ids([row({ q: 'a' })]));
  });

  const base = variant();
  it.each([
    ['the prompt has another name', variant({ prompt: prompt('p2') })],
    ['the prompt says something else', variant({ prompt: prompt('p1', () => 'else') })],
    ['the model is another', variant({ model: { provider: 'gptunnel', model: 'gpt-4o-mini' } })],
    ['the provider is another', variant({ model: { provider: 'openai', model: 'gpt-4o' } })],
    ['the temperature is another', variant({ temperature: 0.1 })],
    ['the temperature is left to the provider', variant({ temperature: null })],
    ['a request field is added', variant({ params: { seed: 7 } })],
  ])('change when %s', (_what, other) => {
    const grids = [base, other].map((each) => ({ variants: [each], repeats: 1 }));
    const [was, is] = grids.map((grid) => ids([row({ q: 'a' })], grid));
    expect(is).not.toEqual(was);
  });

  it('change with the repeat, and the first ones stay if there are more repeats', () => {
    const [once, thrice] = [1, 3].map((repeats) => ids([row({ q: 'a' })], { variants: [base], repeats }));
    expect(thrice?.slice(0, 1)).toEqual(once);
    expect(new Set(thrice).size).toBe(3);
  });

  it('change with the row id', () => {
    expect(ids([rowWithId('x', { q: 'a' })])).not.toEqual(ids([rowWithId('y', { q: 'a' })]));
  });

  it('do not change with the order of request fields or the place in the grid', () => {
    const one = variant({ index: 0, params: { a: 1, b: 2 } });
    const two = variant({ index: 5, params: { b: 2, a: 1 } });
    const rows = [row({ q: 'a' })];
    expect(ids(rows, { variants: [two], repeats: 1 })).toEqual(ids(rows, { variants: [one], repeats: 1 }));
  });
});
