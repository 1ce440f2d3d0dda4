import { describe, expect } from 'vitest';
import { hasOpenssl, ownCa } from '../support/certificates.ts';
import { chatServer, completion, listOf } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject } from '../support/results.ts';
import { AZURE_KEY, azureVendor } from '../support/vendor-azure.ts';
import { GIGACHAT_KEY, gigachatVendor } from '../support/vendor-gigachat.ts';
import { responsesVendor } from '../support/vendor-responses.ts';
import { YANDEX, yandexVendor } from '../support/vendor-yandex.ts';

const ENV = {
  OPENAI_API_KEY: 'openai-key-1',
  AZURE_OPENAI_API_KEY: AZURE_KEY,
  YANDEX_API_KEY: YANDEX.key,
  YANDEX_FOLDER_ID: YANDEX.folder,
  GIGACHAT_CREDENTIALS: GIGACHAT_KEY,
  XAI_API_KEY: 'xai-key-123456',
};

/** Tokens of every answer of a local server: 10 and 5. */
const LOCAL = { promptTokens: 10, completionTokens: 5 };

/** A server that speaks as xAI does, with costs. */
function xaiVendor(context: Ending): ReturnType<typeof chatServer> {
  const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 41, cost_in_usd_ticks: 37_756_000 };
  return chatServer(context, (call) => ({ body: completion('Paris', call, usage) }), { list: listOf('grok-4') });
}

/** A project of all kinds of providers, each at its double. */
async function openProject(desk: Desk, context: Ending): Promise<{ readonly tokenRequests: readonly unknown[] }> {
  const { tls, certificate } = await ownCa(context);
  const [openai, azure, yandex, xai] = [
    await responsesVendor(context, () => ({})),
    await azureVendor(context),
    await yandexVendor(context),
    await xaiVendor(context),
  ];
  const gigachat = await gigachatVendor(context, { tls });
  const ollama = await chatServer(context, () => 'Paris', { ...LOCAL, list: listOf('llama3.2:latest') });
  const vllm = await chatServer(context, () => 'Paris', { ...LOCAL, list: listOf('org/m') });
  await desk.write('ca.pem', certificate);
  await desk.write('rows.csv', 'id,prompt\na,Hi\nb,Hello\n');
  await desk.write(
    'promptgrid.yaml',
    `
model: [responses/gpt-5-pro, azure/chat-1, yandex/yandexgpt, gigachat/GigaChat-2-Max, xai/grok-4, ollama/llama3.2, vllm/org/m]
price: ['gpt-5-pro=15,120,1.5,15', 'chat-1=2.5,10', 'yandexgpt=400,800', 'GigaChat-2-Max=650,650', 'llama3.2=0,0']
currency: USD
maxTokens: 300
providers:
  responses: { baseUrl: '${openai.url}' }
  azure: { baseUrl: '${azure.origin}/openai?api-version=2024-10-21' }
  yandex: { baseUrl: '${yandex.url}' }
  gigachat: { baseUrl: '${gigachat.url}', authUrl: '${gigachat.authUrl}', caFile: ca.pem }
  xai: { baseUrl: '${xai.url}' }
  ollama: { baseUrl: '${ollama.url}' }
  vllm: { baseUrl: '${vllm.url}' }
`,
  );
  return gigachat;
}

describe.skipIf(!hasOpenssl)('one run over several APIs (needs openssl)', { timeout: 60_000 }, () => {
  it('answers every trial, with costs by the rules of each', async ({ desk, onTestFinished }) => {
    const gigachat = await openProject(desk, { onTestFinished });
    const { stdout, stderr } = await desk.pass(['run', 'rows.csv', '--out', 'run', '--no-cache', '--json'], {
      env: ENV,
    });
    expect(parseObject(stdout)).toMatchObject({ completed: 14, errored: 0 });
    const rows = (await csvResults(desk, 'run')).filter((row) => row['row_id'] === 'a');
    const told = rows.map((row) => [
      row['model'],
      row['prompt_tokens'],
      row['total_cost'],
      row['currency'],
      row['cost_source'],
    ]);
    expect(told).toEqual([
      // 60 × 15 + 40 cached × 1.5 + 30 × 120 dollars per 1,000,000.
      ['gpt-5-pro', '100', '0.00456', 'USD', 'computed'],
      ['chat-1', '10', '0.000045', 'USD', 'computed'],
      // 20 × 400 + 4 × 800 rubles per 1,000,000.
      ['yandexgpt', '20', '0.0112', 'RUB', 'computed'],
      // 17 + 3 of 650, and two cached ones that are free.
      ['GigaChat-2-Max', '19', '0.013', 'RUB', 'computed'],
      ['grok-4', '32', '0.0037756', 'USD', 'provider'],
      ['llama3.2', '10', '0.0', 'USD', 'computed'],
      // Nobody said what it costs.
      ['org/m', '10', '', '', 'unknown'],
    ]);
    expect(gigachat.tokenRequests).toHaveLength(1);
    const files = Object.values(await desk.files('run')).join('');
    for (const secret of [...Object.values(ENV), 'access-token-1'].filter((value) => value !== YANDEX.folder)) {
      expect([stdout, stderr, files].filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  it('is refused where a model of one is in no list, before anything is paid', async ({ desk, onTestFinished }) => {
    await openProject(desk, { onTestFinished });
    const { status, stderr } = await desk.run(['run', 'rows.csv', '-m', 'yandex/yandexgpt/none', '--out', 'run'], {
      env: ENV,
    });
    expect(status).toBe(2);
    expect(stderr).toContain('yandex does not offer the model "yandexgpt/none"');
  });
});

describe.skipIf(!hasOpenssl)('a server with a CA of its own (needs openssl)', { timeout: 60_000 }, () => {
  it('is refused with what to do, and reached with --ca-file', async ({ desk, onTestFinished }) => {
    const { tls, certificate } = await ownCa({ onTestFinished });
    const vendor = await gigachatVendor({ onTestFinished }, { tls });
    await desk.write('own.pem', certificate);
    await desk.write('rows.csv', 'id,prompt\na,Hi\n');
    await desk.write('promptgrid.yaml', `providers: { gigachat: { authUrl: '${vendor.authUrl}' } }\n`);
    const words = ['--provider', 'gigachat', '--base-url', vendor.url];
    const run = ['run', 'rows.csv', '-m', 'GigaChat-2-Max', '--out', 'run', ...words];
    const refused = await desk.run(run, { env: ENV });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('--ca-file <file>');
    expect(vendor.tokenRequests).toEqual([]);
    await desk.pass([...run, '--ca-file', 'own.pem'], { env: ENV });
    expect((await csvResults(desk, 'run')).map((row) => row['output'])).toEqual(['Париж']);
    const listed = await desk.pass(['models', ...words, '--ca-file', 'own.pem'], { env: ENV });
    expect(listed.stdout).toContain('GigaChat-2-Max');
  });

  it('is not reached with a file that has no certificate', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\na,Hi\n');
    await desk.write('own.pem', 'nothing\n');
    const { status, stderr } = await desk.run(['run', 'rows.csv', '-m', 'm', '--ca-file', 'own.pem'], {
      env: { GPTUNNEL_API_KEY: 'key-123456' },
    });
    expect(status).toBe(2);
    expect(stderr).toContain('--ca-file: own.pem has no certificate');
  });
});
