import { anthropic } from './anthropic.ts';
import { azure } from './azure.ts';
import { custom } from './custom.ts';
import { deepseek } from './deepseek.ts';
import type { ProviderDefinition, ProviderTraits } from './definition.ts';
import { gemini } from './gemini.ts';
import { gigachat } from './gigachat.ts';
import { gptunnel } from './gptunnel.ts';
import { llamacpp } from './llamacpp.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import type { ProgramProvider, ProgramSettings } from './program-provider.ts';
import { responses } from './responses.ts';
import { vllm } from './vllm.ts';
import { CHAT_WIRE } from './wire.ts';
import { xai } from './xai.ts';
import { yandex } from './yandex.ts';

export { openProvider } from './chat-completions.ts';
export { type ProviderDefinition, simulated } from './definition.ts';
export type { ProgramProvider } from './program-provider.ts';
export type { ProxyRoute } from './route.ts';
export type { ProviderSettings } from './settings.ts';

/** Every provider in display order; a new one is one file and one line here. */
export const providers: readonly ProviderDefinition[] = [
  gptunnel,
  openai,
  responses,
  openrouter,
  anthropic,
  gemini,
  azure,
  yandex,
  gigachat,
  deepseek,
  mistral,
  xai,
  ollama,
  llamacpp,
  vllm,
  custom,
];

/** The provider with that name; undefined if there is none. */
export function findProvider(name: string): ProviderDefinition | undefined {
  return providers.find((provider) => provider.name === name);
}

/** A program takes any field, and has no account. */
const TRAITS_OF_PROGRAMS: ProviderTraits = {
  currency: null,
  hasBalance: false,
  hasFreeCache: false,
  priceTableId: null,
  wire: CHAT_WIRE,
};

/** What is known of a kind of provider, an API or a program. */
export function traitsOf(kind: string): ProviderTraits {
  return findProvider(kind) ?? TRAITS_OF_PROGRAMS;
}

/** Opens a program of the user; loaded on demand, as few runs have one. */
export async function openProgram(settings: ProgramSettings): Promise<ProgramProvider> {
  const { programProvider } = await import('./program-provider.ts');
  return programProvider(settings);
}
