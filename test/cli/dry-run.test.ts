import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run'];
const MISSING = 'no key for gptunnel: the environment variable GPTUNNEL_API_KEY is not set';

const PROMPTS = 'prompt: {a: "A {{ question }}", b: "B {{ question }}"}\n';

/** Settings, what they come to, and the first message. */
const GRIDS = [
  [
    'include adds a temperature and a model',
    `${PROMPTS}model: [gpt-4o, gpt-4o-mini]
temperature: [0, 0.5]
exclude: [{prompt: b, temperature: 0.5}]
include: [{model: gpt-4o, prompt: a, temperature: 1}, {model: deepseek-chat}]
`,
    {
      prompts: ['a', 'b'],
      models: ['gptunnel/gpt-4o', 'gptunnel/gpt-4o-mini', 'gptunnel/deepseek-chat'],
      temperatures: [0, 0.5, 1, null],
      variants: 9,
    },
    'A Why?',
  ],
  [
    'exclude leaves out a prompt, a model and a temperature',
    `${PROMPTS}model: [gpt-4o, gpt-4o-mini]
temperature: [0, 0.5, 1]
exclude: [{prompt: a}, {model: gpt-4o}, {temperature: 1}]
`,
    { prompts: ['b'], models: ['gptunnel/gpt-4o-mini'], temperatures: [0, 0.5], variants: 2 },
    'B Why?',
  ],
  [
    'models and --set have temperatures of their own',
    `prompt: "A {{ question }}"
model: [gpt-4o, {id: gpt-4o-mini, temperature: [0.25, null]}, deepseek-chat]
temperature: 0.5
set: {deepseek-chat.temperature: 0.75}
`,
    {
      prompts: ['p1'],
      models: ['gptunnel/gpt-4o', 'gptunnel/gpt-4o-mini', 'gptunnel/deepseek-chat'],
      temperatures: [0.5, 0.25, null, 0.75],
      variants: 4,
    },
    'A Why?',
  ],
] as const;

describe.concurrent('run --dry-run', () => {
  it('needs no key, and says that the run does', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\na,Say hello\n');
    const { stdout, stderr } = await desk.pass([...RUN, '--dry-run']);
    expect(stdout).toContain('nothing was called\n');
    expect(stderr).toBe(`warning: ${MISSING}, and a run needs it\n`);
    const run = await desk.run(RUN);
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(`error ${MISSING}\n`)]);
  });

  it('shows the plan that import speaks of, in its folder and without a key', async ({ desk }) => {
    const config = 'prompts: ["Say {{word}}"]\nproviders: [openai:gpt-4o]\ntests: [{vars: {word: hello}}]\n';
    await desk.write('promptfooconfig.yaml', config);
    const { stdout } = await desk.pass(['import', 'promptfooconfig.yaml']);
    expect(stdout).toContain('see the plan with: npx promptgrid run --dry-run\n');
    expect((await desk.pass(['run', '--dry-run'])).stdout).toContain('Say hello');
  });

  it.for(GRIDS)('shows the prompts, models and temperatures that the run asks: %s', async (given, { desk }) => {
    const [, settings, shown, first] = given;
    await desk.write('rows.csv', 'id,question\n1,Why?\n');
    await desk.write('promptgrid.yaml', `dataset: rows.csv\nsimulate: true\ncache: false\n${settings}`);
    const { stdout } = await desk.pass(['run', '--dry-run', '--json']);
    const plan = parseObject(stdout);
    expect(plan).toMatchObject({ ...shown, firstMessages: [{ content: first }] });
    await desk.pass(['run', '--out', 'run']);
    const lines = await csvResults(desk, 'run');
    const asked = (column: string): readonly string[] => [...new Set(lines.map((line) => line[column] ?? ''))];
    expect(asked('prompt')).toEqual(shown.prompts);
    expect(asked('model').map((model) => `gptunnel/${model}`)).toEqual(shown.models);
    expect(asked('temperature')).toEqual(shown.temperatures.map((value) => String(value ?? '')));
    expect(lines).toHaveLength(shown.variants);
    const text = (await desk.pass(['run', '--dry-run'])).stdout;
    expect(text).toContain(
      `prompts       ${shown.prompts.join(', ')}\nmodels        ${shown.models.join(', ')}\ntemperatures  ${shown.temperatures.map((value) => value ?? 'default').join(', ')}\n`,
    );
  });
});
