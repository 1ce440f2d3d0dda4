import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importPromptfoo } from '../../../src/app/import/index.ts';
import { jsonLines } from '../../support/results.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-import-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function imported(config: string, files: Readonly<Record<string, string>> = {}, allowCode = false) {
  for (const [name, text] of Object.entries({ ...files, 'c.yaml': config })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const out = join(folder, 'out');
  const made = await importPromptfoo({ file: join(folder, 'c.yaml'), out, overwrite: true, allowCode });
  const read = async (name: string): Promise<string> => readFile(join(out, name), 'utf8');
  return {
    lost: made.unknown.map(({ why, count }) => `${count} ${why}`),
    changed: made.changed.map(({ why, count }) => `${count} ${why}`),
    settings: parse(await read('promptgrid.yaml')),
    rows: jsonLines(await read('tests.jsonl')),
    files: await readdir(out, { recursive: true }),
    read,
  };
}

const MODEL = 'providers: [openai:gpt-4o]\n';

describe('prompts of a configuration', () => {
  it('keep their labels as names', async () => {
    const { settings, read } = await imported(
      `${MODEL}prompts: [{raw: 'Say {{ a | upper }}', label: loud}, 'Say {{a}}', {id: 'file://p.txt', label: From a file}]`,
      { 'p.txt': 'File {{a}}' },
    );
    expect(settings.prompt).toEqual({ loud: 'Say {{ a | upcase }}', p2: 'Say {{a}}' });
    expect(settings.promptFile).toEqual(['prompts/From a file.txt']);
    expect(await read('prompts/From a file.txt')).toBe('File {{a}}');
  });

  it('are read from all files of a pattern, and from Python that only fills a text in', async () => {
    const { settings, changed, lost } = await imported(
      `${MODEL}prompts: ['file://p/*.txt', 'p.py:one', 'p.py:two', 'p.js:x']`,
      {
        'p/b.txt': 'B',
        'p/a.txt': 'A {{x}}',
        'p.py': 'def one(x):\n    return f"One {x}"\n\ndef two(x):\n    return f"{x.upper()}"\n',
      },
    );
    expect(settings.promptFile).toEqual(['prompts/a.txt', 'prompts/b.txt', 'prompts/one.txt']);
    expect(changed).toEqual(['1 a Python prompt gets the columns that its parameters name; promptfoo gives it a dict']);
    expect(lost).toEqual(['2 a prompt that code makes; only Python functions that return one text are read']);
  });

  it('of messages are translated text by text', async () => {
    const { read, lost } = await imported(`${MODEL}prompts: ['file://c.json', 'file://broken.json']`, {
      'c.json': '[{"role": "user", "content": "Say {{ a | trim }}"}]',
      'broken.json': '[{% for m in list %}{"role": "user"}{% endfor %}]',
    });
    expect(JSON.parse(await read('prompts/c.json'))).toEqual([{ role: 'user', content: 'Say {{ a | strip }}' }]);
    expect(lost).toEqual(['1 a file of prompts that is not text or messages, or cannot be read']);
  });
});

describe('tests of a configuration', () => {
  it('have variables of files, and variables within variables', async () => {
    const { rows, lost } = await imported(
      `${MODEL}prompts: ['{{a}}']
defaultTest: {vars: {hi: 'Hello {{name}}'}, metadata: {team: x}}
tests:
  - vars: {name: Ann, a: 'file://a.txt', b: 'file://b.yaml', c: 'file://c.py'}
  - vars: 'file://v.yaml'
    metadata: {n: 1}`,
      { 'a.txt': ' text \n', 'b.yaml': 'x: 1', 'v.yaml': 'name: Bob\na: [1, 2]' },
    );
    expect(rows).toEqual([
      { hi: 'Hello Ann', name: 'Ann', a: 'text', b: '{"x":1}', c: 'file://c.py', '__metadata:team': 'x' },
      { hi: 'Hello Bob', name: 'Bob', a: 1, '__metadata:team': 'x', '__metadata:n': 1 },
      { hi: 'Hello Bob', name: 'Bob', a: 2, '__metadata:team': 'x', '__metadata:n': 1 },
    ]);
    expect(lost).toEqual(['1 the file of a variable, which is code or cannot be read: its name is the text']);
  });

  it('are those of scenarios with each of their variables', async () => {
    const { rows } = await imported(`${MODEL}prompts: ['{{a}} {{b}}']
scenarios:
  - config: [{vars: {a: 1}}, {vars: {a: 2}, assert: [{type: equals, value: x}]}]
    tests: [{vars: {b: 3}}, {vars: {b: 4}}]`);
    expect(rows).toEqual([
      { a: 1, b: 3 },
      { a: 1, b: 4 },
      { a: 2, b: 3, __expected1: 'equals:x' },
      { a: 2, b: 4, __expected1: 'equals:x' },
    ]);
  });

  it('have weights, parts of answers, sets and references', async () => {
    const { rows, lost } = await imported(
      `${MODEL}prompts: [hi]
assertionTemplates: {polite: {type: not-contains, value: damn, weight: 3}}
defaultTest: {options: {transform: 'JSON.parse(output)'}}
tests:
  - assert:
      - $ref: '#/assertionTemplates/polite'
      - {type: equals, value: Oslo, transform: output.city.name}
      - {type: assert-set, assert: [{type: contains, value: a}, {type: contains, value: b}]}
      - {type: assert-set, threshold: 0.5, assert: [{type: contains, value: c}]}
      - {type: contains, value: x, transform: output.map(x => x)}
      - {type: is-json, value: file://schema.json}`,
      { 'schema.json': '{"type": "object"}' },
    );
    expect(rows).toEqual([
      {
        __expected1: 'not-contains:damn',
        __weight1: 3,
        __expected2: 'equals:Oslo',
        __extract2: 'json:city.name',
        __expected3: 'contains:a',
        __expected4: 'contains:b',
        __expected5: 'is-json:{"type":"object"}',
      },
    ]);
    expect(lost).toEqual([
      '1 a set of assertions with a threshold of its own',
      '1 an assertion of which a transform is more than a part of the answer',
    ]);
  });

  it('of a table have thresholds of their own, and code with --allow-code', async () => {
    const csv =
      'q,__expected,__config:__expected:threshold,__expected2,__prefix\na,rouge-n: {{q}} b,0.5,"javascript:output === \'{{q}}\'",x\n';
    const { rows, lost, read, settings } = await imported(
      `${MODEL}prompts: ['{{q}}']\ntests: t.csv`,
      { 't.csv': csv },
      true,
    );
    expect(rows).toEqual([{ q: 'a', __expected1: 'rouge-n(0.5): a b', __code: 'a1', __has_code: 'yes' }]);
    expect(lost).toEqual(['1 a test with "__prefix"']);
    expect(await read('modules/assertions.mjs')).toContain("return output === 'a';");
    expect(settings.score).toEqual([
      { type: 'module', path: './modules/assertions.mjs', name: 'code', when: { column: '__has_code', equals: 'yes' } },
    ]);
  });
});

describe('what judges', () => {
  it('is the provider that the configuration names', async () => {
    const { settings, changed } = await imported(`${MODEL}prompts: [hi]
defaultTest: {options: {provider: {text: 'anthropic:messages:claude-opus-4-8'}}}
tests: [{assert: [{type: llm-rubric, value: is polite}]}]`);
    expect(settings.judgeModel).toBe('anthropic/claude-opus-4-8');
    expect(changed).toEqual([]);
  });

  it('is the first model without one, which is said', async () => {
    const { settings, changed } = await imported(`${MODEL}prompts: [hi]
tests: [{assert: [{type: llm-rubric, value: is polite}]}]`);
    expect(settings.judgeModel).toBe('openai/gpt-4o');
    expect(changed).toEqual(['1 no judge is named: the first model judges; see judgeModel']);
  });
});

describe('what is left out', () => {
  it('is a note a kind with a count', async () => {
    const tests = ['a', 'b', 'c'].map(
      (value) => `  - {assert: [{type: javascript, value: ${value}}, {type: pi, value: x}]}\n`,
    );
    const { lost } = await imported(
      `${MODEL}prompts: [hi]\nfoo: 1\nbar: 1\noutputPath: x.csv\ntests:\n${tests.join('')}`,
    );
    expect(lost).toEqual([
      '1 promptgrid has nothing for "foo"',
      '1 promptgrid has nothing for "bar"',
      '3 code, which is taken over with --allow-code only',
      '3 the assertion "pi" asks a model, which promptgrid cannot score in a row',
    ]);
  });
});
