import { chatWire } from './chat-dialect.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readText } from './read.ts';

/** Models that generate text; the list also has `emb://` and `art://`. */
const SCHEME = /^gpt:\/\/[^/]+\//;
const DEFAULT_VERSION = '/latest';

/**
 * Yandex AI Studio by its chat completions: the older API of its own has no list of models, and only the models that
 * Yandex made. Models are named without the folder, which requests have in them and in a header.
 */
export const yandex: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'yandex',
  title: 'Yandex AI Studio (YandexGPT and others), bills in rubles',
  baseUrl: 'https://ai.api.cloud.yandex.net/v1',
  keyVariable: 'YANDEX_API_KEY',
  account: {
    name: 'folder',
    variable: 'YANDEX_FOLDER_ID',
    fallback: null,
    headers: (folder) => ({ 'openai-project': folder }),
    modelId: (model, folder) => (model.includes('://') ? model : `gpt://${folder}/${model}`),
  },
  currency: 'RUB',
  temperature: { min: 0, max: 1 },
  modelIdsHaveSlashes: true,
  // The reference of its chat completions marks these as not supported, and the usage of streams too.
  wire: chatWire(
    { params: (params) => params, streaming: { stream: true } },
    {
      lacks: {
        seed: 'leave it out: Yandex does not support it',
        stop: 'leave it out: Yandex does not support it',
        store: 'leave it out: Yandex does not support it',
        service_tier: 'leave it out: Yandex does not support it',
        web_search_options: 'leave it out: Yandex does not support it',
        audio: 'leave it out: Yandex does not support it',
      },
    },
  ),
  readModelId: (entry) => {
    const id = readText(entry['id']);
    const own = id?.replace(SCHEME, '') ?? null;
    return own === null || own.includes('://') ? null : own;
  },
  findListed: (models, model) => {
    const asked = withVersion(model.replace(SCHEME, ''));
    return models.find(({ id }) => withVersion(id) === asked);
  },
};

function withVersion(id: string): string {
  return id.includes('/') ? id : `${id}${DEFAULT_VERSION}`;
}
