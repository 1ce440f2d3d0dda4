import { describe, expect } from 'vitest';
import { parseDecimal } from '../../../src/core/money.ts';
import { estimate, type RunSettings, run } from '../../../src/index.ts';
import { type Desk, it } from '../../support/cli.ts';
import { judgedAnswers } from '../../support/judged-answers.ts';
import { questions } from '../../support/results.ts';

const NO_KEY = { env: {} };
const ROWS = 100;

async function settingsFor(desk: Desk): Promise<RunSettings> {
  await desk.write('answers.jsonl', judgedAnswers(ROWS));
  const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
  const dataset = desk.path(await desk.write('rows.csv', questions(ROWS)));
  const asked = { dataset, baseUrl: gateway.url, model: ['gpt-4o'], prompt: ['{{ prompt }}'], cache: false };
  return { ...asked, score: [{ type: 'judge' }], judgeModel: 'gpt-4o-mini' };
}

describe('judge cost', { timeout: 120_000 }, () => {
  it('lies in the ranges of nearly all pilots of 20 of 100 rows', async ({ desk }) => {
    const settings = await settingsFor(desk);
    const { summary } = await run({ ...settings, out: desk.path('whole') }, NO_KEY);
    const total = parseDecimal(summary.judge?.costs[0]?.total ?? '') ?? 0n;
    expect(total).toBeGreaterThan(0n);
    let held = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const out = desk.path(`run${seed}`);
      const { estimate: told } = await estimate({ ...settings, seed, out }, { pilotRows: 20 }, NO_KEY);
      expect(told.judges).toMatchObject({ seenRows: 20, openRows: 80 });
      const { low, expected, high } = told.judges?.costs[0]?.cost ?? {};
      expect(low).toBeLessThan(expected ?? 0n);
      if ((low ?? total) <= total && total <= (high ?? 0n)) held += 1;
    }
    // Of ranges with a level of 90 %, fewer than 15 of 20 would hold in 1.1 % of such trials.
    expect(held).toBeGreaterThanOrEqual(15);
  });

  it('is the sum of both parts if a second judge joins one that has judged all rows', async ({ desk }) => {
    const settings = { ...(await settingsFor(desk)), out: desk.path('run') };
    const first = await run(settings, NO_KEY);
    const paid = parseDecimal(first.summary.judge?.costs[0]?.total ?? '') ?? 0n;
    const two = { ...settings, score: [{ type: 'judge' }, { type: 'judge', name: 'other', rubric: 'It is even' }] };
    const { estimate: unseen } = await estimate(two, {}, NO_KEY);
    expect(unseen.judges?.costs).toMatchObject([{ paid, cost: { expected: null } }]);
    const { estimate: told } = await estimate(two, { pilotRows: 20 }, NO_KEY);
    const whole = await run(two, NO_KEY);
    const total = parseDecimal(whole.summary.judge?.costs[0]?.total ?? '') ?? 0n;
    const expected = told.judges?.costs[0]?.cost.expected ?? 0n;
    expect(Number(expected) / Number(total)).toBeCloseTo(1, 1);
    expect(told.judges?.costs[0]?.cost.low).toBeGreaterThan(paid);
    expect(unseen.judges?.costs[0]?.cost.low).toBeLessThanOrEqual(total);
  });
});
