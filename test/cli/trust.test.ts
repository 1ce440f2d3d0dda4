import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { runGrid } from '../../src/app/api.ts';
import type { Desk, Ended } from '../support/cli.ts';
import { type EchoServer, echoServer } from '../support/echo-server.ts';
import { localServer } from '../support/http-server.ts';
import { it, runInProcess } from '../support/in-process.ts';

const DRIVER = fileURLToPath(new URL('../support/answer-terminal.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const KEY = ['sk', 'team-key-123456'].join('-');
/** A name that no resolver knows (RFC 6761); requests to it go to a server on this machine that acts as a proxy. */
const FOREIGN = 'http://llm.invalid/v1';
const ENV = { CUSTOM_API_KEY: KEY, OPENAI_API_KEY: KEY, OTHER_SECRET: 'other-secret-1' };
const RUN = ['run', 'rows.csv', '-m', 'custom/echo', '--no-cache', '--out', 'run'];

/** What a project's files send where. */
interface Project {
  readonly files: Readonly<Record<string, string>>;
  /** Besides the command's own. */
  readonly flags?: readonly string[];
  /** Variables that would be sent. */
  readonly variables: string;
  readonly address?: string;
}

const PROJECTS: Readonly<Record<string, Project>> = {
  'an address of promptgrid.yaml': {
    files: { 'promptgrid.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\n` },
    variables: 'CUSTOM_API_KEY',
  },
  'an address of a file that -c names': {
    files: { 'own/config.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\n` },
    flags: ['-c', 'own/config.yaml'],
    variables: 'CUSTOM_API_KEY',
  },
  'an address of a provider’s section': {
    files: { 'promptgrid.yaml': `provider: custom\nproviders: { custom: { baseUrl: "${FOREIGN}/" } }\n` },
    variables: 'CUSTOM_API_KEY',
  },
  'an address of .env': {
    files: { '.env': `PROMPTGRID_BASE_URL=${FOREIGN}\nPROMPTGRID_PROVIDER=custom\n` },
    variables: 'CUSTOM_API_KEY',
  },
  'another key that the file chooses': {
    files: { 'promptgrid.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\napiKeyEnv: OPENAI_API_KEY\n` },
    variables: 'OPENAI_API_KEY',
  },
  'a header with a variable': {
    files: {
      'promptgrid.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\nheader: ["authorization: a \${OTHER_SECRET}"]\n`,
    },
    variables: 'OTHER_SECRET',
  },
  'a query with a variable': {
    files: { 'promptgrid.yaml': `provider: custom\nbaseUrl: "${FOREIGN}?a=\${OTHER_SECRET}"\n` },
    variables: 'CUSTOM_API_KEY, OTHER_SECRET',
  },
  'a path with a variable': {
    files: { 'promptgrid.yaml': `provider: custom\nbaseUrl: "http://llm.invalid/\${PLAIN_NAME}/v1"\n` },
    variables: 'CUSTOM_API_KEY, PLAIN_NAME',
    address: 'http://llm.invalid/${PLAIN_NAME}/v1',
  },
};

/** A project in the desk, and a server that receives everything sent to its foreign address. */
async function openProject(
  desk: Desk,
  files: Readonly<Record<string, string>>,
  onTestFinished: Parameters<typeof echoServer>[0]['onTestFinished'],
): Promise<{ readonly server: EchoServer; readonly env: Readonly<Record<string, string>> }> {
  const server = await echoServer({ onTestFinished });
  await desk.write('rows.csv', 'id,prompt\na,say it\nb,say that\nc,say this\n');
  for (const [name, text] of Object.entries(files)) await desk.write(name, text);
  return { server, env: { ...ENV, PLAIN_NAME: 'plain-value-1', HTTP_PROXY: `http://${server.host}` } };
}

/** The commands that send keys. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  run: RUN,
  estimate: ['estimate', 'rows.csv', '-m', 'custom/echo'],
  'estimate --pilot': ['estimate', 'rows.csv', '-m', 'custom/echo', '--pilot', '2', '--out', 'run'],
  models: ['models'],
};

/** Runs a command on a real terminal on which a person types the answer. */
function onTerminal(
  desk: Desk,
  words: readonly string[],
  answer: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const all = words.map((word) => `'${word}'`).join(' ');
  const own = { ...env, DRIVER, ANSWER: answer, TERM: 'xterm' };
  return desk.runLine(`python3 "$DRIVER" "$ANSWER" "$NODE" "$PROGRAM" ${all}`, { env: own });
}

describe.concurrent('a key that a project file sends to an address of its own', { timeout: 240_000 }, () => {
  it.for(Object.entries(PROJECTS))('is not sent without consent: %s', async ([, project], { desk, onTestFinished }) => {
    const { files, flags = [], variables, address = FOREIGN } = project;
    const { server, env } = await openProject(desk, files, onTestFinished);
    for (const extra of [[], ['--json'], ['--quiet']]) {
      const { status, stderr, stdout } = await desk.run([...RUN, ...flags, ...extra], { env });
      expect(status).toBe(2);
      expect(stderr).toContain(
        `a file of this project sends ${variables} to ${address}, and there is no terminal to ask for consent`,
      );
      expect(stderr).toContain('--trust-config');
      for (const value of [KEY, 'other-secret-1', 'plain-value-1']) expect(stdout + stderr).not.toContain(value);
    }
    expect(server.asked).toEqual([]);
    expect(await desk.list()).not.toContain('run');
  });

  it.for(Object.entries(COMMANDS))(
    'is not sent by %s, and is with --trust-config',
    async ([, words], { desk, onTestFinished }) => {
      const { server, env } = await openProject(
        desk,
        { 'promptgrid.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\n` },
        onTestFinished,
      );
      expect(await desk.run(words, { env })).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('--trust-config'),
      });
      expect(server.asked).toEqual([]);
      const trusted = await desk.run([...words, '--trust-config'], { env });
      expect(trusted.status).toBe(0);
      expect(trusted.stderr).toContain(`key: CUSTOM_API_KEY goes to ${FOREIGN} (named by a file of this project)`);
      expect(server.asked).toContain('GET http://llm.invalid/v1/models');
      // The flag applies to one command. A finished run would send nothing.
      await desk.write('rows.csv', 'id,prompt\na,say it\nb,say that\nc,say this\nd,say no\n');
      const asked = server.asked.length;
      expect(await desk.run(words, { env })).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('--trust-config'),
      });
      expect(server.asked).toHaveLength(asked);
    },
  );

  it('is not sent by balance', async ({ desk, onTestFinished }) => {
    const { server, env } = await openProject(desk, { 'promptgrid.yaml': `baseUrl: ${FOREIGN}\n` }, onTestFinished);
    const own = { ...env, GPTUNNEL_API_KEY: KEY };
    expect(await desk.run(['balance'], { env: own })).toMatchObject({ status: 2 });
    expect(server.asked).toEqual([]);
    expect(await desk.run(['balance', '--trust-config'], { env: own })).toMatchObject({ status: 0 });
    expect(server.asked).toEqual(['GET http://llm.invalid/v1/balance']);
  });

  it('is not sent for a judge, and no call is made before', async ({ desk, onTestFinished }) => {
    const yaml = `score: [judge]\njudgeModel: custom/echo\nproviders: { custom: { baseUrl: "${FOREIGN}" } }\n`;
    const { server, env } = await openProject(desk, { 'promptgrid.yaml': yaml }, onTestFinished);
    const here = await echoServer({ onTestFinished });
    const words = ['run', 'rows.csv', '-m', 'gptunnel/echo', '--base-url', here.url, '--out', 'run', '--no-cache'];
    const { status, stderr } = await desk.run(words, { env });
    expect(status).toBe(2);
    expect(stderr).toContain(`a file of this project sends CUSTOM_API_KEY to ${FOREIGN}`);
    expect([...server.asked, ...here.asked]).toEqual([]);
  });

  it('is not sent through a proxy of .env that can read it', async ({ desk, onTestFinished }) => {
    const server = await echoServer({ onTestFinished });
    await desk.write('rows.csv', 'id,prompt\na,say it\nb,say that\nc,say this\n');
    await desk.write('.env', 'HTTP_PROXY=http://anna:word@proxy.invalid:3128\n');
    const words = [...RUN, '--base-url', 'http://llm.invalid/v1', '--provider', 'custom'];
    const { status, stderr } = await desk.run(words, { env: ENV });
    expect(status).toBe(2);
    expect(stderr).toContain('a file of this project sends CUSTOM_API_KEY to http://[key]@proxy.invalid:3128');
    expect(server.asked).toEqual([]);
  });

  it.for([
    ['this machine', { 'promptgrid.yaml': 'provider: custom\nbaseUrl: ADDRESS\n' }, []],
    ['.env naming this machine', { '.env': 'PROMPTGRID_BASE_URL=ADDRESS\n' }, ['--provider', 'custom']],
  ] as const)('needs no consent if it is %s', async ([, files, flags], { desk, onTestFinished }) => {
    const here = await echoServer({ onTestFinished });
    const entries = Object.entries<string>(files).map(
      ([name, text]) => [name, text.replace('ADDRESS', here.url)] as const,
    );
    const { env } = await openProject(desk, Object.fromEntries(entries), onTestFinished);
    const { stderr } = await desk.pass([...RUN, ...flags], { env });
    expect(stderr).toContain(`key: CUSTOM_API_KEY goes to ${here.url} (named by a file of this project)`);
    expect([...here.sent]).toContain(`Bearer ${KEY}`);
  });

  it('needs no consent if a flag or the environment names the address, or no secret goes there', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, env } = await openProject(desk, { 'promptgrid.yaml': 'provider: custom\n' }, onTestFinished);
    const flag = await desk.pass([...RUN, '--base-url', FOREIGN], { env });
    expect(flag.stderr).toContain(`key: CUSTOM_API_KEY goes to ${FOREIGN} (named on the command line)`);
    const variable = await desk.pass(['models'], { env: { ...env, PROMPTGRID_BASE_URL: FOREIGN } });
    expect(variable.stderr).toContain(`key: CUSTOM_API_KEY goes to ${FOREIGN} (named by the environment)`);
    await desk.write('promptgrid.yaml', `provider: custom\nbaseUrl: ${FOREIGN}\nheader: ["x-api-key: written-out"]\n`);
    const written = await desk.pass(['models'], { env });
    expect(written.stderr).toContain(`key: the x-api-key of the settings goes to ${FOREIGN}`);
    expect((await desk.pass(['models', '--quiet'], { env })).stderr).toBe('');
    expect(server.asked.length).toBeGreaterThan(3);
  });

  it('cannot be allowed by the project’s own files: neither by the flag nor by the place of consents', async ({
    desk,
    onTestFinished,
  }) => {
    const yaml = `provider: custom\nbaseUrl: ${FOREIGN}\n`;
    const { server, env } = await openProject(desk, { 'promptgrid.yaml': yaml }, onTestFinished);
    await desk.write('.env', 'PROMPTGRID_TRUST_CONFIG=true\nPROMPTGRID_TAKE_OVER=true\nXDG_STATE_HOME=./state\n');
    const named = { ...env, PROMPTGRID_TRUST_CONFIG: 'true', PROMPTGRID_TAKE_OVER: 'true' };
    expect(await desk.run(RUN, { env: named })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--trust-config'),
    });
    for (const key of ['trustConfig', 'takeOver']) {
      await desk.write('promptgrid.yaml', `${yaml}${key}: true\n`);
      const { status, stderr } = await desk.run(RUN, { env });
      expect(status).toBe(2);
      expect(stderr).toContain(`promptgrid.yaml:3: "${key}" is only a flag`);
    }
    expect(server.asked).toEqual([]);
  });
});

describe('the library', { timeout: 120_000 }, () => {
  it('sends no key to an address of a settings file without trustConfig', async ({ desk, onTestFinished }) => {
    const files = { 'promptgrid.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\n` };
    const { server, env } = await openProject(desk, files, onTestFinished);
    const settings = { dataset: desk.path('rows.csv'), model: ['echo'], cache: false, out: desk.path('run') };
    const context = { env, configFolder: desk.folder };
    await expect(runGrid(settings, context)).rejects.toMatchObject({ code: 'E_TRUST', exitStatus: 2 });
    expect(server.asked).toEqual([]);
    const told: string[] = [];
    const onDestination = ({ shown }: { readonly shown: string }): void => void told.push(shown);
    const outcome = await runGrid({ ...settings, trustConfig: true }, { ...context, onDestination });
    expect(outcome.state).toBe('completed');
    expect(told).toEqual([FOREIGN, `http://${server.host}`]);
  });
});

const FILES = { 'promptgrid.yaml': `provider: custom\nbaseUrl: ${FOREIGN}\n` };
const QUESTION = `a file of this project sends CUSTOM_API_KEY to ${FOREIGN}`;

describe.skipIf(!HAS_PYTHON).concurrent('consent on a real terminal (needs python3)', { timeout: 240_000 }, () => {
  it('is requested once, and stored in the user’s own folder by address and variable', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, env } = await openProject(desk, FILES, onTestFinished);
    const first = await onTerminal(desk, ['models'], 'y\n', env);
    expect(first.status).toBe(0);
    expect(first.stdout).toContain(QUESTION);
    expect(server.asked).toHaveLength(1);
    const [kept = '', ...others] = (await desk.list('.state/promptgrid/trusted')).filter((name) =>
      name.endsWith('.json'),
    );
    expect(others).toEqual([]);
    const path = `.state/promptgrid/trusted/${kept}`;
    expect(JSON.parse(await desk.read(path))).toMatchObject({ address: FOREIGN, variable: 'CUSTOM_API_KEY' });
    expect((await stat(desk.path(path))).mode & 0o777).toBe(0o600);
    expect((await stat(desk.path('.state/promptgrid/trusted'))).mode & 0o777).toBe(0o700);
    // Without a terminal, by another command, from another folder's file of the same user.
    await desk.pass(RUN, { env });
    const again = await runInProcess(['models'], { cwd: desk.folder, env, typed: '' });
    expect([again.status, again.stderr]).toEqual([0, expect.not.stringContaining('[y/N]')]);

    // Another variable or another path needs its own consent.
    for (const yaml of [
      `provider: custom\nbaseUrl: ${FOREIGN}\napiKeyEnv: OTHER_SECRET\n`,
      'provider: custom\nbaseUrl: http://llm.invalid/v2\n',
      'provider: custom\nbaseUrl: http://llm.invalid:81/v1\n',
    ]) {
      await desk.write('promptgrid.yaml', yaml);
      expect(await desk.run(['models'], { env })).toMatchObject({ status: 2 });
    }
  });

  it('is not given by Ctrl-C, and is impossible if the dataset comes over standard input', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, env } = await openProject(desk, FILES, onTestFinished);
    expect(await onTerminal(desk, RUN, '\u0003', env)).toMatchObject({ status: 130 });
    const piped = ['run', '-', '-m', 'echo', '--input-format', 'csv', '--out', 'run'];
    const { status, stderr } = await desk.run(piped, { env, input: 'prompt\nsay it\n' });
    expect(status).toBe(2);
    expect(stderr).toContain('there is no terminal to ask for consent');
    expect(server.asked).toEqual([]);
  });
});

describe.concurrent('consent on a terminal', { timeout: 240_000 }, () => {
  it.for(['n\n', '\n', 'yess\n'])('is not given by %j', async (answer, { desk, onTestFinished }) => {
    const { server, env } = await openProject(desk, FILES, onTestFinished);
    const { status, stderr } = await runInProcess([...RUN, '--yes'], { cwd: desk.folder, env, typed: answer });
    expect(status).toBe(2);
    expect(stderr).toContain(QUESTION);
    expect(stderr).toContain('and you did not agree: nothing was sent');
    expect(server.asked).toEqual([]);
    expect(await desk.list()).not.toContain('.state/promptgrid/trusted');
  });
});

describe('a redirect', { timeout: 120_000 }, () => {
  it.for([301, 302, 303, 307, 308])('sends no key to another address: %d', async (status, { desk, onTestFinished }) => {
    const other = await echoServer({ onTestFinished });
    let asked = 0;
    const server = await localServer({ onTestFinished }, (_request, response) => {
      asked += 1;
      response.writeHead(status, { location: `${other.url}/models` }).end();
    });
    await desk.write('rows.csv', 'id,prompt\na,say it\nb,say that\nc,say this\n');
    const flags = ['--provider', 'custom', '--base-url', server.url];
    const models = await desk.run(['models', ...flags], { env: ENV });
    expect(models).toMatchObject({ status: 2, stderr: expect.stringContaining(`the address points to ${other.url}`) });
    const run = await desk.run([...RUN, '--max-attempts', '1', ...flags], { env: ENV });
    expect(run.status).toBe(4);
    expect(asked).toBeGreaterThan(1);
    expect(other.asked).toEqual([]);
  });
});
