import type { JsonObject } from '../../core/json.ts';

/** A model of promptfoo as promptgrid names it. */
export interface ProviderModel {
  /** A kind of provider of promptgrid's. */
  readonly kind: string;
  /** Name of its section in promptgrid.yaml; the kind where it needs none. */
  readonly name: string;
  readonly model: string;
  /** What its section says. */
  readonly section: JsonObject;
  /** What is not quite the same, in words; null if nothing is. */
  readonly change: string | null;
}

/** APIs with OpenAI's chat completions, by the first word of promptfoo's ids: address and variable of the key. */
const SAME_SHAPE: ReadonlyMap<string, readonly [baseUrl: string, apiKeyEnv: string]> = new Map([
  ['groq', ['https://api.groq.com/openai/v1', 'GROQ_API_KEY']],
  ['togetherai', ['https://api.together.xyz/v1', 'TOGETHER_API_KEY']],
  ['fireworks', ['https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY']],
  ['cerebras', ['https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY']],
  ['perplexity', ['https://api.perplexity.ai', 'PERPLEXITY_API_KEY']],
  ['hyperbolic', ['https://api.hyperbolic.xyz/v1', 'HYPERBOLIC_API_KEY']],
  ['nvidia', ['https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY']],
  ['aimlapi', ['https://api.aimlapi.com/v1', 'AIML_API_KEY']],
  ['github', ['https://models.github.ai/inference', 'GITHUB_TOKEN']],
  ['litellm', ['http://127.0.0.1:4000', 'LITELLM_API_KEY']],
  ['localai', ['http://127.0.0.1:8080/v1', 'LOCALAI_API_KEY']],
]);

/** First words of promptfoo's ids by promptgrid's kinds of provider. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['openrouter', 'openrouter'],
  ['anthropic', 'anthropic'],
  ['google', 'gemini'],
  ['palm', 'gemini'],
  ['vertex', 'gemini'],
  ['azure', 'azure'],
  ['azureopenai', 'azure'],
  ['ollama', 'ollama'],
  ['llama', 'llamacpp'],
  ['mistral', 'mistral'],
  ['deepseek', 'deepseek'],
  ['xai', 'xai'],
]);

/** Second words that are no part of the model's id. */
const CHAT = /^(?:chat|messages|gemini):/;
/** Second words that are another API than a chat. */
const OTHER_APIS =
  /^(?:completions?|embeddings?|assistant|agents?|image|images|realtime|live|moderation|tts|transcription|audio|video|imagen|veo|claude-agent-sdk|claude-code|codex-sdk|foundry-agent|chatkit)(?::|$)/;

/** The model of a provider's id, such as `anthropic:messages:claude-haiku-4-5`; null for an API that promptgrid lacks. */
export function readProviderId(id: string): ProviderModel | null {
  const at = id.indexOf(':');
  const [word, rest] = at === -1 ? [id, ''] : [id.slice(0, at), id.slice(at + 1)];
  if (OTHER_APIS.test(rest)) return null;
  if (word === 'openai' && rest.startsWith('responses:')) return model('responses', rest.slice('responses:'.length));
  if (word === 'azure' && rest.startsWith('responses:')) return null;
  const found = rest.replace(CHAT, '');
  const shape = SAME_SHAPE.get(word);
  if (shape !== undefined) {
    return model('custom', found, { name: word, section: { kind: 'custom', baseUrl: shape[0], apiKeyEnv: shape[1] } });
  }
  const kind = KINDS.get(word);
  if (kind === undefined) return null;
  // Other vendors' models are served by Vertex in their own shapes.
  if (kind === 'gemini' && !/^(?:gemini|gemma)/.test(found)) return null;
  const change = word === 'vertex' ? 'a model of Vertex is asked by the Gemini API, with GEMINI_API_KEY' : null;
  return model(kind, kind === 'llamacpp' && found === '' ? 'default' : found, { change });
}

function model(kind: string, id: string, more: Partial<ProviderModel> = {}): ProviderModel | null {
  return id === '' ? null : { kind, name: kind, model: id, section: {}, change: null, ...more };
}
