import { describe, expect } from 'vitest';
import { listOf as itemsOf, type JsonObject, type JsonValue, objectOf, textOf } from '../../src/core/json.ts';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { type ChatServer, chatServer, listOf, type Outcome } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { parseObject, questions } from '../support/results.ts';

const PRICED = ['--price', 'm=3,15', '--price', 'judge=3,15', '--currency', 'USD'];
const RUN = ['run', 'rows.csv', '--out', 'run', '--provider', 'custom', '-m', 'm', '--max-tokens', '100', '--no-cache'];
const JUDGED = ['--score', 'judge:Is it right?', '--judge-model', 'judge'];
const HANG = { connection: 'open' } as const;
/** It reports what it cost: 0.000105 dollars. */
const BILLED = {
  status: 500,
  body: { error: { message: 'it broke' }, usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } },
};
const REFUSED = { status: 400, body: { error: { message: 'this row is refused', code: 'content_filter' } } };

/** The words of a run with a budget, so that each of its calls is recorded by itself. */
function wordsFor({ url }: ChatServer, ...more: readonly string[]): readonly string[] {
  return [...RUN, ...PRICED, '--budget', '1', '--base-url', url, ...more];
}

/** A server that answers rows and never judges. @param fates of the calls for the first row; further ones hang */
function hangingServer(context: Ending, fates: Outcome[] = [REFUSED]): Promise<ChatServer> {
  return chatServer(
    context,
    ({ model, content }) => {
      if (model === 'judge') return HANG;
      return content === 'What is 1 plus one?' ? (fates.shift() ?? HANG) : 'An answer.';
    },
    { list: listOf('m', 'judge') },
  );
}

/** Starts a session and kills it as soon as it has made so many calls. */
async function killAfter(calls: number, desk: Desk, server: ChatServer, words: readonly string[]): Promise<void> {
  const before = server.calls.length;
  const cli = desk.start(words);
  await cli.until(() => server.calls.length >= before + calls);
  cli.signal('SIGKILL');
  await cli.ended;
}

function lostIn({ lostCalls, lostCostsAtMost, unknownLostCosts }: JsonObject): JsonObject {
  return {
    lostCalls: lostCalls ?? null,
    lostCostsAtMost: lostCostsAtMost ?? null,
    unknownLostCosts: unknownLostCosts ?? null,
  };
}

async function documentOf(desk: Desk, words: readonly string[]): Promise<JsonObject> {
  return parseObject((await desk.run([...words, '--json'])).stdout);
}

/** What each command that reads the folder says of lost calls. */
async function lostBy(desk: Desk): Promise<Readonly<Record<string, JsonObject>>> {
  const report = lostIn(await documentOf(desk, ['report', 'run']));
  const watch = lostIn(await documentOf(desk, ['watch', 'run']));
  const score = lostIn(await documentOf(desk, ['score', 'run', '--score', 'exact']));
  return { report, watch, score, summary: lostIn(parseObject(await desk.read('run/summary.json'))) };
}

describe.concurrent('a call in flight when its session was killed', { timeout: 120_000 }, () => {
  it.for([
    ['to a judge', JUDGED],
    ['for a trial with an error of an earlier session', ['--retry-errored']],
  ] as const)(
    '%s counts as lost for all who read the folder, and for the next session',
    async ([, more], { desk, onTestFinished }) => {
      const server = await hangingServer({ onTestFinished });
      await desk.write('rows.csv', questions(6));
      const words = wordsFor(server);
      await desk.run(words);
      await killAfter(1, desk, server, [...words, ...more]);
      const found = await lostBy(desk);
      expect(found['report']).toMatchObject({
        lostCalls: 1,
        lostCostsAtMost: [{ currency: 'USD' }],
        unknownLostCosts: 0,
      });
      const next = lostIn(await documentOf(desk, words));
      expect({ ...found, next }).toEqual({ report: next, watch: next, score: next, summary: next, next });
      expect(await lostBy(desk)).toEqual(found);
    },
  );

  it('leaves a run that reports call killed, as watch does', async ({ desk, onTestFinished }) => {
    const server = await hangingServer({ onTestFinished });
    await desk.write('rows.csv', questions(6));
    const words = wordsFor(server, ...JUDGED);
    await desk.run(wordsFor(server));
    await killAfter(1, desk, server, words);
    const states = async (): Promise<readonly unknown[]> => {
      const [report, watch] = [await documentOf(desk, ['report', 'run']), await documentOf(desk, ['watch', 'run'])];
      await desk.pass(['report', 'run', '--output', 'page.html']);
      return [report['state'], watch['state'], readReportPage(await desk.read('page.html')).head.run.state];
    };
    expect(await states()).toEqual(['killed', 'killed', 'killed']);
    await desk.run(wordsFor(server));
    expect(await states()).toEqual(['completed', 'completed', 'completed']);
  });

  it('leaves what failed before it in every figure of what was paid', async ({ desk, onTestFinished }) => {
    const server = await hangingServer({ onTestFinished }, [REFUSED, BILLED]);
    await desk.write('rows.csv', questions(6));
    const words = wordsFor(server);
    await desk.run(words);
    await killAfter(2, desk, server, [...words, '--retry-errored']);
    const watch = await documentOf(desk, ['watch', 'run']);
    const estimate = await documentOf(desk, ['estimate', ...words.slice(1)]);
    const run = await documentOf(desk, words);
    // Five answers, and the call that failed.
    expect(watch['costs']).toEqual([{ total: '0.00063', currency: 'USD' }]);
    expect(estimate).toMatchObject({ total: { paid: '0.00063' } });
    expect(run).toMatchObject({ cost: { total: '0.000525' }, wastedCosts: [{ total: '0.000105' }], lostCalls: 1 });
  });
});

/** A server that breaks the first connection for each of these texts, and answers everything else. */
function droppingServer(context: Ending, ...dropped: readonly string[]): Promise<ChatServer> {
  const left = new Set(dropped);
  return chatServer(
    context,
    ({ model, content }) => {
      if (left.delete(model === 'judge' ? model : content)) return { connection: 'broken' };
      return model === 'judge' ? '{"reason": "good", "score": 1}' : 'An answer.';
    },
    { list: listOf('m', 'judge') },
  );
}

function question(row: number): string {
  return `What is ${row} plus one?`;
}

/** Words of a grid without the command. */
function gridFor({ url }: ChatServer, ...more: readonly string[]): readonly string[] {
  return [...RUN.slice(1), '--base-url', url, '--max-attempts', '2', ...more];
}

const M_PRICED = ['--price', 'm=3,15', '--currency', 'USD'];

function picounits(value: JsonValue | undefined): bigint {
  const amount = parseDecimal(textOf(value) ?? '');
  if (amount === null) throw new TypeError(`no amount: ${JSON.stringify(value)}`);
  return amount;
}

function mostLost({ lostCostsAtMost }: JsonObject): bigint {
  return picounits(objectOf(itemsOf(lostCostsAtMost)[0])['total']);
}

function costOf(estimate: JsonObject): JsonObject {
  return objectOf(objectOf(estimate['total'])['cost']);
}

describe.concurrent('an estimate of a run that lost calls', { timeout: 120_000 }, () => {
  it('has them at their most in its upper ends, as --budget does, and so has its gate', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await droppingServer({ onTestFinished }, question(1), question(2));
    await desk.write('rows.csv', questions(6));
    const grid = gridFor(server, ...M_PRICED);
    const run = await documentOf(desk, ['run', ...grid]);
    const estimate = await documentOf(desk, ['estimate', ...grid]);
    // Six answers.
    const [paid, most] = [picounits('0.00063'), picounits('0.00063') + mostLost(run)];
    expect(lostIn(estimate)).toEqual(lostIn(run));
    expect(run).toMatchObject({ completed: 6, lostCalls: 2 });
    const ends = { low: formatDecimal(paid), expected: formatDecimal(paid), high: formatDecimal(most) };
    expect(costOf(estimate)).toEqual({ ...ends, ceiling: formatDecimal(most) });

    const gate = (limit: bigint): ReturnType<Desk['run']> =>
      desk.run(['estimate', ...grid, '--max-cost', formatDecimal(limit)]);
    expect((await gate(most)).status).toBe(0);
    const { status, stdout } = await gate(most - 1n);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^2 calls got no usable answer and may have been/m)]);
    // A volume that is planned is apart from what the run has paid.
    const planned = await documentOf(desk, ['estimate', ...grid, '--rows', '60']);
    expect(planned).toMatchObject({ lostCalls: 0, total: { paid: '0' } });
  });

  it('is the same as the one that the run begins with, and stores', async ({ desk, onTestFinished }) => {
    const server = await droppingServer({ onTestFinished }, question(1), question(2));
    await desk.write('rows.csv', questions(30));
    const grid = gridFor(server, ...M_PRICED);
    await desk.run(['run', ...grid, '--limit', '6']);
    const estimate = await documentOf(desk, ['estimate', ...grid]);
    expect(estimate).toMatchObject({ lostCalls: 2 });
    const { stderr } = await desk.pass(['run', ...grid]);
    expect(stderr).toMatch(
      /^estimate: .*\n2 calls got no usable answer and may have been billed: at most 0\.003\d+ \$$/m,
    );
    const stored = objectOf(parseObject(await desk.read('run/run.json'))['estimate']);
    expect(objectOf(itemsOf(stored['costs'])[0])['cost']).toEqual(costOf(estimate));
  });

  it('has no upper end where they had no price', async ({ desk, onTestFinished }) => {
    const server = await droppingServer({ onTestFinished }, question(1));
    await desk.write('rows.csv', questions(6));
    await desk.run(['run', ...gridFor(server)]);
    const grid = gridFor(server, ...M_PRICED);
    const estimate = await documentOf(desk, ['estimate', ...grid]);
    expect(estimate).toMatchObject({ lostCalls: 1, lostCostsAtMost: [], unknownLostCosts: 1 });
    expect(costOf(estimate)).toMatchObject({ high: null, ceiling: null });
    const { status, stderr } = await desk.run(['estimate', ...grid, '--max-cost', '100']);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('what 1 lost call so far cost is not known, and has'),
    ]);
  });

  it('has those of its pilot, to judges too', async ({ desk, onTestFinished }) => {
    const server = await droppingServer({ onTestFinished }, question(1), 'judge');
    await desk.write('rows.csv', questions(6));
    const grid = gridFor(server, ...PRICED, ...JUDGED);
    const pilot = await documentOf(desk, ['estimate', ...grid, '--pilot', '6']);
    expect(pilot).toMatchObject({ lostCalls: 2, unknownLostCosts: 0 });
    expect(lostIn(pilot)).toEqual(lostIn(parseObject(await desk.read('run/summary.json'))));
    expect(picounits(costOf(pilot)['ceiling'])).toBeGreaterThanOrEqual(picounits('0.00063') + mostLost(pilot));
  });
});
