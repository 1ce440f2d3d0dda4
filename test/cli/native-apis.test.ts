import { LLMock } from '@copilotkit/aimock';
import { afterEach, describe, expect } from 'vitest';
import { objectOf } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';
import {
  anthropicError,
  geminiError,
  type VendorCall,
  type VendorOutcome,
  type VendorServer,
  vendorServer,
} from '../support/vendor-server.ts';

const CLAUDE = 'claude/claude-sonnet-4-5';
const GEMINI = 'google/gemini-2.5-flash';
const KEYS = { ANTHROPIC_API_KEY: 'vendor-key', GEMINI_API_KEY: 'vendor-key' };

const USAGES = {
  anthropicUsage: {
    input_tokens: 5,
    cache_read_input_tokens: 1800,
    cache_creation_input_tokens: 248,
    cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
    output_tokens: 503,
    output_tokens_details: { thinking_tokens: 400 },
    service_tier: 'standard',
  },
  geminiUsage: {
    promptTokenCount: 1000,
    cachedContentTokenCount: 800,
    toolUsePromptTokenCount: 50,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 300,
    totalTokenCount: 1370,
  },
};

/** A project with both vendors at their doubles. */
async function project(desk: Desk, bases: VendorServer['bases']): Promise<void> {
  await desk.write('rows.csv', questions(3));
  const sections = [
    `claude: { kind: anthropic, baseUrl: ${bases.anthropic} }`,
    `google: { kind: gemini, baseUrl: ${bases.gemini} }`,
  ];
  await desk.write('promptgrid.yaml', `providers:\n${sections.map((line) => `  ${line}\n`).join('')}`);
}

const GRID = ['run', 'rows.csv', '-m', `${CLAUDE},${GEMINI}`, '--system', 'Be brief.', '--trust-config'];
const RUN = [...GRID, '--out', 'run'];

/** What a vendor answers that is busy at first. */
function busy(call: VendorCall): VendorOutcome {
  if (call.before > 3) return 'An answer.';
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.01s' };
  return call.vendor === 'gemini'
    ? geminiError(429, 'Resource has been exhausted', [retry])
    : anthropicError(529, 'overloaded_error', 'Overloaded');
}

describe("a run at the vendors' own APIs", () => {
  it("costs what each vendor's prices say, to the digit", async ({ desk, onTestFinished }) => {
    const server = await vendorServer({ onTestFinished }, () => 'An answer.', USAGES);
    await project(desk, server.bases);
    const { stdout, stderr } = await desk.pass([...RUN, '-t', '0.5', '--json'], { env: KEYS });
    expect(server.refusals).toEqual([]);
    // Per million tokens: 3 for input, 0.3 read, 3.75 and 6 written, 15 for output; 0.3, 0.03 read, 2.5 for output.
    const rows = await csvResults(desk, 'run');
    const costs = rows.map(({ model, total_cost: cost }) => [model, cost]);
    expect(new Set(costs.map((pair) => pair.join(' ')))).toEqual(
      new Set(['claude-sonnet-4-5 0.009255', 'gemini-2.5-flash 0.000899']),
    );
    expect(JSON.parse(stdout)).toMatchObject({
      completed: 6,
      errored: 0,
      cost: { total: '0.030462', currency: 'USD' },
      tokens: { prompt: 9309, completion: 2469 },
    });
    expect(rows[0]).toMatchObject({ output: 'An answer.', finish_reason: 'stop', reasoning_tokens: '400' });
    expect(stderr).toContain('claude requires max_tokens: answers end after 4096 tokens; --max-tokens changes that');
    const [claude, google] = [bodyOf(server.calls, 'anthropic'), bodyOf(server.calls, 'gemini')];
    expect(claude).toMatchObject({ system: 'Be brief.', max_tokens: 4096, temperature: 0.5 });
    expect(google).toMatchObject({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: { temperature: 0.5 },
    });
  });

  it('is the same with event streams, and knows when the first token came', async ({ desk, onTestFinished }) => {
    const server = await vendorServer({ onTestFinished }, () => 'An answer.', USAGES);
    await project(desk, server.bases);
    const { stdout } = await desk.pass([...RUN, '--stream', '--max-tokens', '100', '--json'], { env: KEYS });
    expect(JSON.parse(stdout)).toMatchObject({ completed: 6, cost: { total: '0.030462' } });
    expect((await csvResults(desk, 'run')).map(({ ttft_ms: ttft }) => ttft === '')).not.toContain(true);
  });

  it('waits where it is told to, and ends where no wait helps', async ({ desk, onTestFinished }) => {
    const server = await vendorServer({ onTestFinished }, busy, USAGES);
    await project(desk, server.bases);
    const { stdout } = await desk.pass([...RUN, '--max-attempts', '20', '--json'], { env: KEYS });
    expect(JSON.parse(stdout)).toMatchObject({ completed: 6, errored: 0 });
    const cap = anthropicError(429, 'rate_limit_error', 'Spend limit', { error_code: 'enforced_spend_limit_reached' });
    const capped = await vendorServer({ onTestFinished }, () => cap);
    await project(desk, capped.bases);
    const words = ['run', 'rows.csv', '-m', CLAUDE, '--trust-config', '--out', 'capped'];
    expect((await desk.run(words, { env: KEYS })).status).toBe(4);
    expect(capped.calls).toHaveLength(1);
  });

  it('refuses what an API has no counterpart for before anything is paid', async ({ desk, onTestFinished }) => {
    const server = await vendorServer({ onTestFinished }, () => 'An answer.');
    await project(desk, server.bases);
    const refused = async (...flags: readonly string[]): Promise<string> => {
      const { status, stderr } = await desk.run([...RUN, ...flags], { env: KEYS });
      expect(status).toBe(2);
      return stderr;
    };
    expect(await refused('--frequency-penalty', '1')).toContain(
      '--frequency-penalty has no counterpart in the API of claude/claude-sonnet-4-5',
    );
    expect(await refused('--param', 'logit_bias={"1":2}')).toContain('--param logit_bias has no counterpart');
    expect(await refused('--param', 'response_format={"type":"json_object"}')).toContain('give a json_schema');
    expect(await refused('--param', 'parallel_tool_calls=false')).toContain(`in the API of ${GEMINI}`);
    const judge = `score:\n  - { type: judge, model: ${CLAUDE}, params: { seed: 7 } }\n`;
    await desk.write('promptgrid.yaml', (await desk.read('promptgrid.yaml')) + judge);
    expect(await refused()).toContain("the judge's seed has no counterpart in the API of claude/claude-sonnet-4-5");
    expect(server.calls).toEqual([]);
  });

  it('keeps a budget by the bound that is sent', async ({ desk, onTestFinished }) => {
    const server = await vendorServer({ onTestFinished }, () => 'An answer.');
    await project(desk, server.bases);
    const words = ['run', 'rows.csv', '-m', CLAUDE, '--trust-config', '--out', 'run'];
    const { status, stderr } = await desk.run([...words, '--budget', '0.06'], { env: KEYS });
    // 4096 tokens at 15 per million are 0.06144.
    expect([status, stderr]).toEqual([2, expect.stringMatching(/a call could cost up to 0\.06[12]\d* USD/)]);
    const estimated = await desk.pass(['estimate', ...words.slice(1, -2), '--json'], { env: KEYS });
    const { total } = objectOf(JSON.parse(estimated.stdout));
    // 3 × 0.06144, and the prompts.
    expect(objectOf(objectOf(total)['cost'])['ceiling']).toMatch(/^0\.18[45]/);
    await desk.pass([...words, '--budget', '0.2', '--concurrency', '1'], { env: KEYS });
    expect(bodyOf(server.calls, 'anthropic')).toMatchObject({ max_tokens: 4096 });
  });

  it('can be rehearsed without a key', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    await desk.pass([
      'run',
      'rows.csv',
      '-m',
      'anthropic/claude-3-haiku,gemini/gemini-2.0-flash',
      '--simulate',
      '--out',
      'run',
    ]);
    expect(await csvResults(desk, 'run')).toHaveLength(4);
  });
});

function bodyOf(calls: readonly VendorCall[], vendor: VendorCall['vendor']): object | undefined {
  return calls.find((call) => call.vendor === vendor)?.body;
}

describe('a run against a server that is not ours', () => {
  let server = new LLMock();

  afterEach(() => server.stop());

  it('completes at both APIs, and survives the errors mixed in', async ({ desk }) => {
    server = new LLMock({ port: 0 });
    const usage = { input_tokens: 11, output_tokens: 3, prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
    server.onMessage(/./, { content: 'An answer.', usage, reasoning: 'Hm.' });
    await server.start();
    await project(desk, { anthropic: `${server.url}/v1`, gemini: `${server.url}/v1beta` });
    for (const flags of [
      ['--out', 'whole'],
      ['--out', 'stream', '--stream'],
    ]) {
      for (const status of [429, 503, 529, 500]) server.nextRequestError(status, { message: 'not now' });
      await desk.pass([...GRID, ...flags, '--no-model-check', '--max-attempts', '20'], { env: KEYS });
      const rows = await csvResults(desk, flags[1] ?? '');
      expect(rows.map((row) => [row['status'], row['output'], row['finish_reason']])).toEqual(
        rows.map(() => ['completed', 'An answer.', 'stop']),
      );
      expect(rows.map(({ prompt_tokens: prompt, completion_tokens: answer }) => [prompt, answer])).toEqual(
        rows.map(() => ['11', '3']),
      );
    }
  });
});
