import { describe, expect } from 'vitest';
import type { Desk, Ended } from '../support/cli.ts';
import { type ForgeServer, githubServer, gitlabServer } from '../support/forge-server.ts';
import { closedPort } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';

const TOKEN = 'ghs_0123456789abcdef0123';
const READ_ONLY = 'ghs_readonly456789abcdef';
const REPORT = '## ✅ promptgrid: unchanged\n\n| variant | n |\n| --- | --- |\n| gpt | 3 |\n';

type Env = Readonly<Record<string, string>>;

async function github(desk: Desk, { api }: Pick<ForgeServer, 'api'>, more: Env = {}): Promise<Env> {
  await desk.write('event.json', JSON.stringify({ number: 7, pull_request: { number: 7 } }));
  await desk.write('comment.md', REPORT);
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: api,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_PATH: desk.path('event.json'),
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '99',
    GITHUB_TOKEN: TOKEN,
    ...more,
  };
}

async function gitlab(desk: Desk, { api }: Pick<ForgeServer, 'api'>, more: Env = {}): Promise<Env> {
  await desk.write('comment.md', REPORT);
  const job = { CI_JOB_URL: 'https://gitlab.example/acme/shop/-/jobs/5', CI_PROJECT_ID: '42' };
  return { GITLAB_CI: 'true', CI_API_V4_URL: api, CI_MERGE_REQUEST_IID: '7', GITLAB_TOKEN: TOKEN, ...job, ...more };
}

const KINDS = [
  {
    forge: 'GitHub',
    server: githubServer,
    environment: github,
    artefacts: 'https://github.example/acme/shop/actions/runs/99',
    update: 'PATCH',
  },
  {
    forge: 'GitLab',
    server: gitlabServer,
    environment: gitlab,
    artefacts: 'https://gitlab.example/acme/shop/-/jobs/5/artifacts/browse',
    update: 'PUT',
  },
] as const;

/** Neither the command nor an error may show it. */
function showsNoToken({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(/ghs_/);
}

describe.each(KINDS)('promptgrid comment in a job of $forge', ({ server, environment, artefacts, update }) => {
  it('creates one comment, and updates it from then on', async ({ desk, onTestFinished }) => {
    const forge = await server({ onTestFinished }, { token: TOKEN });
    const env = await environment(desk, forge);
    forge.comments.push({ id: 900, body: 'Looks good to me', system: false });
    const created = await desk.pass(['comment', 'comment.md', '--json'], { env });
    expect(parseObject(created.stdout)).toMatchObject({ outcome: 'created', why: null });
    const body = `<!-- promptgrid:compare -->\n${REPORT}\n[Artefacts of this run](<${artefacts}>)\n`;
    expect(forge.comments.map((comment) => comment.body)).toEqual(['Looks good to me', body]);
    const same = await desk.pass(['comment', 'comment.md'], { env });
    expect(same.stdout).toBe('comment unchanged\n');
    await desk.write('comment.md', REPORT.replace('unchanged', 'regressed'));
    const updated = await desk.pass(['comment', 'comment.md'], { env });
    expect(updated.stdout).toContain('comment updated: https://forge.example/comments/2');
    expect(forge.comments.map((comment) => comment.body)).toEqual([
      'Looks good to me',
      body.replace('unchanged', 'regressed'),
    ]);
    expect(forge.requests.filter((line) => !line.startsWith('GET'))).toEqual([
      expect.stringMatching(/^POST /),
      expect.stringMatching(new RegExp(`^${update} .*/2$`)),
    ]);
    for (const ended of [created, same, updated]) showsNoToken(ended);
  });

  it('finds its comment on a later page, and not a quotation of it', async ({ desk, onTestFinished }) => {
    const forge = await server({ onTestFinished }, { token: TOKEN });
    const env = await environment(desk, forge);
    for (let id = 1; id <= 250; id++) {
      const body =
        id === 3
          ? '> <!-- promptgrid:compare -->\nwhat is this?'
          : id === 230
            ? '<!-- promptgrid:compare -->\nold'
            : 'x';
      forge.comments.push({ id, body, system: false });
    }
    await desk.pass(['comment', 'comment.md'], { env });
    expect(forge.comments).toHaveLength(250);
    expect(forge.comments[229]?.body).toContain('promptgrid: unchanged');
    expect(forge.requests.filter((line) => line.startsWith('GET'))).toHaveLength(3);
    await desk.pass(['comment', 'comment.md', '--name', 'support'], { env });
    expect(forge.comments.at(-1)?.body).toMatch(/^<!-- promptgrid:support -->\n/);
  });

  it('says that a token may only read, and fails nothing', async ({ desk, onTestFinished }) => {
    const forge = await server({ onTestFinished }, { token: TOKEN, readOnlyToken: READ_ONLY });
    const env = await environment(desk, forge, { GITHUB_TOKEN: READ_ONLY, GITLAB_TOKEN: READ_ONLY });
    const ended = await desk.pass(['comment', 'comment.md'], { env });
    expect(ended.stdout).toMatch(/^no comment: the token may not comment, as for changes from forks \(403: .+\)\n$/);
    expect(forge.comments).toEqual([]);
    showsNoToken(ended);
  });

  it('waits for a rate limit, and retries errors of the server', async ({ desk, onTestFinished }) => {
    const limit = { status: 429, body: { message: 'slow down' }, headers: { 'retry-after': '0' } };
    const secondary = { ...limit, status: 403 };
    const forge = await server({ onTestFinished }, { token: TOKEN, first: [limit, secondary] });
    const env = await environment(desk, forge);
    expect((await desk.pass(['comment', 'comment.md'], { env })).stdout).toMatch(/^comment created/);
    const down = { status: 502, body: '<html>' };
    const other = await server({ onTestFinished }, { token: TOKEN, first: [down] });
    await desk.pass(['comment', 'comment.md'], { env: await environment(desk, other) });
    expect(other.comments).toHaveLength(1);
  });

  it('fails for a rate limit that lasts, and for a new comment never twice', async ({ desk, onTestFinished }) => {
    const limit = { status: 403, body: {}, headers: { 'retry-after': '2, 900' } };
    const forge = await server({ onTestFinished }, { token: TOKEN, first: [limit] });
    const ended = await desk.run(['comment', 'comment.md'], { env: await environment(desk, forge) });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('limits the rate of requests, for 900 s more');
    const lists = { body: [] };
    const broken = { status: 500, body: { message: `boom ${TOKEN}` } };
    const other = await server({ onTestFinished }, { token: TOKEN, first: [lists, broken] });
    const failed = await desk.run(['comment', 'comment.md'], { env: await environment(desk, other) });
    expect(failed.status).toBe(2);
    expect(failed.stderr).toContain('refused the comment with HTTP 500: boom [key]');
    expect(other.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
    showsNoToken(failed);
  });

  it('fails for a wrong token and a change that is not there', async ({ desk, onTestFinished }) => {
    const forge = await server({ onTestFinished }, { token: 'another-token-altogether' });
    const wrong = await desk.run(['comment', 'comment.md'], { env: await environment(desk, forge) });
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('HTTP 401: Bad credentials')]);
    showsNoToken(wrong);
    const known = await server({ onTestFinished }, { token: TOKEN });
    const elsewhere = { GITHUB_REPOSITORY: 'acme/other', CI_PROJECT_ID: '43' };
    const gone = await desk.run(['comment', 'comment.md'], { env: await environment(desk, known, elsewhere) });
    expect([gone.status, gone.stderr]).toEqual([2, expect.stringContaining('HTTP 404: Not Found')]);
  });

  it('cuts a report that is too long in front of a row, and says so', async ({ desk, onTestFinished }) => {
    const forge = await server({ onTestFinished }, { token: TOKEN });
    const env = await environment(desk, forge);
    const rows = Array.from({ length: 30_000 }, (_, index) => `- row ${index + 1} ${'ы'.repeat(40)}`).join('\n');
    await desk.write('comment.md', `${REPORT}\n<details><summary>Rows</summary>\n\n${rows}\n\n</details>\n`);
    await desk.pass(['comment', 'comment.md'], { env });
    const body = forge.comments[0]?.body ?? '';
    expect(body).toMatch(
      /\n- row \d+ ы{40}\n\n<\/details>\n\n\*The report is cut here: .*\*\n\n\[Artefacts[^\n]*\)\n$/,
    );
    expect(body.length).toBeLessThanOrEqual(update === 'PATCH' ? 65_536 : 1_000_000);
    expect(body.length).toBeGreaterThan(update === 'PATCH' ? 65_000 : 999_000);
  });

  it('takes addresses and tokens from the job, and none from a .env file of the change', async ({
    desk,
    onTestFinished,
  }) => {
    const [own, foreign] = [
      await server({ onTestFinished }, { token: TOKEN }),
      await server({ onTestFinished }, { token: TOKEN }),
    ];
    const { GITHUB_API_URL: _one, CI_API_V4_URL: _other, ...env } = await environment(desk, own);
    await desk.write('.env', `GITHUB_API_URL=${foreign.api}\nCI_API_V4_URL=${foreign.api}\n`);
    const ended = await desk.run(['comment', 'comment.md'], { env });
    expect([ended.status, ended.stderr]).toEqual([
      2,
      expect.stringMatching(/(?:GITHUB_API_URL|CI_API_V4_URL) is not set/),
    ]);
    expect(foreign.requests).toEqual([]);
  });
});

describe('promptgrid comment', () => {
  it('is printed anywhere with --dry-run, and sends nothing', async ({ desk, onTestFinished }) => {
    const forge = await githubServer({ onTestFinished }, { token: TOKEN });
    const env = await github(desk, forge);
    const words = ['comment', 'comment.md', '--dry-run', '--name', 'support', '--link', 'https://example.org/1'];
    const inJob = await desk.pass(words, { env });
    expect(inJob.stdout).toMatch(
      /^<!-- promptgrid:support -->\n[^]*\[Artefacts of this run\]\(<https:\/\/example\.org\/1>\)\n$/,
    );
    expect((await desk.pass(words, { env: {} })).stdout).toBe(inJob.stdout);
    const document = parseObject((await desk.pass([...words, '--json'], { env: {} })).stdout);
    expect(document).toEqual({ outcome: 'dry run', body: inJob.stdout });
    expect((await desk.run(['comment', 'gone.md', '--dry-run'])).status).toBe(2);
    expect(forge.comments).toHaveLength(0);
    await desk.pass(
      words.filter((word) => word !== '--dry-run'),
      { env },
    );
    expect(forge.comments.map(({ body }) => body)).toEqual([inJob.stdout]);
  });

  it('has nothing to do outside of a pull or merge request', async ({ desk, onTestFinished }) => {
    const forge = await githubServer({ onTestFinished }, { token: TOKEN });
    const env = await github(desk, forge);
    await desk.write('event.json', JSON.stringify({ ref: 'refs/heads/main' }));
    const push = await desk.pass(['comment', 'comment.md'], { env });
    expect(push.stdout).toBe('no comment: the event of this job is not of a pull request\n');
    await desk.write('event.json', JSON.stringify({ issue: { number: 7, pull_request: {} } }));
    await desk.pass(['comment', 'comment.md'], { env });
    expect(forge.comments).toHaveLength(1);
    const { CI_MERGE_REQUEST_IID: _iid, ...branch } = await gitlab(desk, forge);
    const pipeline = await desk.pass(['comment', 'comment.md'], { env: branch });
    expect(pipeline.stdout).toBe('no comment: this pipeline is not of a merge request\n');
  });

  it("needs a token, but for a fork's pipeline, which has none", async ({ desk, onTestFinished }) => {
    const forge = await gitlabServer({ onTestFinished }, { token: TOKEN });
    const own = await gitlab(desk, forge, { GITLAB_TOKEN: '', CI_MERGE_REQUEST_PROJECT_ID: '42' });
    const missing = await desk.run(['comment', 'comment.md'], { env: own });
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('GITLAB_TOKEN is not set')]);
    const fork = await desk.pass(['comment', 'comment.md'], {
      env: { ...own, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '77' },
    });
    expect(fork.stdout).toBe("no comment: a fork's pipeline has no GITLAB_TOKEN, so it cannot comment\n");
    const named = ['comment', 'comment.md', '--token-env', 'BOT', '--link', 'https://example.org/a b'];
    await desk.pass(named, { env: { ...own, BOT: TOKEN } });
    expect(forge.comments[0]?.body).toContain('(<https://example.org/a%20b>)');
  });

  it('says that nobody answers', async ({ desk }) => {
    const api = `http://127.0.0.1:${await closedPort()}`;
    const ended = await desk.run(['comment', 'comment.md'], { env: await github(desk, { api }) });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(`error no answer from GitHub at ${api}: `);
    showsNoToken(ended);
  });

  it.for([
    [['nowhere.md'], {}, 'nowhere.md: cannot be read'],
    [['empty.md'], {}, 'empty.md: is empty'],
    [['comment.md', '--name', 'a --> b'], {}, '--name must be letters'],
    [['comment.md', '--link', 'file:///etc'], {}, '--link must be an address'],
    [['comment.md'], { GITHUB_ACTIONS: '' }, 'neither GITHUB_ACTIONS nor GITLAB_CI is true'],
    [['comment.md'], { GITHUB_ACTIONS: '' }, 'print the comment with --dry-run'],
    [['comment.md'], { GITHUB_REPOSITORY: 'acme/../x' }, 'GITHUB_REPOSITORY must be owner/name'],
    [['comment.md'], { GITHUB_API_URL: 'ftp://x' }, 'the variable GITHUB_API_URL is not the address of an API'],
    [['comment.md'], { GITHUB_EVENT_PATH: 'gone.json' }, 'GITHUB_EVENT_PATH: gone.json cannot be read'],
  ] as const)('refuses what it cannot use: %s', async ([words, more, message], { desk, onTestFinished }) => {
    const forge = await githubServer({ onTestFinished }, { token: TOKEN });
    await desk.write('empty.md', '\n');
    const ended = await desk.run(['comment', ...words], { env: await github(desk, forge, more) });
    expect([ended.status, ended.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(forge.requests.filter((line) => !line.startsWith('GET'))).toEqual([]);
  });
});
