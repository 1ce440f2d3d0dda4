import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../core/json.ts';
import { type AccessToken, OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readNumber, readText } from './read.ts';
import { GIGACHAT_WIRE } from './wires/gigachat.ts';

/** Instants before this are in seconds: as milliseconds it is in 1973. */
const LEAST_MS = 100_000_000_000;

/** GigaChat: its key is exchanged for tokens of half an hour. Its certificates are not among those of most machines. */
export const gigachat: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'gigachat',
  title: 'GigaChat, bills in rubles; may need --ca-file',
  baseUrl: 'https://gigachat.devices.sberbank.ru/api/v1',
  keyVariable: 'GIGACHAT_CREDENTIALS',
  tokens: {
    url: 'https://ngw.devices.sberbank.ru:9443/api/v2/oauth',
    request: (key, scope) => ({
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        authorization: `Basic ${key}`,
        rquid: randomUUID(),
      },
      body: new URLSearchParams({ scope }).toString(),
    }),
    read: readToken,
    hint: 'check GIGACHAT_CREDENTIALS, which is the ready authorization key in base64, and the scope',
  },
  account: {
    name: 'scope',
    variable: 'GIGACHAT_SCOPE',
    fallback: 'GIGACHAT_API_PERS',
    headers: () => ({}),
    modelId: (model) => model,
  },
  currency: 'RUB',
  // "Cached tokens are not billed" (developers.sber.ru, "Подсчет токенов").
  hasFreeCache: true,
  modelIdsHaveSlashes: false,
  wire: GIGACHAT_WIRE,
};

/** Older addresses return `tok` and `exp`. */
function readToken(answer: JsonObject): AccessToken | null {
  const token = readText(answer['access_token']) ?? readText(answer['tok']);
  const expires = readNumber(answer['expires_at'] ?? answer['exp']);
  if (token === null || token === '' || expires === null) return null;
  return { token, expiresAtMs: expires < LEAST_MS ? expires * 1000 : expires };
}
