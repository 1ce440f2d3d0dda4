import { describe, expect } from 'vitest';
import {
  PRICED_RUN,
  PROXIES,
  programOf,
  startProxy,
  startUpstream,
  timeoutWords,
} from '../../bench/support/proxies.mjs';
import { parseDecimal } from '../../src/core/money.ts';
import { it } from '../support/cli.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

const BUDGET = '0.06';
const RUN = [...PRICED_RUN, '--concurrency', '8', '--max-attempts', '4', '--budget', BUDGET];

function picounits(text: unknown): bigint {
  const amount = typeof text === 'string' ? parseDecimal(text) : null;
  if (amount === null) throw new TypeError(`no decimal: ${JSON.stringify(text)}`);
  return amount;
}

/** `direct` needs nothing; the names of the others say what they need, for skipped ones. */
const CASES = PROXIES.map((proxy) => {
  const { name, program } = proxy;
  const path = program === null ? '' : programOf({ program });
  return { proxy, isMissing: path === null, title: program === null ? name : `${name} (needs ${program})` };
});

describe.concurrent('a budget while a slow upstream bills what it reads', { timeout: 120_000 }, () => {
  for (const { proxy, isMissing, title } of CASES) {
    it.skipIf(isMissing)(`is kept by the bill: ${title}`, async ({ desk, onTestFinished }) => {
      const upstream = await startUpstream();
      onTestFinished(() => upstream.close());
      const { url, close } = await startProxy(proxy, desk.path('proxy'), upstream);
      onTestFinished(close);
      await desk.write('rows.csv', questions(60));
      const { status, stdout, stderr } = await desk.run([...RUN, '--base-url', url, ...timeoutWords(proxy), '--json']);
      expect([status, stderr]).toEqual([
        4,
        expect.stringMatching(/the budget of 0\.06 USD is reached: .* USD paid, .*/),
      ]);

      const { calls, billed } = upstream.stats();
      const document = parseObject(stdout);
      const paid = picounits(objectAt(document, 'cost')['total']);
      const budget = picounits(BUDGET);
      expect(billed).toBeLessThanOrEqual(budget * BigInt(1 + proxy.repeats));
      // Answers that are on the bill were lost, and the run says so.
      expect(billed).toBeGreaterThan(paid);
      const [lost] = Array.isArray(document['lostCostsAtMost']) ? document['lostCostsAtMost'] : [];
      expect(lost).toMatchObject({ currency: 'USD' });
      const counted = paid + picounits(parseObject(JSON.stringify(lost))['total']);
      expect(counted).toBeLessThanOrEqual(budget);
      if (proxy.repeats === 0) expect(billed).toBeLessThanOrEqual(counted);
      // Only the upstream can see that requests are repeated.
      else expect(calls).toBeGreaterThan(Number(document['completed']) + Number(document['lostCalls']));
      const summary = parseObject(await desk.read('run/summary.json'));
      expect(summary).toMatchObject({ lostCalls: document['lostCalls'], lostCostsAtMost: [lost], unknownLostCosts: 0 });
    });
  }
});
