import { describe, expect, it, type TestContext } from 'vitest';
import type { Provider } from '../../src/core/provider.ts';
import { azure } from '../../src/providers/azure.ts';
import { openProvider } from '../../src/providers/index.ts';
import { AZURE_KEY, azureVendor } from '../support/vendor-azure.ts';
import { ASK, failure, noSignal, readAs } from './endpoint.ts';

const DEPLOYED = { ...ASK, model: 'chat-1' };

function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, baseUrl: string, apiKey = AZURE_KEY): Provider {
  const settings = { baseUrl, apiKey, auth: azure.auth, connections: 1, useWalletBalance: false, now: Date.now };
  const provider = openProvider(azure, settings);
  onTestFinished(() => provider.close());
  return provider;
}

describe('a deployment of Azure', () => {
  it.for([
    ['/openai/v1', '/openai/v1/chat/completions'],
    ['/openai/v1/', '/openai/v1/chat/completions'],
    ['/openai/v1?api-version=preview', '/openai/v1/chat/completions?api-version=preview'],
    ['', '/openai/v1/chat/completions'],
    ['/', '/openai/v1/chat/completions'],
    ['/openai?api-version=2024-10-21', '/openai/deployments/chat-1/chat/completions?api-version=2024-10-21'],
    [
      '/openai/deployments/chat-1?api-version=2024-10-21',
      '/openai/deployments/chat-1/chat/completions?api-version=2024-10-21',
    ],
  ] as const)('at the address "%s" is called by %s', async ([address, path], context) => {
    const vendor = await azureVendor(context);
    const completion = await open(context, `${vendor.origin}${address}`).complete(DEPLOYED, noSignal());
    expect(vendor.requests).toEqual([
      { path, body: { model: 'chat-1', messages: [{ role: 'user', content: 'Hi' }], temperature: 0 } },
    ]);
    expect(completion).toMatchObject({
      output: 'Paris',
      // What the deployment runs.
      answeredModel: 'gpt-4o-2024-11-20',
      refusal: undefined,
      cost: { total: null, currency: null },
      rate: { remainingCalls: 9, resetMs: 1000 },
    });
  });

  it('that does not exist is an unknown model, not an unknown address', async (context) => {
    const vendor = await azureVendor(context);
    for (const address of ['/openai/v1', '/openai?api-version=2024-10-21']) {
      const missing = await failure(open(context, `${vendor.origin}${address}`).complete(ASK, noSignal()));
      expect(missing).toMatchObject({ kind: 'model_not_found', message: expect.stringContaining('does not exist') });
    }
    const wrong = open(context, `${vendor.origin}/openai`);
    expect((await failure(wrong.complete(DEPLOYED, noSignal()))).kind).toBe('endpoint_not_found');
    const foreign = open(context, vendor.origin, 'other-key-123456');
    expect((await failure(foreign.complete(DEPLOYED, noSignal()))).kind).toBe('unauthorized');
  });

  it('whose filter refuses a prompt refuses that row only', async (context) => {
    const vendor = await azureVendor(context);
    const messages = [{ role: 'user', content: 'hate' }];
    const refused = await failure(open(context, vendor.origin).complete({ ...DEPLOYED, messages }, noSignal()));
    expect(refused).toMatchObject({ kind: 'invalid_request', isAboutRow: true });
  });

  it('whose filter withholds an answer is a refusal', async () => {
    const filtered = { violence: { filtered: true, severity: 'high' } };
    const choice = {
      index: 0,
      message: { role: 'assistant', content: '' },
      finish_reason: 'content_filter',
      content_filter_results: filtered,
    };
    const completion = await readAs({ choices: [choice] }, { definition: azure, auth: 'api-key' });
    expect(completion).toMatchObject({ output: '', refusal: 'content_filter' });
  });

  it('is in no list', async (context) => {
    const vendor = await azureVendor(context);
    const missing = await failure(open(context, vendor.origin).models(noSignal()));
    expect(missing.message).toBe('azure has no list of models');
    expect(vendor.requests).toEqual([]);
  });
});
