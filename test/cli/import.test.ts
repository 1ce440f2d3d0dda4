import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import type { Desk, Ended } from '../support/cli.ts';
import { it, runInProcess } from '../support/in-process.ts';
import { csvResults, jsonLines, parseObject } from '../support/results.ts';

/**
 * A configuration with 19 kinds of assertion; each test's description has the result from promptfoo's documentation.
 */
const CONFIG = String.raw`
description: capitals
prompts:
  - 'Q: {{question}}'
  - file://prompts/chat.json
  - '{% if formal %}Please: {% endif %}{{question}}'
providers:
  - openai:gpt-4o-mini
  - id: openai:chat:gpt-4o
    label: big
    config: {apiKeyEnvar: MY_KEY, temperature: 0}
  - anthropic:messages:claude-sonnet-4-6
evaluateOptions: {maxConcurrency: 2, showProgressBar: false}
defaultTest:
  vars: {tone: plain}
  assert:
    - type: cost
      threshold: 1000
tests:
  - description: all hold
    vars: {question: France, city: Paris}
    assert:
      - {type: equals, value: 'Paris, 75000 souls {"a":1}'}
      - {type: contains, value: '{{city}}'}
      - {type: icontains, value: PARIS}
      - {type: contains-any, value: ['1,000', '75000']}
      - {type: contains-all, value: [Paris, souls]}
      - {type: icontains-any, value: [ROME, paris]}
      - {type: icontains-all, value: [SOULS, paris]}
      - {type: starts-with, value: Paris}
      - {type: regex, value: '\d{5}'}
      - {type: contains-json, value: {type: object, required: [a]}}
      - {type: levenshtein, threshold: 1, value: 'paris, 75000 souls {"a":1}'}
      - {type: rouge-n, value: 'paris 75000 souls'}
      - {type: latency, threshold: 60000}
      - {type: word-count, value: {min: 2, max: 10}}
      - {type: finish-reason, value: stop}
      - {type: not-contains, value: Rome}
      - {type: not-is-refusal}
      - {type: llm-rubric, value: is polite}
      - {type: javascript, value: output.length > 3}
  - description: one of two is enough
    vars: {question: Japan}
    threshold: 0.5
    assert:
      - {type: is-json, value: {type: object, required: [city]}}
      - {type: equals, value: {city: Kyoto}}
  - description: JSON is equal whatever the order of its keys; two metrics
    vars: {question: Peru}
    assert:
      - {type: equals, value: {b: 2, a: 1}, metric: shape}
      - {type: contains, value: Lima, metric: fact, weight: 2}
  - file://more.csv
  - file://more.py
`;

const CODED = `
prompts: [{raw: 'Capital of {{country}}?', label: short}]
providers:
  - {id: openai:gpt-4o, label: cold, config: {temperature: 0}}
defaultTest:
  options: {transform: JSON.parse(output)}
  assert: [{type: regex, value: '^[A-Z]', transform: output.city}]
tests:
  - vars: {country: France}
    assert:
      - {type: javascript, value: 'output.city === "Paris"'}
      - {type: javascript, value: 'file://checks/short.cjs', transform: output.city}
  - vars: {country: Japan}
    assert:
      - {type: equals, value: Tokyo, transform: output.city}
      - {type: not-contains, value: Osaka, weight: 2}
      - {type: javascript, value: 'context.vars.country.length > 9'}
      - {type: javascript, value: 'file://checks/short.cjs', transform: output.city}
  - vars: {country: Peru}
`;

const ANSWERS = [
  ['France', 'Paris, 75000 souls {"a":1}'],
  ['Japan', '{"city":"Tokyo"}'],
  ['Peru', '{"a":1,"b":2}'],
  ['Chile', 'Santiago'],
  ['Cuba', 'havana'],
] as const;

const CHAT = '[{"role": "system", "content": "Be {{tone}}."}, {"role": "user", "content": "Q: {{question}}"}]';

/** Runs what was imported, in its folder. */
function runMoved(desk: Desk, words: readonly string[]): Promise<Ended> {
  return runInProcess(['run', ...words], { cwd: desk.path('moved') });
}

describe.concurrent('an imported configuration of promptfoo', () => {
  it('gives the verdicts of its documentation', async ({ desk }) => {
    await desk.write('promptfooconfig.yaml', CONFIG);
    await desk.write('prompts/chat.json', CHAT);
    await desk.write('more.csv', 'question,__expected\nChile,contains: Santiago\nCuba,Havana\n');
    const { stdout } = await desk.pass(['import', 'promptfooconfig.yaml', '--out', 'moved', '--json']);
    expect(parseObject(stdout)).toMatchObject({
      files: ['moved/promptgrid.yaml', 'moved/tests.jsonl', 'moved/prompts/chat.json'],
      rows: 5,
      models: ['openai/gpt-4o-mini', 'openai-2/gpt-4o', 'anthropic/claude-sonnet-4-6'],
    });
    const verdict = { model: 'gpt-4o-mini', contains: 'is polite', output: '{"score": 1, "reason": "polite"}' };
    await desk.write('moved/answers.jsonl', [...ANSWERS.map(scripted), JSON.stringify(verdict)].join('\n'));
    const grid = ['--model', 'openai/gpt-4o', '--prompt', 'Q: {{question}}', '--judge-model', 'openai/gpt-4o-mini'];
    const ended = await runMoved(desk, ['--simulate', 'answers.jsonl', ...grid, '--out', 'run']);
    expect(ended.stderr).not.toContain('error');
    const rows = (await csvResults(desk, 'moved/run')).filter(({ prompt }) => prompt === 'p1');
    expect(rows.map((row) => [row['score.assert'], row['score.fact'], row['score.shape'], row['passed']])).toEqual([
      ['1.0', '', '', 'true'],
      [String(2 / 3), '', '', 'true'],
      ['1.0', '0.0', '1.0', 'false'],
      ['1.0', '', '', 'true'],
      ['0.5', '', '', 'false'],
    ]);
  });

  it('judges with its code, weights, transforms and labels', async ({ desk }) => {
    await desk.write('c.yaml', CODED);
    await desk.write('checks/short.cjs', 'module.exports = (output) => output.length < 40;');
    const { stderr } = await desk.pass(['import', 'c.yaml', '--out', 'moved', '--allow-code']);
    expect(stderr).toBe('');
    const said = [
      ['France', '{"city": "Paris"}'],
      ['Japan', '{"city": "Kyoto"}'],
      ['Peru', 'It is not known to me what the capital of Peru is'],
    ];
    const answers = said.map(([country, output]) =>
      JSON.stringify({ prompt: `Capital of ${country}?`, model: 'gpt-4o', output }),
    );
    await desk.write('moved/answers.jsonl', answers.join('\n'));
    const ended = await runMoved(desk, ['--simulate', 'answers.jsonl', '--out', 'run']);
    expect(ended.stderr).not.toContain('error');
    const rows = await csvResults(desk, 'moved/run');
    expect(
      rows.map((row) => [row['label'], row['prompt'], row['score.assert'], row['score.code'], row['passed']]),
    ).toEqual([
      ['cold', 'short', '1.0', '1.0', 'true'],
      ['cold', 'short', '0.75', '0.5', 'false'],
      ['cold', 'short', '0.0', '', 'false'],
    ]);
  });

  it('is reported by name if parts of it are not imported', async ({ desk }) => {
    await desk.write('promptfooconfig.yaml', CONFIG);
    await desk.write('more.csv', 'question,__expected\nChile,similar(0.8):Santiago\n');
    const { stderr } = await desk.pass(['import', 'promptfooconfig.yaml']);
    expect(stderr.split('\n').map((line) => line.split(': ')[1])).toEqual([
      'prompts[1]',
      'tests[4]',
      'tests[0].assert[18]',
      'tests[0].assert[17]',
      'tests[3]',
      undefined,
    ]);
  });

  it.for([
    ['', 'openai/text-embedding-3-large', 'no embeddings of OpenAI are named'],
    ['defaultTest: {options: {provider: {embedding: {id: "openai:embedding:small"}}}}', 'openai/small', ''],
  ] as const)('names the model that compares meanings, with %j', async ([given, model, note], { desk }) => {
    const tests = 'tests: [{assert: [{type: similar, value: Paris}]}]';
    await desk.write('config.yaml', `prompts: [Hi]\nproviders: ["openai:gpt-4o"]\n${given}\n${tests}\n`);
    const { stderr } = await desk.pass(['import', 'config.yaml', '--out', 'moved']);
    expect(await desk.read('moved/promptgrid.yaml')).toContain(`embeddingModel: ${model}\n`);
    expect(stderr).toContain(note);
    expect(stderr === '').toBe(note === '');
  });

  it('becomes keys of promptgrid.yaml and rows', async ({ desk }) => {
    await desk.write(
      'config.yaml',
      [
        'prompts: ["{{a}} {{b}}", "file://two.txt"]',
        `providers: [${providerText('openai:gpt-4o')}, ${providerText('openrouter:meta/llama-3')}]`,
        'tests: [{vars: {a: [x, y]}, assert: [{type: equals, value: "{{a}}"}]}]',
        'evaluateOptions: {maxConcurrency: 2, repeat: 3}',
      ].join('\n'),
    );
    await desk.write('two.txt', 'One {{a}}\n---\nTwo {{b}}\n');
    const { stderr } = await desk.pass(['import', 'config.yaml', '--out', 'moved']);
    expect(stderr).toBe('');
    expect(parse(await desk.read('moved/promptgrid.yaml'))).toEqual({
      dataset: 'tests.jsonl',
      prompt: ['{{a}} {{b}}'],
      promptFile: ['prompts/two.txt', 'prompts/two-2.txt'],
      model: ['openai/gpt-4o', 'openrouter/meta/llama-3'],
      temperature: [0.5],
      maxTokens: 9,
      param: { seed: 1 },
      concurrency: 2,
      repeat: 3,
    });
    expect(jsonLines(await desk.read('moved/tests.jsonl'))).toEqual([
      { a: 'x', __expected1: 'equals:x', b: '' },
      { a: 'y', __expected1: 'equals:y', b: '' },
    ]);
    const { stdout } = await runMoved(desk, ['--dry-run', '--simulate']);
    expect(stdout).toContain('nothing was called');
  });

  it('replaces no file unless requested', async ({ desk }) => {
    await desk.write('c.yaml', 'prompts: [hi]\nproviders: [openai:gpt-4o]\n');
    await desk.write('promptgrid.yaml', 'mine');
    const refused = await desk.run(['import', 'c.yaml']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('promptgrid.yaml is there already');
    expect(await desk.read('promptgrid.yaml')).toBe('mine');
    expect(await desk.list()).toEqual(['c.yaml', 'promptgrid.yaml']);
    await desk.pass(['import', 'c.yaml', '--overwrite']);
    expect(await desk.read('promptgrid.yaml')).toContain('gpt-4o');
  });

  it.for([
    ['prompts: [hi]\nproviders: [bedrock:x]', 'there is no provider that promptgrid can use'],
    ['prompts: ["file://p.py"]\nproviders: [openai:gpt-4o]', 'there is no prompt that promptgrid can use'],
    ['prompts: [hi]\nproviders: [openai:gpt-4o]\ntests: file://t.py', 'there is no test that promptgrid can use'],
    ['prompts: [hi', 'c.yaml:1: '],
    ['- a', 'c.yaml: holds no keys'],
  ])('is refused if nothing can be made of it: %j', async ([text = '', message], { desk }) => {
    await desk.write('c.yaml', text);
    const ended = await desk.run(['import', 'c.yaml']);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(message);
    expect(await desk.list()).toEqual(['c.yaml']);
  });
});

function scripted([country, output]: readonly [string, string]): string {
  return JSON.stringify({ model: 'gpt-4o', prompt: `Q: ${country}`, output });
}

function providerText(id: string): string {
  return `{id: "${id}", config: {temperature: 0.5, max_tokens: 9, seed: 1}}`;
}
