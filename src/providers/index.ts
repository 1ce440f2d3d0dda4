import { anthropic } from './anthropic.ts';
import { custom } from './custom.ts';
import type { ProviderDefinition } from './definition.ts';
import { gemini } from './gemini.ts';
import { gptunnel } from './gptunnel.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';

export type { ProviderSettings } from './chat-completions.ts';
export { openProvider } from './chat-completions.ts';
export { type ProviderDefinition, simulated } from './definition.ts';

/** Every provider in display order; a new one is one file and one line here. */
export const providers: readonly ProviderDefinition[] = [gptunnel, openai, openrouter, anthropic, gemini, custom];

/** The provider with that name; undefined if there is none. */
export function findProvider(name: string): ProviderDefinition | undefined {
  return providers.find((provider) => provider.name === name);
}
