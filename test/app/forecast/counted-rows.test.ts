import { describe, expect } from 'vitest';
import { type CountedRows, countRows } from '../../../src/app/forecast/counted-rows.ts';
import { type Plan, planRows } from '../../../src/app/plan/plan-stream.ts';
import type { Prompt } from '../../../src/core/prompt.ts';
import { columnText, type Row } from '../../../src/core/row.ts';
import { buildVariants, type Variant } from '../../../src/core/variant.ts';
import { loadTokenCounter } from '../../../src/pricing/token-counter.ts';
import { prompt } from '../../core/parts.ts';
import { type Desk, it } from '../../support/cli.ts';

interface Asked {
  readonly rows: number;
  readonly models?: readonly string[];
  readonly prompts?: readonly Prompt[];
  readonly text?: (index: number) => string;
}

async function planOf(
  desk: Desk,
  { rows, models = ['gpt-4o'], prompts = [prompt()], text = lengthened }: Asked,
): Promise<Plan> {
  const lines = Array.from({ length: rows }, (_, index) => `${text(index)},${['a', 'b', 'c'][index % 3]},${index}\n`);
  const name = await desk.write('rows.csv', `q,tag,number\n${lines.join('')}`);
  const refs = models.map((model) => ({ provider: 'gptunnel', model }));
  return {
    dataset: {
      path: desk.path(name),
      name,
      format: 'csv',
      encoding: 'utf-8',
      delimiter: null,
      more: [],
      given: [],
      sheet: null,
      idColumn: null,
      messagesColumn: null,
      shape: null,
    },
    rows,
    selection: { filter: [], onlyFailed: null, failed: null, limit: null, sample: null, seed: 1 },
    grid: {
      repeats: 1,
      variants: buildVariants({
        prompts,
        models: refs.map((ref) => ({ ref, temperatures: [0, 1], params: {} })),
        exclude: [],
        include: [],
      }),
    },
  };
}

function lengthened(index: number): string {
  return `word${' word'.repeat(index % 50)}`;
}

const ALL = { most: null, isDone: () => false, expectedColumn: 'expected' };

function variantOf({ grid }: Plan, index = 0): Variant {
  const variant = grid.variants[index];
  if (variant === undefined) throw new RangeError('no such variant');
  return variant;
}

function sumOf(counted: CountedRows, variant: Variant): number {
  return counted.lengthsOf(variant).reduce((sum, length) => sum + length, 0);
}

describe('counted rows', () => {
  it('have each row’s prompt tokens as the model counts them', async ({ desk }) => {
    const plan = await planOf(desk, {
      rows: 60,
      models: ['gpt-4o', 'gpt-3.5-turbo'],
      text: (index) => `Слово № ${index}`,
    });
    const counted = await countRows(plan, ALL);
    expect(counted).toMatchObject({ rows: 60, counted: 60 });
    for (const [model, place] of [
      ['gpt-4o', 0],
      ['gpt-3.5-turbo', 2],
    ] as const) {
      const { countPrompt } = await loadTokenCounter(model);
      const variant = variantOf(plan, place);
      expect(variant.model.model).toBe(model);
      const alone = Array.from({ length: 60 }, (_, index) =>
        countPrompt([{ role: 'user', content: `Слово № ${index}` }], {}),
      );
      expect(counted.lengthsOf(variant)).toEqual(alone);
      expect(counted.countOf(variant).tokens).toBe(sumOf(counted, variant));
    }
  });

  it('are counted once per prompt and encoding, however many variants share them', async ({ desk }) => {
    const models = ['gpt-4o', 'gpt-4o-mini', 'claude-3-haiku', 'gpt-3.5-turbo'];
    const plan = await planOf(desk, {
      rows: 30,
      models,
      prompts: [prompt('one'), prompt('two', ({ vars }) => `Two: ${columnText(vars['q'])}`)],
    });
    const counted = await countRows(plan, ALL);
    const lengths = new Set(plan.grid.variants.map((variant) => counted.lengthsOf(variant)));
    expect(plan.grid.variants).toHaveLength(16);
    // Two prompts in o200k_base and cl100k_base.
    expect(lengths.size).toBe(4);
    for (const each of lengths) expect(each).toHaveLength(30);
  });

  it('render each row once per prompt', async ({ desk }) => {
    let rendered = 0;
    const counting = (row: Row): string => {
      rendered += 1;
      return columnText(row.vars['q']);
    };
    const plan = await planOf(desk, {
      rows: 30,
      models: ['gpt-4o', 'gpt-3.5-turbo'],
      prompts: [prompt('one', counting)],
    });
    await countRows(plan, ALL);
    expect(rendered).toBe(30);
  });

  it('are a random sample on request, with their places', async ({ desk }) => {
    const plan = await planOf(desk, { rows: 1000 });
    const all = await countRows(plan, ALL);
    const sampled = await countRows(plan, { ...ALL, most: 200 });
    expect(sampled).toMatchObject({ rows: 1000, counted: 200 });
    expect(sampled.ordinals).toEqual([...new Set(sampled.ordinals)].sort((a, b) => a - b));
    const variant = variantOf(plan);
    const everyone = all.lengthsOf(variant);
    expect(sampled.lengthsOf(variant)).toEqual(sampled.ordinals.map((ordinal) => everyone[ordinal]));
    expect((await countRows(plan, { ...ALL, most: 200 })).ordinals).toEqual(sampled.ordinals);
    // Lengths go from 0 to 49 evenly: four standard errors of the mean of 200 are four tokens.
    expect(Math.abs(sumOf(sampled, variant) / 200 - sumOf(all, variant) / 1000)).toBeLessThan(4.1);
  });

  it('include those with a result, whatever the sample', async ({ desk }) => {
    const plan = await planOf(desk, { rows: 1000 });
    const done = new Set<string>();
    for await (const { trials } of planRows({ ...plan, chosen: new Set([0, 1, 999]) })) {
      for (const { id } of trials) done.add(id);
    }
    const counted = await countRows(plan, { ...ALL, most: 10, isDone: ({ id }) => done.has(id) });
    expect(counted.ordinals.filter((ordinal) => [0, 1, 999].includes(ordinal))).toEqual([0, 1, 999]);
    expect(counted.counted).toBeLessThanOrEqual(13);
  });

  it('find the columns with only a few distinct values', async ({ desk }) => {
    const { tagColumns } = await countRows(await planOf(desk, { rows: 60 }), ALL);
    expect(tagColumns.map(({ name, tags }) => [name, tags.slice(0, 4)])).toEqual([['tag', ['a', 'b', 'c', 'a']]]);
  });

  it('sum up the tokens of expected answers, and are null if there are none', async ({ desk }) => {
    const plan = await planOf(desk, { rows: 9 });
    expect((await countRows(plan, ALL)).expectedTokens).toBeNull();
    expect((await countRows(plan, { ...ALL, expectedColumn: 'tag' })).expectedTokens).toBe(9);
  });
});
