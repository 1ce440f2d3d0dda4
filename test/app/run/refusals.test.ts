import { describe, expect } from 'vitest';
import type { GivenFlags } from '../../../src/app/config/from-flags.ts';
import { exitStatusOf } from '../../../src/app/run/index.ts';
import { type ChatCall, chatServer, type Script } from '../../support/chat-server.ts';
import { type Desk, it } from '../../support/cli.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { fastRun } from '../../support/fast-run.ts';
import type { Reply } from '../../support/http-server.ts';
import { csvResults, parseObject, questions } from '../../support/results.ts';

const FACTOR = 30;
/** For servers that rarely answer: half a minute without any answer, which ends a run, must outlast a busy machine. */
const SLOW_FACTOR = 4;
const ROWS = 300;

function refusedFor(message: string, fields: object = {}, status = 400): Reply {
  return { status, body: { error: { message, type: 'invalid_request_error', ...fields } } };
}

const NO_TOP_P = refusedFor("Unsupported value: 'top_p' does not support 0.5", { param: 'top_p' });

const WITHOUT_BAD: Script = ({ model }) => (model === 'bad' ? NO_TOP_P : 'Paris');
const AFTER_HUNDRED: Script = ({ before }) => (before < 100 ? 'Paris' : NO_TOP_P);
const EVERY_OTHER: Script = ({ before }) => (before % 2 === 0 ? 'Paris' : refusedFor('Odd'));

const NOT_FOUND = { status: 404, body: { detail: 'Not Found' } };
const SEVENTIES_MISSING: Script = ({ content }) => (/^What is \d*70 plus/.test(content) ? NOT_FOUND : 'Paris');

const BROKEN = { status: 500, body: { status: 'failure', message: 'Something went wrong' } };
// A rate limit is a sign of life, so the endpoint does not count as down.
const ALWAYS_BROKEN: Script = ({ before }) => (before % 4 === 3 ? { status: 429, body: 'Slow down' } : BROKEN);
const MOSTLY_BROKEN: Script = ({ content }) => (/^What is \d*1 plus/.test(content) ? 'Paris' : BROKEN);

const VIOLATIONS = [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }];
const EXHAUSTED = {
  status: 429,
  body: [
    {
      error: {
        code: 429,
        message: 'You exceeded your current quota. Please retry in 5h0m0s.',
        details: [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: VIOLATIONS }],
      },
    },
  ],
};
const BAD_EXHAUSTED: Script = ({ model, before }) => (model === 'bad' && before > 20 ? EXHAUSTED : 'Paris');

type Context = Parameters<typeof chatServer>[0];

async function runScript(
  desk: Desk,
  context: Context,
  script: Script,
  { factor = FACTOR, rows = ROWS, ...flags }: GivenFlags & { readonly factor?: number; readonly rows?: number } = {},
) {
  const server = await chatServer(context, script);
  await desk.write('rows.csv', questions(rows));
  const given = { provider: 'custom', baseUrl: server.url, model: ['m'], ...flags };
  const outcome = await fastRun(desk, new FastClock(factor), given);
  return { server, outcome, given, status: exitStatusOf(outcome) };
}

function countOf(calls: readonly ChatCall[], matches: (call: ChatCall) => boolean): number {
  return calls.filter(matches).length;
}

describe.concurrent('a request that is refused for every row', { timeout: 120_000 }, () => {
  it('is made five times per variant, and the run stops with the reason and the fix', async ({
    desk,
    onTestFinished,
  }) => {
    const flags = { temperature: [0.5, 0.7], topP: 0.5, concurrency: 32 };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, () => NO_TOP_P, flags);
    expect(status).toBe(4);
    expect(countOf(server.calls, ({ temperature }) => temperature === 0.5)).toBe(5);
    expect(countOf(server.calls, ({ temperature }) => temperature === 0.7)).toBe(5);
    expect(outcome).toMatchObject({ state: 'stopped', stopKind: 'refused', resumeAt: null });
    expect(outcome.stoppedBecause).toMatch(/^refused 5 times in a row: HTTP 400: .*; leave --top-p out$/);
    expect(outcome.summary.total).toMatchObject({ completed: 0, errored: 10, skipped: 0 });
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'stopped' });
    expect(await csvResults(desk, 'run')).toHaveLength(10);
  });

  it('leaves the other trials open: resuming makes five more calls, or all of them once it is fixed', async ({
    desk,
    onTestFinished,
  }) => {
    let isMended = false;
    const script: Script = () => (isMended ? 'Paris' : NO_TOP_P);
    const { server, given } = await runScript(desk, { onTestFinished }, script);
    expect(server.calls).toHaveLength(5);
    const again = await fastRun(desk, new FastClock(FACTOR), given);
    expect(exitStatusOf(again)).toBe(4);
    expect(server.calls).toHaveLength(10);
    isMended = true;
    const mended = await fastRun(desk, new FastClock(FACTOR), { ...given, retryErrored: true });
    expect(exitStatusOf(mended)).toBe(0);
    expect(server.calls).toHaveLength(10 + ROWS);
    expect(mended.summary.total).toMatchObject({ completed: ROWS, errored: 0 });
  });

  it('ends only its variant, and the run with exit status 4', async ({ desk, onTestFinished }) => {
    const flags = { model: ['bad', 'good'] };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, WITHOUT_BAD, flags);
    expect(status).toBe(4);
    expect(countOf(server.calls, ({ model }) => model === 'bad')).toBe(5);
    expect(outcome.summary.total).toMatchObject({ completed: ROWS, errored: 5 });
    expect(outcome.stoppedBecause).toMatch(/^refused 5 times in a row: bad: HTTP 400: /);
  });

  it('stops the variant in the middle of a run too, after as many refusals without an answer between them', async ({
    desk,
    onTestFinished,
  }) => {
    const flags = { concurrency: 4 };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, AFTER_HUNDRED, flags);
    expect(status).toBe(4);
    expect(outcome.summary.total.completed).toBe(100);
    // Those in flight at the fifth refusal.
    expect(server.calls.length).toBeLessThanOrEqual(100 + 5 + 3);
  });

  it('with a page instead of an answer ends likewise, once each trial used its attempts', async ({
    desk,
    onTestFinished,
  }) => {
    const page = { status: 200, body: '<html><title>Sign in</title></html>' };
    const flags = { maxAttempts: 2 };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, () => page, flags);
    expect(status).toBe(4);
    expect(server.calls).toHaveLength(10);
    expect(outcome.stoppedBecause).toMatch(/the answer is a web page: Sign in/);
  });
});

describe.concurrent('a server that breaks at every trial', { timeout: 120_000 }, () => {
  it('is not asked about all of them, though it refuses some in between', async ({ desk, onTestFinished }) => {
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, ALWAYS_BROKEN, { maxAttempts: 3 });
    expect(status).toBe(4);
    expect(outcome.stoppedBecause).toMatch(/^refused 5 times in a row: HTTP 500: Something went wrong/);
    expect(server.calls.length).toBeLessThanOrEqual(3 * 12);
    expect(outcome.summary.total).toMatchObject({ completed: 0 });
  });

  it('after some answers keeps getting requests', async ({ desk, onTestFinished }) => {
    const { outcome } = await runScript(desk, { onTestFinished }, MOSTLY_BROKEN, {
      maxAttempts: 1,
      concurrency: 4,
      factor: SLOW_FACTOR,
      rows: ROWS / 2,
    });
    expect(outcome.summary.total.completed).toBe(ROWS / 2 / 10);
  });
});

describe.concurrent('refusals that say nothing about other rows', { timeout: 120_000 }, () => {
  it('for the content of a row stop nothing, however many there are', async ({ desk, onTestFinished }) => {
    const filtered = refusedFor('The prompt was filtered', { code: 'content_filter' });
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, () => filtered);
    expect(status).toBe(3);
    expect(server.calls).toHaveLength(ROWS);
    expect(outcome.summary.total).toMatchObject({ completed: 0, errored: ROWS });
  });

  it('with answers between stop nothing', async ({ desk, onTestFinished }) => {
    const flags = { concurrency: 1 };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, EVERY_OTHER, flags);
    expect(status).toBe(3);
    expect(server.calls).toHaveLength(ROWS);
    expect(outcome.summary.total).toMatchObject({ completed: ROWS / 2, errored: ROWS / 2 });
  });

  it('that differ in more than numbers are errors of their rows', async ({ desk, onTestFinished }) => {
    const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa'.split(' ');
    const seen = new Map<string, number>();
    const script: Script = ({ before }) => {
      const word = `${words[before % 10] ?? ''} ${words[Math.floor(before / 10) % 10] ?? ''}`;
      seen.set(word, (seen.get(word) ?? 0) + 1);
      return refusedFor(`Not for ${word}`);
    };
    const { outcome, status } = await runScript(desk, { onTestFinished }, script);
    // A hundred reasons, three times each.
    expect(Math.max(...seen.values())).toBe(3);
    expect(status).toBe(3);
    expect(outcome.summary.total.errored).toBe(ROWS);
  });
});

describe.concurrent('a 404 that names no model', { timeout: 120_000 }, () => {
  it('before any answer ends the run at once, with a hint if the address lacks /v1', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await chatServer({ onTestFinished }, ({ path }) => (path.startsWith('/v1/') ? 'Paris' : NOT_FOUND));
    await desk.write('rows.csv', questions(ROWS));
    const flags = { provider: 'custom', baseUrl: server.origin, model: ['m'] };
    const outcome = await fastRun(desk, new FastClock(FACTOR), flags);
    expect(exitStatusOf(outcome)).toBe(4);
    expect(server.calls).toHaveLength(1);
    expect(outcome).toMatchObject({
      stopKind: 'endpoint_not_found',
      stoppedBecause: 'no chat API at this address: HTTP 404: Not Found; is /v1 missing at the end of --base-url?',
    });
  });

  it('after an answer is the error of its row, and not tried again', async ({ desk, onTestFinished }) => {
    const flags = { concurrency: 2 };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, SEVENTIES_MISSING, flags);
    const lost = countOf(server.calls, (call) => SEVENTIES_MISSING(call) === NOT_FOUND);
    expect(lost).toBe(3);
    expect(status).toBe(3);
    expect(server.calls).toHaveLength(ROWS);
    expect(outcome.summary.total).toMatchObject({ completed: ROWS - lost, errored: lost });
    const errored = (await csvResults(desk, 'run')).filter((row) => row['status'] === 'errored');
    for (const row of errored) expect(row).toMatchObject({ error_code: 'endpoint_not_found', attempts: '1' });
  });
});

describe.concurrent('an exhausted quota', { timeout: 120_000 }, () => {
  it('stops the model’s variants at once and leaves their trials open, while others are answered', async ({
    desk,
    onTestFinished,
  }) => {
    const flags = { model: ['bad', 'good'], concurrency: 4 };
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, BAD_EXHAUSTED, flags);
    expect(status).toBe(4);
    expect(countOf(server.calls, (call) => BAD_EXHAUSTED(call) === EXHAUSTED)).toBeLessThanOrEqual(4);
    const { completed, errored } = outcome.summary.total;
    expect(errored).toBe(0);
    expect(completed).toBe(countOf(server.calls, (call) => BAD_EXHAUSTED(call) === 'Paris'));
    expect(outcome).toMatchObject({ stopKind: 'quota_exhausted', resumeAt: expect.stringMatching(/Z$/) });
    expect(outcome.stoppedBecause).toMatch(/^the quota is used up: bad: HTTP 429: .*available again at /);
  });
});

const WITHOUT_TEMPERATURE: Script = ({ temperature }) =>
  temperature === null
    ? 'Paris'
    : refusedFor("Unsupported value: 'temperature' does not support 0.5 with this model.", { param: 'temperature' });

describe.concurrent('a temperature that a model turns out not to take', { timeout: 120_000 }, () => {
  it('costs a few refusals at the start, and every row is answered', async ({ desk, onTestFinished }) => {
    const { server, outcome, status } = await runScript(desk, { onTestFinished }, WITHOUT_TEMPERATURE, {
      temperature: [0.5],
    });
    expect(status).toBe(0);
    expect(outcome.summary.total).toMatchObject({ completed: ROWS, errored: 0 });
    // The first trials of a variant go one by one.
    expect(server.calls.length).toBe(ROWS + 1);
  });
});
