import type { Picounits } from '../core/money.ts';
import { pricePerThousand } from '../core/price.ts';
import { GPTUNNEL_EMBEDDINGS, GPTUNNEL_PRICES, type ListedModel } from '../pricing/gptunnel-prices.ts';

/** A model that the gateway offers. */
export interface OfferedModel extends ListedModel {
  /** Picounits of a ruble for one prompt token. */
  readonly promptToken: Picounits;
  /** Picounits of a ruble for one completion token. */
  readonly completionToken: Picounits;
  /** True if it makes embeddings and answers no chat. */
  readonly embeds: boolean;
}

/** The offered models by id, in the order of the list. */
export type Catalog = ReadonlyMap<string, OfferedModel>;

const UNLISTED = { maxCapacity: 128_000, promptPerThousand: '0.10', completionPerThousand: '0.40' };

/** The embedded price list, plus the models that scripted answers name, at 0.10 and 0.40 ₽ per 1,000 tokens. */
export function buildCatalog(scriptedModels: Iterable<string>): Catalog {
  const chats = GPTUNNEL_PRICES.map((model) => offer(model, false));
  const embeddings = GPTUNNEL_EMBEDDINGS.map((model) => offer(model, true));
  const catalog = new Map([...chats, ...embeddings].map((model) => [model.id, model]));
  for (const id of scriptedModels) {
    if (!catalog.has(id)) catalog.set(id, offer({ id, title: `${id} (scripted answers)`, ...UNLISTED }, false));
  }
  return catalog;
}

function offer(model: ListedModel, embeds: boolean): OfferedModel {
  return {
    ...model,
    embeds,
    promptToken: tokenPrice(model.promptPerThousand),
    completionToken: tokenPrice(model.completionPerThousand),
  };
}

function tokenPrice(perThousand: string): Picounits {
  const price = pricePerThousand(perThousand);
  if (price === null) throw new Error(`the embedded price list has a price that is not a number: ${perThousand}`);
  return price;
}

/** The body of `GET /v1/models`. */
export function modelsJson(catalog: Catalog): string {
  const data = Array.from(catalog.values(), (model) => ({
    id: model.id,
    object: 'model',
    title: model.title,
    max_capacity: model.maxCapacity,
    cost_context: model.promptPerThousand,
    cost_completion: model.completionPerThousand,
  }));
  return JSON.stringify({ object: 'list', data });
}
