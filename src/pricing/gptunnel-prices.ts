/** A model on a price list in GPTunnel's format. */
export interface ListedModel {
  /** The id as the API takes it. */
  readonly id: string;
  readonly title: string;
  /** Maximum of prompt and completion tokens together. */
  readonly maxCapacity: number;
  /** Rubles per 1,000 prompt tokens, a decimal number. */
  readonly promptPerThousand: string;
  /** Rubles per 1,000 completion tokens, a decimal number. */
  readonly completionPerThousand: string;
}

type Line = readonly [id: string, title: string, maxCapacity: number, prompt: string, completion: string];

const LINES: readonly Line[] = [
  // The two examples in GPTunnel's documentation: 111 prompt tokens cost 0.14985 ₽, 10 completion tokens 0.027 ₽.
  ['gpt-3.5-turbo', 'GPT-3.5 Turbo', 16_385, '1.35', '2.70'],
  ['gpt-4o', 'GPT-4o', 128_000, '0.75', '3.00'],
  ['gpt-4o-mini', 'GPT-4o mini', 128_000, '0.045', '0.18'],
  ['gpt-4.1', 'GPT-4.1', 1_047_576, '0.60', '2.40'],
  ['gpt-4.1-mini', 'GPT-4.1 mini', 1_047_576, '0.12', '0.48'],
  ['gpt-4.1-nano', 'GPT-4.1 nano', 1_047_576, '0.03', '0.12'],
  ['o4-mini', 'o4-mini', 200_000, '0.33', '1.32'],
  ['claude-3.5-sonnet', 'Claude 3.5 Sonnet', 200_000, '0.90', '4.50'],
  ['claude-3-haiku', 'Claude 3 Haiku', 200_000, '0.075', '0.375'],
  ['gemini-2.0-flash', 'Gemini 2.0 Flash', 1_048_576, '0.03', '0.12'],
  ['deepseek-chat', 'DeepSeek Chat', 65_536, '0.08', '0.33'],
  ['qwen-2.5-72b', 'Qwen 2.5 72B', 32_768, '0.11', '0.12'],
  ['llama-3.3-70b', 'Llama 3.3 70B', 131_072, '0.04', '0.09'],
  ['yandexgpt', 'YandexGPT', 32_768, '0.40', '0.40'],
  ['gigachat', 'GigaChat', 32_768, '0.20', '0.20'],
];

// As in the list of models in GPTunnel's documentation.
const EMBEDDING_LINES: readonly Line[] = [
  ['text-embedding-3-small', 'Embedding V3 small', 8191, '0.02', '0'],
  ['text-embedding-3-large', 'Embedding V3 large', 8191, '0.07', '0'],
];

/**
 * The price list of the embedded gateway. The figures are illustrative, in the usual order of magnitude, and not real
 * prices; a run against a real endpoint uses that endpoint's own prices.
 */
export const GPTUNNEL_PRICES: readonly ListedModel[] = LINES.map(listed);

/** The same for models that make embeddings. */
export const GPTUNNEL_EMBEDDINGS: readonly ListedModel[] = EMBEDDING_LINES.map(listed);

function listed([id, title, maxCapacity, promptPerThousand, completionPerThousand]: Line): ListedModel {
  return { id, title, maxCapacity, promptPerThousand, completionPerThousand };
}
