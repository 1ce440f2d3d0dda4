import { describe, expect, it, type TestContext } from 'vitest';
import type { Provider } from '../../src/core/provider.ts';
import { openProvider, type ProviderSettings } from '../../src/providers/index.ts';
import { yandex } from '../../src/providers/yandex.ts';
import { YANDEX, type YandexVendor, yandexVendor } from '../support/vendor-yandex.ts';
import { ASK, failure, noSignal } from './endpoint.ts';

function open(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { url: baseUrl }: YandexVendor,
  settings: Partial<ProviderSettings> = {},
): Provider {
  const own = { baseUrl, apiKey: YANDEX.key, auth: yandex.auth, account: YANDEX.folder, connections: 1 };
  const provider = openProvider(yandex, { ...own, useWalletBalance: false, now: Date.now, ...settings });
  onTestFinished(() => provider.close());
  return provider;
}

describe('a model of Yandex', () => {
  it.for([
    ['yandexgpt/latest', 'gpt://b1gexample/yandexgpt/latest'],
    ['yandexgpt', 'gpt://b1gexample/yandexgpt'],
    ['gpt://b1gexample/yandexgpt/rc', 'gpt://b1gexample/yandexgpt/rc'],
  ] as const)('named %s is requested as %s', async ([model, uri], context) => {
    const vendor = await yandexVendor(context);
    const completion = await open(context, vendor).complete({ ...ASK, model, params: { max_tokens: 9 } }, noSignal());
    expect(vendor.bodies).toEqual([
      { model: uri, messages: [{ role: 'user', content: 'Hi' }], temperature: 0, max_tokens: 9 },
    ]);
    expect(completion).toMatchObject({
      output: 'Париж',
      answeredModel: undefined,
      usage: { promptTokens: 20, completionTokens: 4 },
      cost: { total: null, currency: 'RUB' },
    });
  });

  it('is asked for a stream without a field that Yandex does not have', async (context) => {
    const vendor = await yandexVendor(context);
    await open(context, vendor, { isStreaming: true }).complete({ ...ASK, model: 'yandexgpt/rc' }, noSignal());
    expect(vendor.bodies[0]).toMatchObject({ stream: true });
  });

  it('is listed without the folder, and without models that do not generate text', async (context) => {
    const vendor = await yandexVendor(context);
    const models = await open(context, vendor).models(noSignal());
    expect(models.map(({ id }) => id)).toEqual(['yandexgpt/latest', 'yandexgpt/rc', 'qwen3-235b-a22b-fp8/latest']);
    const find = (model: string) => yandex.findListed?.(models, model)?.id;
    expect(find('yandexgpt')).toBe('yandexgpt/latest');
    expect(find('gpt://b1gexample/yandexgpt/rc')).toBe('yandexgpt/rc');
    expect(find('yandexgpt/deprecated')).toBeUndefined();
  });

  it.for([
    [{ apiKey: 'other-key-1234' }, 'yandexgpt', 'unauthorized'],
    [{}, 'yandexgpt/none', 'model_not_found'],
  ] as const)('with %j and the id %s is the error %s', async ([settings, model, kind], context) => {
    const vendor = await yandexVendor(context);
    expect((await failure(open(context, vendor, settings).complete({ ...ASK, model }, noSignal()))).kind).toBe(kind);
  });
});
