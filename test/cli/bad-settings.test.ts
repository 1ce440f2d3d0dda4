import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { parseObject, questions } from '../support/results.ts';

interface BadWords {
  readonly words: readonly string[];
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const RUN = ['run', 'rows.csv'];
const ASK = [...RUN, '-m', 'gpt-4o'];

const BAD_WORDS: readonly BadWords[] = [
  { words: [...ASK, '-t', '1.5'], message: /--temperature 1\.5.*gptunnel/, hint: /from 0 to 1/ },
  {
    words: [...ASK, '--max-tokens', '0'],
    message: /--max-tokens .*whole number from 1, got "0"/,
    hint: /--max-tokens 10/,
  },
  { words: [...ASK, '--param', 'stop=["a"'], message: /--param stop=\["a": character 5: not JSON/, hint: /quotes/ },
  { words: [...ASK, '--param', 'tools=@gone.json'], message: /--param tools=@gone\.json/, hint: /path/ },
  { words: [...ASK, '--prompt', 'Say {{ prompt'], message: /prompt "p1"/, hint: /\{\{ column \}\}/ },
  { words: [...ASK, '--prompt-file', 'gone.txt'], message: /--prompt-file: gone\.txt/ },
  { words: [...ASK, '--base-url', 'ftp://127.0.0.1/v1'], message: /--base-url.*ftp/, hint: /\/v1/ },
  {
    words: [...ASK, '--base-url', 'http://127.0.0.1:1/v1'],
    message: /http:\/\/127\.0\.0\.1:1\/v1/,
    hint: /--base-url/,
  },
  { words: RUN, message: /no model/, hint: /--model/ },
  { words: ['run', '-m', 'gpt-4o'], message: /no dataset/, hint: /promptgrid run/ },
  { words: [...RUN, '-m', 'gpt-4o-mnii'], message: /"gpt-4o-mnii"/, hint: /did you mean gpt-4o-mini\?/ },
  { words: [...ASK, '--provider', 'gptunel'], message: /"gptunel"/, hint: /did you mean gptunnel\?/ },
  { words: [...RUN, '-m', 'opnai/gpt-4o'], message: /"opnai"/, hint: /did you mean openai\?/ },
  { words: [...ASK, '--score', 'exat'], message: /"exat"/, hint: /did you mean exact\?/ },
  { words: [...ASK, '--temprature', '1'], message: /temprature/, hint: /--help/ },
  { words: [...RUN, '-m'], message: /-m\b|model/ },
  { words: [...ASK, 'more.csv'], message: /more\.csv/ },
  { words: ['rnu', 'rows.csv'], message: /rnu/, hint: /--help/ },
];

/** The words, with the gateway as address unless they name one. */
function against(url: string, words: readonly string[]): readonly string[] {
  return words[0] === 'run' && !words.includes('--base-url') ? [...words, '--base-url', url] : words;
}

describe.concurrent('an invalid command line', () => {
  it.for(BAD_WORDS.map((bad) => [bad.words.join(' '), bad] as const))(
    'is refused in two lines: %s',
    async ([, bad], { desk }) => {
      const { words, message, hint = /./ } = bad;
      const gateway = await desk.gateway();
      await desk.write('rows.csv', questions(2));
      // A flag at the end must stay there: its value is missing.
      const all = words.at(-1) === '-m' ? words : against(gateway.url, words);
      const told = await refused(desk, gateway, all);
      expect(told).toEqual({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
    },
  );

  it('is refused without a key, by the name of its variable', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const told = await refused(desk, gateway, [...ASK, '--base-url', 'http://api.invalid/v1']);
    expect(told).toEqual({
      message: expect.stringContaining('GPTUNNEL_API_KEY'),
      hint: expect.stringMatching(/GPTUNNEL_API_KEY=.*\.env/),
    });
  });

  it('names the variable given with --api-key-env if that is the missing one', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const words = [...ASK, '--base-url', 'http://api.invalid/v1', '--api-key-env', 'TEAM_KEY'];
    expect((await refused(desk, gateway, words)).message).toContain('TEAM_KEY');
  });

  it('says so on stdout too if a JSON document is requested', async ({ desk }) => {
    const gateway = await desk.gateway();
    const { status, stdout, stderr } = await desk.run([
      'run',
      'gone.csv',
      '-m',
      'gpt-4o',
      '--json',
      '--base-url',
      gateway.url,
    ]);
    expect(status).toBe(2);
    expect(stderr.split('\n')).toHaveLength(3);
    expect(parseObject(stdout)).toEqual({
      error: { code: 'E_DATASET', message: 'gone.csv: no such file', hint: expect.any(String) },
    });
  });
});

describe.concurrent('a promptgrid.yaml that cannot be used', () => {
  it.for([
    [
      'an unknown key',
      'model: gpt-4o\ntemprature: 0\n',
      /^promptgrid\.yaml:2: .*"temprature"/,
      /did you mean temperature\?/,
    ],
    [
      'a value of the wrong kind',
      'model: gpt-4o\n\nmaxTokens: many\n',
      /^promptgrid\.yaml:3: maxTokens .*whole number from 1, got "many"/,
      /maxTokens: 10/,
    ],
    ['text that is no YAML', 'model: [gpt-4o\n', /^promptgrid\.yaml:\d+: /, /YAML/],
    ['a list', '- model\n', /^promptgrid\.yaml: /, /key: value/],
    ['an unknown key of a provider', 'providers:\n  custom:\n    baseUlr: x\n', /"baseUlr"/, /did you mean baseUrl\?/],
  ] as const)('is refused with its line: %s', async ([, text, message, hint], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('promptgrid.yaml', text);
    const told = await refused(desk, gateway, [...ASK, '--base-url', gateway.url]);
    expect(told).toEqual({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('is refused by name if --config names a missing one', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const { message } = await refused(desk, gateway, [...ASK, '-c', 'team.yaml', '--base-url', gateway.url]);
    expect(message).toMatch(/^team\.yaml: /);
  });
});

/** Leaves a finished run in the folder `run`. */
async function withRun(desk: Desk): Promise<void> {
  await desk.write('rows.csv', questions(2));
  const other = await desk.gateway();
  await desk.pass([...ASK, '--base-url', other.url, '--out', 'run']);
}

describe.concurrent('a run folder that cannot be used', () => {
  it('is refused if it holds a run with another setting, and keeps that run', async ({ desk }) => {
    await withRun(desk);
    const before = await desk.read('run/results.csv');
    const gateway = await desk.gateway();
    const others = [
      ['models', [...RUN, '-m', 'gpt-4o-mini'], '  model: was gptunnel/gpt-4o, is gptunnel/gpt-4o-mini'],
      ['temperatures', [...ASK, '-t', '0.5'], '  temperature: was the default, is 0.5'],
      ['prompts', [...ASK, '--prompt', 'Say {{ prompt }}'], '  prompt "p1": was not in that run'],
      ['params', [...ASK, '--max-tokens', '5'], '  request field max_tokens: was not set, is 5'],
      ['repeat', [...ASK, '--repeat', '2'], '  repeat: was 1, is 2'],
    ] as const;
    for (const [setting, words, line] of others) {
      const told = await refused(desk, gateway, [...words, '--base-url', gateway.url, '--out', 'run']);
      expect(told.message).toBe(`run: holds a different run: ${setting} changed`);
      expect(told.more).toContain(line);
      expect(told.hint).toMatch(/--out.*--overwrite/);
    }
    expect(await desk.read('run/results.csv')).toBe(before);
  });

  it('is refused if it is a file', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('run', 'mine\n');
    const told = await refused(desk, gateway, [...ASK, '--base-url', gateway.url, '--out', 'run']);
    expect(told).toEqual({ message: expect.stringMatching(/^run: /), hint: expect.stringContaining('--out') });
    expect(await desk.read('run')).toBe('mine\n');
  });

  it('is refused if it holds other results', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('run/results.csv', 'mine\n');
    const { message } = await refused(desk, gateway, [...ASK, '--base-url', gateway.url, '--out', 'run']);
    expect(message).toMatch(/^run: .*results\.csv/);
    expect(await desk.read('run/results.csv')).toBe('mine\n');
  });

  it('is refused if its run.json is damaged', async ({ desk }) => {
    await withRun(desk);
    const gateway = await desk.gateway();
    await desk.write('run/run.json', '{"formatVersion": 1,');
    const { message } = await refused(desk, gateway, [...ASK, '--base-url', gateway.url, '--out', 'run']);
    expect(message).toMatch(/^run: .*run\.json/);
  });

  it('keeps its run if --overwrite comes with something else that is refused', async ({ desk }) => {
    await withRun(desk);
    const before = await desk.read('run/journal.jsonl');
    const gateway = await desk.gateway();
    const words = [...RUN, '-m', 'gpt-4o-mnii', '--base-url', gateway.url, '--out', 'run', '--overwrite'];
    await refused(desk, gateway, words);
    expect(await desk.read('run/journal.jsonl')).toBe(before);
  });
});
