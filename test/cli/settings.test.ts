import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';

/** Models and temperatures of a run in the folder `run`. */
async function askedOf(desk: Desk): Promise<readonly string[]> {
  return (await csvResults(desk, 'run')).map((row) => `${row['model']} ${row['temperature']}`.trim());
}

describe.concurrent('the key', () => {
  it('is read from a .env file, and kept out of every file and message', async ({ desk }) => {
    const key = 'dotenv-key-4711';
    const gateway = await desk.gateway({ key });
    await desk.write('rows.csv', questions(2));
    await desk.write('.env', `# mine\nGPTUNNEL_API_KEY="${key}"\n`);
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    const { stdout, stderr } = await desk.pass(words);
    const files = Object.values(await desk.files('run'));
    expect([stdout, stderr, ...files].filter((text) => text.includes(key))).toEqual([]);
  });

  it('of the environment overrides the one of a .env file', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right' });
    await desk.write('rows.csv', questions(1));
    await desk.write('.env', 'GPTUNNEL_API_KEY=wrong\n');
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(words, { env: { GPTUNNEL_API_KEY: 'right' } });
  });

  it('is taken from the variable that --api-key-env names', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right' });
    await desk.write('rows.csv', questions(1));
    const flags = ['--base-url', gateway.url, '--api-key-env', 'TEAM_KEY', '--out', 'run'];
    const env = { TEAM_KEY: 'right', GPTUNNEL_API_KEY: 'wrong' };
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', ...flags], { env });
  });
});

describe.concurrent('promptgrid.yaml', () => {
  const YAML = 'dataset: rows.csv\nmodel: [gpt-4o, yandexgpt]\ntemperature: 0.2\nout: run\nscore: exact\nlimit: 1\n';

  it('accepts everything that flags do', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('promptgrid.yaml', `${YAML}baseUrl: ${gateway.url}\n`);
    await desk.pass(['run']);
    expect(await askedOf(desk)).toEqual(['gpt-4o 0.2', 'yandexgpt 0.2']);
    expect((await csvResults(desk, 'run'))[0]).toHaveProperty(['score.exact']);
  });

  it('is overridden by the environment, and that by flags', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('promptgrid.yaml', `${YAML}baseUrl: ${gateway.url}\n`);
    const env = { PROMPTGRID_TEMPERATURE: '0.3,0.4', PROMPTGRID_MODEL: 'gigachat' };
    await desk.pass(['run', '-m', 'gpt-4o-mini'], { env });
    expect(await askedOf(desk)).toEqual(['gpt-4o-mini 0.3', 'gpt-4o-mini 0.4']);
  });

  it('is another file with --config', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('promptgrid.yaml', 'nonsense: true\n');
    await desk.write('team.yaml', `${YAML}baseUrl: ${gateway.url}\n`);
    await desk.pass(['run', '-c', 'team.yaml', '-m', 'gpt-4o']);
    expect(await askedOf(desk)).toEqual(['gpt-4o 0.2']);
  });
});
