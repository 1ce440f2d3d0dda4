import { type ChatServer, chatServer, completion } from './chat-server.ts';
import type { Ending } from './http-server.ts';

/** A server that speaks OpenAI's protocol, with a list of models and figures of usage that a test can change. */
export interface PriceServer extends ChatServer {
  /** Entries of the list of models; null answers HTTP 500. */
  models: readonly object[] | null;
  /** `usage` of every answer. */
  usage: object;
  /** Other fields of every answer. */
  fields: object;
}

/** Starts one that ends with the test. */
export async function priceServer(context: Ending, models: readonly object[]): Promise<PriceServer> {
  const told: Pick<PriceServer, 'models' | 'usage' | 'fields'> = { models, usage: {}, fields: {} };
  const server = await chatServer(
    context,
    (call) => ({ body: { ...completion('An answer.', call, told.usage), ...told.fields } }),
    {
      list: () => (told.models === null ? { status: 500, body: {} } : { body: { object: 'list', data: told.models } }),
    },
  );
  return Object.assign(told, server);
}
