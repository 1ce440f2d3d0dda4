import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { type ChatServer, chatServer, listOf } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { csvResults, jsonLines, jsonlResults, objectAt, parseObject, questions } from '../support/results.ts';
import { type OpenaiVendor, openaiVendor } from '../support/vendor-openai.ts';
import { type VendorServer, vendorServer } from '../support/vendor-server.ts';

const ROWS = 4;
/** Two temperatures of the first model, one of each of the others. */
const VARIANTS = 7;
const ENV = { OPENAI_API_KEY: 'openai-key', ANTHROPIC_API_KEY: 'vendor-key', GEMINI_API_KEY: 'vendor-key' };

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
    candidatesTokenCount: 20,
    thoughtsTokenCount: 300,
    totalTokenCount: 1320,
  },
};

/** Prompt, cached, completion and reasoning tokens of an answer of each, and what it costs in dollars. */
const BILLS: Readonly<Record<string, readonly string[]>> = {
  // 1024 × 2.5 + 1024 × 1.25 + 10 × 10 per 1,000,000.
  four: ['2048', '1024', '10', '0', '0.00394'],
  // 1000 × 1.1 + 503 × 4.4, thoughts among them.
  thinker: ['1000', '0', '503', '448', '0.0033132'],
  // 5 × 3 + 1800 × 0.3 + 148 × 3.75 + 100 × 6 + 503 × 15.
  claude: ['2053', '1800', '503', '400', '0.009255'],
  // 200 × 0.3 + 800 × 0.03 + (20 + 300) × 2.5.
  flash: ['1000', '800', '320', '300', '0.000884'],
  // 10 × 0.1 + 5 × 0.2.
  first: ['10', '', '5', '', '0.000002'],
  // Nobody said what it costs.
  '': ['10', '', '5', '', ''],
};

/** The doubles of a project. */
interface Doubles {
  readonly openai: OpenaiVendor;
  readonly vendors: VendorServer;
  readonly locals: readonly ChatServer[];
  /** Calls that were answered or are being answered. */
  readonly calls: () => number;
}

/** A project of six models, each at its double. @param latencyMs milliseconds that calls of OpenAI take */
async function openProject(desk: Desk, context: Ending, latencyMs = 0): Promise<Doubles> {
  const openai = await openaiVendor(context, () => '2', { latencyMs });
  const vendors = await vendorServer(context, () => '3', USAGES);
  const local = () => chatServer(context, () => '4', { list: listOf('llama') });
  const locals = [await local(), await local()];
  await desk.write('rows.csv', questions(ROWS));
  await writeSettings(desk, { openai, vendors, locals }, 'claude-sonnet-4-5');
  const calls = () => openai.bodies.length + vendors.calls.length + locals.flatMap((each) => each.calls).length;
  return { openai, vendors, locals, calls };
}

async function writeSettings(desk: Desk, { openai, vendors, locals }: Omit<Doubles, 'calls'>, claude: string) {
  const [first, second] = locals.map(({ url }) => url);
  await desk.write(
    'promptgrid.yaml',
    `
dataset: rows.csv
prompt:
  brief: "Answer with a number: {{ prompt }}"
system: Be brief.
temperature: [0, 0.7]
maxTokens: 600
score: exact
currency: USD
model:
  - {id: gpt-4o, provider: openai, label: four}
  - id: openai/o4-mini
    label: thinker
    maxTokens: 2000
    params: {reasoning_effort: low}
  - {id: ${claude}, provider: anthropic, label: claude, temperature: 0}
  - {id: gemini/gemini-2.5-flash, label: flash, temperature: 0.7}
  - {id: llama, provider: one, label: first, temperature: 0, price: [0.1, 0.2]}
  - {id: two/llama, temperature: 0}
providers:
  openai: {baseUrl: "${openai.url}"}
  anthropic: {baseUrl: "${vendors.bases.anthropic}"}
  gemini: {baseUrl: "${vendors.bases.gemini}"}
  one: {kind: custom, baseUrl: "${first}"}
  two: {kind: custom, baseUrl: "${second}"}
`,
  );
}

const VARIANT_NAMES = [
  'four · t=0',
  'four · t=0.7',
  'thinker · t=default',
  'claude · t=0',
  'flash · t=0.7',
  'first · t=0',
  'two/llama · t=0',
];

const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Answer with a number: What is 1 plus one?' },
];

/** The bodies of the first row's requests. */
function firstBodies(bodies: readonly JsonObject[]): readonly JsonObject[] {
  return bodies.filter((body) => JSON.stringify(body).includes('What is 1 plus one?'));
}

describe('one run over every kind of model', () => {
  it('answers every trial, with what each API takes', async ({ desk, onTestFinished }) => {
    const { openai, vendors, locals } = await openProject(desk, { onTestFinished });
    const { stdout, stderr } = await desk.pass(['run', '--out', 'run', '--no-cache', '--json'], { env: ENV });
    expect(parseObject(stdout)).toMatchObject({ trials: ROWS * VARIANTS, completed: ROWS * VARIANTS, errored: 0 });
    expect([openai.refusals, vendors.refusals]).toEqual([[], []]);
    expect(stderr.match(/thinker takes no temperature: it runs once instead of at 0, 0\.7/g)).toHaveLength(1);
    expect(firstBodies(openai.bodies)).toEqual(
      expect.arrayContaining([
        { model: 'gpt-4o', messages: MESSAGES, temperature: 0, max_tokens: 600 },
        { model: 'gpt-4o', messages: MESSAGES, temperature: 0.7, max_tokens: 600 },
        { model: 'o4-mini', messages: MESSAGES, reasoning_effort: 'low', max_completion_tokens: 2000 },
      ]),
    );
    const [claude, flash] = (['anthropic', 'gemini'] as const).map((vendor) =>
      firstBodies(vendors.calls.filter((call) => call.vendor === vendor).map(({ body }) => body)),
    );
    const question = 'Answer with a number: What is 1 plus one?';
    expect(claude).toEqual([
      {
        model: 'claude-sonnet-4-5',
        system: 'Be brief.',
        messages: [{ role: 'user', content: question }],
        max_tokens: 600,
        temperature: 0,
      },
    ]);
    expect(flash).toEqual([
      {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ role: 'user', parts: [{ text: question }] }],
        generationConfig: { temperature: 0.7, maxOutputTokens: 600 },
      },
    ]);
    expect(locals.map(({ calls }) => calls.map(({ model, temperature }) => `${model} ${temperature}`))).toEqual(
      [0, 1].map(() => Array.from({ length: ROWS }, () => 'llama 0')),
    );
  });

  it("has each model's tokens and costs by its vendor's rules", async ({ desk, onTestFinished }) => {
    await openProject(desk, { onTestFinished });
    const { stdout } = await desk.pass(['run', '--out', 'run', '--no-cache', '--json'], { env: ENV });
    const names = ['prompt_tokens', 'cached_tokens', 'completion_tokens', 'reasoning_tokens', 'total_cost'];
    const rows = await csvResults(desk, 'run');
    const bills = rows.map((row) => [row['label'], ...names.map((name) => row[name])]);
    const expected = ['four', 'four', 'thinker', 'claude', 'flash', 'first', ''];
    expect(bills).toEqual(
      Array.from({ length: ROWS }, () => expected.map((label) => [label, ...(BILLS[label] ?? [])])).flat(),
    );
    // 4 × (2 × 0.00394 + 0.0033132 + 0.009255 + 0.000884 + 0.000002)
    expect(objectAt(parseObject(stdout), 'cost')).toMatchObject({ total: '0.0853368', currency: 'USD' });
    const lines = await jsonlResults(desk, 'run');
    expect(lines.slice(0, VARIANTS).map(({ label, model, temperature }) => [label, model, temperature])).toEqual([
      ['four', 'gpt-4o', 0],
      ['four', 'gpt-4o', 0.7],
      ['thinker', 'o4-mini', null],
      ['claude', 'claude-sonnet-4-5', 0],
      ['flash', 'gemini-2.5-flash', 0.7],
      ['first', 'llama', 0],
      [null, 'llama', 0],
    ]);
  });

  it('is estimated without a paid call, and shown by its labels', async ({ desk, onTestFinished }) => {
    const { calls } = await openProject(desk, { onTestFinished });
    const estimated = await desk.pass(['estimate'], { env: ENV });
    expect(calls()).toBe(0);
    expect(estimated.stderr).toContain('thinker takes no temperature: it runs once instead of at 0, 0.7');
    for (const label of ['four', 'thinker', 'claude', 'flash', 'first']) expect(estimated.stdout).toContain(label);
    await desk.pass(['run', '--out', 'run', '--no-cache'], { env: ENV });
    const { stdout } = await desk.pass(['report', 'run']);
    for (const name of VARIANT_NAMES) expect(stdout).toContain(` ${name} `);
    expect(calls()).toBe(ROWS * VARIANTS);
    const { head } = readReportPage(await desk.read('run/report.html'));
    expect(head.analysis.variants.map(({ name }) => name)).toEqual(VARIANT_NAMES);
  });

  it('is compared by labels with a run whose model behind one of them is another', async ({ desk, onTestFinished }) => {
    const doubles = await openProject(desk, { onTestFinished });
    await desk.pass(['run', '--out', 'old'], { env: ENV });
    await writeSettings(desk, doubles, 'claude-haiku-4-5');
    await desk.pass(['run', '--out', 'new'], { env: ENV });
    const { stdout } = await desk.run(['compare', 'old', 'new', '--json']);
    const pairs = parseObject(stdout)['pairs'];
    expect(pairs).toHaveLength(VARIANTS);
    expect(pairs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          base: expect.objectContaining({ model: 'claude-sonnet-4-5', label: 'claude' }),
          candidate: expect.objectContaining({ model: 'claude-haiku-4-5', label: 'claude' }),
        }),
      ]),
    );
  });
});

describe('such a run that is killed', { timeout: 60_000 }, () => {
  it('resumes without asking again what it has', async ({ desk, onTestFinished }) => {
    const { openai, vendors, calls } = await openProject(desk, { onTestFinished }, 30);
    const words = ['run', '--out', 'run', '--no-cache', '--concurrency', '1'];
    const cli = desk.start(words, { env: ENV });
    await cli.until(() => openai.bodies.length >= 5);
    cli.signal('SIGKILL');
    expect((await cli.ended).signal).toBe('SIGKILL');
    const done = jsonLines(await desk.read('run/journal.jsonl')).length;
    const lost = calls() - done;
    expect(done).toBeLessThan(ROWS * VARIANTS);
    const { stderr } = await desk.pass(words, { env: ENV });
    expect(stderr).toContain(`${done} are done already`);
    expect(calls()).toBe(ROWS * VARIANTS + lost);
    expect([openai.refusals, vendors.refusals]).toEqual([[], []]);
    const costs = (await csvResults(desk, 'run')).map(({ label = '', total_cost: cost }) => [label, cost]);
    expect(costs).toEqual(costs.map(([label = '']) => [label, BILLS[label]?.at(-1)]));
    expect(costs).toHaveLength(ROWS * VARIANTS);
  });
});
