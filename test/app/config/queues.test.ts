import { describe, expect, it } from 'vitest';
import { configure, refusal } from './project.ts';

const QUEUE = 'redis://queue.example:6379/2';

describe('a queue', () => {
  it('is none unless it is given', async () => {
    expect((await configure({})).queue).toBeNull();
  });

  it.each([
    ['redis://queue.example', 'redis://queue.example'],
    [QUEUE, QUEUE],
    ['rediss://me:word@queue.example:6380/0?family=6', 'rediss://queue.example:6380/0'],
  ])('at %s is shown as %s', async (given, shown) => {
    const { queue } = await configure({ flags: { queue: given } });
    expect(queue?.shown).toBe(shown);
    expect(queue?.url.reveal()).toBe(given);
    expect(JSON.stringify(queue)).not.toContain('word');
  });

  it('comes from a variable, where no list of processes shows its password', async () => {
    const { queue } = await configure({ env: { PROMPTGRID_QUEUE: 'redis://:word@queue.example' } });
    expect(queue?.shown).toBe('redis://queue.example');
  });

  it.each([
    ['redis://me:${REDIS_PW}@queue.example', 'redis://me:p%2Fw@queue.example'],
    ['${REDIS_URL}', 'redis://:w@queue.example'],
  ])('takes variables in %s', async (given, url) => {
    const env = { REDIS_PW: 'p/w', REDIS_URL: 'redis://:w@queue.example' };
    const { queue } = await configure({ flags: { queue: given }, env });
    expect(queue?.url.reveal()).toBe(url);
    expect(queue?.shown).toBe('redis://queue.example');
  });

  it('sends no variable to an address that a project file names, unless the file is trusted', async () => {
    const project = { yaml: "queue: 'redis://:${OPENAI_API_KEY}@queue.example'", env: { OPENAI_API_KEY: 'key' } };
    expect((await refusal(project)).message).toBe(
      'queue: a variable in an address that a project file names may be a key of yours',
    );
    const { queue } = await configure({ ...project, flags: { trustConfig: true } });
    expect(queue?.shown).toBe('redis://queue.example');
  });

  it.each(['queue.example:6379', 'http://queue.example', 'redis:secret', 'my secret word'])(
    'is refused at %j, which is not repeated',
    async (given) => {
      const error = await refusal({ flags: { queue: given } });
      expect(error).toMatchObject({ code: 'E_USAGE', message: '--queue: this is not an address of Redis' });
      expect(`${error.message}${error.hint}`).not.toContain(given);
    },
  );

  it('has the settings of every provider for workers, with names in place of values', async () => {
    const { queue, endpoints } = await configure({
      flags: { queue: QUEUE, model: ['gpt-4o,mine/m'], header: ['X-Team: ${TEAM}'], baseUrl: 'https://a.example/v1' },
      env: { TEAM: 'red', MINE_KEY: 'key-of-mine' },
      yaml: 'providers:\n  mine: { kind: openai, baseUrl: https://b.example/v1, apiKeyEnv: MINE_KEY }\n',
    });
    expect(queue?.providers).toEqual({
      gptunnel: { kind: 'gptunnel', baseUrl: 'https://a.example/v1', headers: ['X-Team: ${TEAM}'] },
      mine: { kind: 'openai', baseUrl: 'https://b.example/v1', apiKeyEnv: 'MINE_KEY' },
    });
    expect(endpoints.map(({ provider }) => provider)).toEqual(['gptunnel', 'mine']);
  });

  it('needs no key here: workers have theirs', async () => {
    const { endpoints } = await configure({ flags: { queue: QUEUE }, env: { GPTUNNEL_API_KEY: '' } });
    expect(endpoints.map(({ apiKey }) => apiKey)).toEqual([null]);
  });

  it('does not get secrets that are written in the settings', async () => {
    const secret = 'Bearer abcdefgh12345678';
    const error = await refusal({ flags: { queue: QUEUE, header: [`X-Api-Key: ${secret}`] } });
    expect(error.message).toBe('--queue: x-api-key of gptunnel would be readable in Redis');
    expect(`${error.message}${error.hint}`).not.toContain(secret);
  });

  it.each([
    [{ simulate: true }, /^--queue does not go with --simulate: /],
    [{ model: ['openai/gpt-4o'], batch: true }, /^--queue does not go with --batch: /],
    [{ model: ['exec:cat'] }, /^--queue does not go with models of module: and exec:, /],
  ])('does not go with %j', async (flags, message) => {
    expect((await refusal({ flags: { queue: QUEUE, ...flags } })).message).toMatch(message);
  });
});
