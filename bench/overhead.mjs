// Processor time that a call costs in this program's own layers: limiter, retry, budget, pool; no network, no files.
import { Account } from '../dist/modules/engine/account.js';
import { Budget } from '../dist/modules/engine/budget.js';
import { CallSlots } from '../dist/modules/engine/call-slots.js';
import { RunControl } from '../dist/modules/engine/control.js';
import { Executor } from '../dist/modules/engine/execute.js';
import { Pauses } from '../dist/modules/engine/pauses.js';
import { runPool } from '../dist/modules/engine/pool.js';
import { OwnRateBook } from '../dist/modules/engine/rate-book.js';
import { Rates } from '../dist/modules/engine/rates.js';
import { Refusals } from '../dist/modules/engine/refusals.js';
import { systemClock } from '../dist/modules/io/clock.js';
import { BoundHoldLog } from '../dist/modules/store/hold-logs.js';
import { readFlags } from './support/flags.mjs';
import { round, tell } from './support/program.mjs';

const { calls, concurrency } = readFlags({ calls: 200_000, concurrency: 64 });

const COMPLETION = {
  id: 'x',
  output: 'An answer.',
  finishReason: 'stop',
  simulated: false,
  usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
  cost: { prompt: 10n, completion: 5n, total: 15n, currency: 'RUB', source: 'provider' },
};
const PROVIDER = { name: 'bench', endpoint: 'http://127.0.0.1/v1', complete: async () => COMPLETION };
const VARIANT = {
  index: 0,
  temperature: 0.5,
  params: {},
  prompt: { name: 'bench' },
  model: { provider: 'bench', model: 'bench' },
};
const MESSAGES = [{ role: 'user', content: 'What?' }];

async function* trials() {
  for (let index = 0; index < calls; index++) {
    const id = index.toString(16).padStart(20, '0');
    yield [{ id, row: { id: String(index) }, variant: VARIANT, repeat: 1, messages: MESSAGES, messagesDigest: id }];
  }
}

/** Limits that are never reached, so that they are computed without any waiting. */
const LIMITED = { rpm: null, tpm: 1e12 };

function ignore() {}

function openExecutor({ limits, isFixed, budget }) {
  const rates =
    limits === null ? null : new Rates({ limits, book: new OwnRateBook(), clock: systemClock, longestCallMs: 120_000 });
  const account = new Account({
    concurrency,
    isFixed,
    rates,
    clock: systemClock,
    onConcurrency: (places) => slots.resize(places),
  });
  const slots = new CallSlots(account.concurrency);
  const control = new RunControl();
  const need = { tokens: 20, cost: 20n };
  const refusals = new Refusals(control, systemClock);
  const pauses = new Pauses({ stopAfterMs: null, clock: systemClock, control, onPause: ignore, onWarning: ignore });
  const executor = new Executor({
    onUnpriced: () => undefined,
    provider: PROVIDER,
    courier: null,
    budget,
    holds: new BoundHoldLog('RUB', async () => undefined),
    cache: null,
    slots,
    control,
    clock: systemClock,
    random: Math.random,
    refusals,
    pauses,
    accountsOf: () => [account],
    isCacheable: () => false,
    needOf: () => need,
    priceOf: () => null,
    timeoutMs: 120_000,
    retry: { maxAttempts: 6, maxWaitMs: 600_000, baseDelayMs: 1000, maxDelayMs: 60_000 },
  });
  return { executor, control };
}

/** @returns microseconds of processor time per call */
async function measure(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return round((user + system) / calls, 2);
}

async function accountAlone() {
  const account = new Account({ concurrency, isFixed: false, rates: null, clock: systemClock });
  const { draining } = new RunControl();
  for (let index = 0; index < calls; index++) {
    const permit = await account.enter(20, draining);
    permit.leave({ kind: 'answered', tokens: 15, pauseMs: 0 });
  }
}

function pooled(settings) {
  return async () => {
    const { executor, control } = openExecutor(settings);
    let done = 0;
    const work = async (trial) => {
      const result = await executor.execute(trial);
      if (result?.status === 'completed') done += 1;
      void executor.stored(trial.id);
    };
    await runPool({ batches: trials(), work, concurrency, control });
    if (done !== calls) throw new Error(`${done} of ${calls} calls completed`);
  };
}

/** The plan and the pool, which exist without limits and retries too. */
async function poolAlone() {
  await runPool({ batches: trials(), work: async () => undefined, concurrency, control: new RunControl() });
}

function endlessBudget() {
  return new Budget({ amount: 10n ** 24n, currency: 'RUB' }, { paid: 0n, unknown: 0n, unknownCalls: 0 });
}

const CASES = {
  account: accountAlone,
  pool: poolAlone,
  executorInPool: pooled({ limits: null, isFixed: false, budget: null }),
  withTokensAndBudget: pooled({ limits: LIMITED, isFixed: false, budget: endlessBudget() }),
};

const microseconds = {};
for (const [name, work] of Object.entries(CASES)) {
  await measure(work);
  microseconds[name] = await measure(work);
}
const { pool, executorInPool, withTokensAndBudget } = microseconds;
tell(
  {
    calls,
    concurrency,
    cpuMicrosecondsPerCall: microseconds,
    limiterAndRetry: round(executorInPool - pool, 2),
    limiterAndRetryWithTokensAndBudget: round(withTokensAndBudget - pool, 2),
  },
  { under20: executorInPool < 20, under20WithTokensAndBudget: withTokensAndBudget < 20 },
);
