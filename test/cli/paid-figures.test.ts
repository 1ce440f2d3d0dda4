import { describe, expect } from 'vitest';
import { listOf as itemsOf, type JsonObject, type JsonValue, objectOf, textOf } from '../../src/core/json.ts';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { type ChatServer, chatServer, completion, listOf, type Outcome } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { parseObject } from '../support/results.ts';

/** Ten tokens at 3 and five at 15 millionths: 0.000105 a call, answered or failed. */
const PRICED = ['--price', 'm=3,15', '--price', 'judge=3,15', '--currency', 'USD'];
const CALL = parseDecimal('0.000105') ?? 0n;
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const VERDICT = '{"reason":"good","score":1}';

/** What becomes of each call for a row, in order; the last one is that of all further calls. */
type Fates = readonly ('ok' | 'billed' | 'untold')[];

/** Rows whose questions say what becomes of their calls. */
function rows(count: number, fatesOf: (row: number) => Fates): string {
  const lines = Array.from({ length: count }, (_, row) => `q${row},"row ${row} F=${fatesOf(row).join(',')} "\n`);
  return `id,prompt\n${lines.join('')}`;
}

interface BillingServer extends ChatServer {
  /** What it billed for calls whose usage it told, and the number of the others. */
  readonly bill: () => { readonly total: string; readonly untold: number };
}

async function billingServer(context: Ending): Promise<BillingServer> {
  const seen = new Map<string, number>();
  let [known, untold] = [0n, 0];
  const server = await chatServer(
    context,
    (call): Outcome => {
      const fates = /F=([a-z,]+)/.exec(call.model === 'judge' ? '' : call.content)?.[1]?.split(',') ?? ['ok'];
      const key = `${call.model} ${call.content}`;
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      const fate = fates[Math.min(before, fates.length - 1)];
      if (fate === 'untold') {
        untold += 1;
        return { body: completion('An answer.', call) };
      }
      known += CALL;
      if (fate === 'billed') return { body: { id: 'x', object: 'chat.completion', choices: [], usage: USAGE } };
      return call.model === 'judge' ? VERDICT : 'An answer.';
    },
    { list: listOf('m', 'judge') },
  );
  return { ...server, bill: () => ({ total: formatDecimal(known), untold }) };
}

/** The words of a run, without the command. */
function wordsFor({ url }: ChatServer, ...more: readonly string[]): readonly string[] {
  const run = ['rows.csv', '--out', 'run', '--provider', 'custom', '-m', 'm', '--max-tokens', '20', '--no-cache'];
  return [...run, ...PRICED, '--base-url', url, ...more];
}

async function summaryOf(desk: Desk): Promise<JsonObject> {
  return parseObject(await desk.read('run/summary.json'));
}

function sum(...costs: readonly unknown[]): string {
  const amounts = costs.flatMap(itemsOf).map((cost) => parseDecimal(textOf(objectOf(cost)['total']) ?? '') ?? 0n);
  return formatDecimal(amounts.reduce((total, amount) => total + amount, 0n));
}

/** What summary.json or `run --json` says was paid, and the number of unknown costs. */
function paidBy(totals: JsonObject, unused: JsonValue = null): readonly unknown[] {
  const { costs, unknownCosts = objectOf(totals['cost'])['unknown'], wastedCosts } = totals;
  const more = objectOf(unused);
  return [sum(costs, wastedCosts, more['costs']), Number(unknownCosts) + Number(more['unknownCosts'] ?? 0)];
}

/** Everything that says what the run has paid in all. */
async function figuresOf(desk: Desk, words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const summary = await summaryOf(desk);
  const estimate = parseObject((await desk.pass(['estimate', ...words, '--json'])).stdout);
  const { total, judges } = estimate;
  const judged = objectOf(judges);
  const watch = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
  const { inAll } = readReportPage(await desk.read('run/report.html')).head.paid;
  const outcome = parseObject((await desk.pass(['run', ...words, '--json'])).stdout);
  const judging = itemsOf(judged['costs']).map((cost) => ({ total: objectOf(cost)['paid'] ?? null }));
  return {
    summary: paidBy(objectOf(summary['total']), summary['unused']),
    run: paidBy(outcome, outcome['unused']),
    page: [sum(inAll.costs), inAll.unknownCosts],
    watch: [sum(watch['costs']), watch['unknownCosts']],
    estimate: [
      sum([{ total: objectOf(total)['paid'] ?? null }], judging),
      Number(objectOf(total)['unknownCosts']) + Number(judged['unknownCosts'] ?? 0),
    ],
  };
}

function allAre({ bill }: BillingServer): Readonly<Record<string, unknown>> {
  const { total, untold } = bill();
  const paid = [total, untold];
  return { summary: paid, run: paid, page: paid, watch: paid, estimate: paid };
}

describe('what a run has paid', { timeout: 60_000 }, () => {
  it('is the same in every figure after errors were retried', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished });
    await desk.write(
      'rows.csv',
      rows(12, (row) => (row % 2 === 0 ? ['billed', 'billed', 'ok'] : ['ok'])),
    );
    const words = wordsFor(server, '--limit', '10');
    await desk.run(['run', ...words, '--max-attempts', '2', '--concurrency', '1']);
    await desk.pass(['run', ...words, '--retry-errored']);
    expect(server.bill().total).toBe('0.0021');
    expect(await figuresOf(desk, words)).toEqual(allAre(server));

    const all = wordsFor(server);
    const gated = await desk.run(['estimate', ...all, '--max-cost', '0.002']);
    expect(gated.stdout).toContain('0.0021 $ of it paid');
    expect([gated.status, gated.stderr]).toEqual([1, expect.stringContaining('is above --max-cost 0.002')]);
    const budget = await desk.run(['run', ...all, '--budget', '0.002']);
    expect(budget.stderr).toContain('0.0021 USD paid');
  });

  it('is the same in every figure after rows and judges changed', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished });
    const judged = (criterion: string): readonly string[] => {
      return wordsFor(server, '--score', `judge:${criterion}`, '--judge-model', 'judge', '--max-attempts', '3');
    };
    await desk.write(
      'rows.csv',
      rows(6, (row) => (row === 0 ? ['billed', 'ok'] : ['ok'])),
    );
    await desk.pass(['run', ...judged('good')]);
    await desk.write(
      'rows.csv',
      rows(5, (row) => (row === 1 ? ['billed', 'ok', 'ok'] : ['ok'])),
    );
    const words = judged('short');
    await desk.pass(['run', ...words]);
    expect(await figuresOf(desk, words)).toEqual(allAre(server));
    const { unused, judge } = await summaryOf(desk);
    // Verdicts of the judge before, and two answers to rows as they were.
    expect(unused).toMatchObject({ judge: { costs: [{ total: '0.00063', currency: 'USD' }], unknownCosts: 0 } });
    expect(judge).toMatchObject({ costs: [{ total: '0.000525', currency: 'USD' }] });

    // Without judges, what the earlier ones cost is still paid.
    const unjudged = wordsFor(server);
    await desk.pass(['run', ...unjudged]);
    expect(await figuresOf(desk, unjudged)).toEqual(allAre(server));
  });

  it('keeps an unknown cost when its row goes', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished });
    await desk.write(
      'rows.csv',
      rows(3, (row) => (row === 0 ? ['untold'] : ['ok'])),
    );
    const words = wordsFor(server);
    const first = await desk.pass(['run', ...words]);
    expect(first.stdout).toContain('0.00021 $ + 1 unknown');
    await desk.write(
      'rows.csv',
      rows(3, () => ['ok']),
    );
    const second = await desk.pass(['run', ...words]);
    expect(second.stdout).toContain('1 result is not part of this run any more: unknown paid for it');
    expect((await summaryOf(desk))['unused']).toEqual({ results: 1, costs: [], unknownCosts: 1 });
    expect(await figuresOf(desk, words)).toEqual(allAre(server));
    expect((await desk.pass(['watch', 'run'])).stdout).toContain('0.000315 $ + 1 unknown');

    await desk.write(
      'rows.csv',
      rows(2, () => ['ok']),
    );
    const third = await desk.pass(['run', ...words]);
    expect(third.stdout).toContain('2 results are not part of this run any more: 0.000105 $ + 1 unknown paid for them');
    expect(await figuresOf(desk, words)).toEqual(allAre(server));
    const gated = await desk.run(['estimate', ...words, '--max-cost', '1']);
    expect(gated.stdout).toContain('0.000315 $ + 1 unknown of it paid');
    expect([gated.status, gated.stderr]).toEqual([
      1,
      expect.stringContaining('--max-cost 1: what 1 answer so far cost is not known, and has no bound'),
    ]);
  });
});

describe('a pilot', { timeout: 60_000 }, () => {
  it('says what it paid with failed calls, and so do the bill and the page of its run', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await billingServer({ onTestFinished });
    await desk.write(
      'rows.csv',
      rows(30, (row) => (row % 2 === 0 ? ['billed', 'ok'] : ['ok'])),
    );
    const words = wordsFor(server, '--concurrency', '1');
    const pilot = await desk.pass(['estimate', ...words, '--pilot', '8']);
    const { total } = server.bill();
    const paid = `${formatShown(total)} $`;
    expect(pilot.stdout).toContain(`${paid} of it paid`);
    expect(pilot.stdout).toContain(`pilot: 8 rows were run, ${paid} paid in all`);

    const run = await desk.pass(['run', ...words]);
    const bill = server.bill().total;
    expect(run.stdout).toContain(`paid ${formatShown(bill)} $, `);
    const { actual } = objectOf((await summaryOf(desk))['estimate']);
    expect(objectOf(actual)['costs']).toEqual([expect.objectContaining({ total: bill })]);
    const { head } = readReportPage(await desk.read('run/report.html'));
    expect([head.paid.answers.costs, head.paid.inAll.costs]).toEqual([
      [{ total: bill, currency: 'USD' }],
      [{ total: bill, currency: 'USD' }],
    ]);
    expect(await figuresOf(desk, words)).toEqual(allAre(server));
  });
});

/** An amount below one to four significant digits, as figures for people are. */
function formatShown(total: string): string {
  return String(Number(Number(total).toPrecision(4)));
}
