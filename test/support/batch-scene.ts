import { anthropicBatchServer } from './anthropic-batch-server.ts';
import { type BatchScript, type BatchServer, openAiBatchServer } from './batch-server.ts';
import type { Desk } from './cli.ts';
import { geminiBatchServer } from './gemini-batch-server.ts';
import type { Ending } from './http-server.ts';
import { mistralBatchServer } from './mistral-batch-server.ts';
import { questions } from './results.ts';

/** Providers with a batch API: the variable of the key, and a server like theirs. */
export const BATCH_VENDORS = [
  ['openai', 'OPENAI_API_KEY', openAiBatchServer],
  ['anthropic', 'ANTHROPIC_API_KEY', anthropicBatchServer],
  ['gemini', 'GEMINI_API_KEY', geminiBatchServer],
  ['mistral', 'MISTRAL_API_KEY', mistralBatchServer],
] as const;

/** Rows of the dataset that is asked about. */
export const BATCH_ROWS = 8;

/** A run that is to be bought as a batch. */
interface BatchScene {
  readonly server: BatchServer;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Writes the dataset, and starts the provider's server. @param more words of the command */
export async function batchScene(
  { desk, onTestFinished }: Ending & { readonly desk: Desk },
  [name, variable, open]: (typeof BATCH_VENDORS)[number],
  script: BatchScript,
  more: readonly string[] = [],
): Promise<BatchScene> {
  await desk.write('rows.csv', questions(BATCH_ROWS));
  const server = await open({ onTestFinished }, script);
  const model = ['-m', `${name}/test-model`, '--price', 'test-model=2.5,10', '--max-tokens', '9'];
  const address = ['--provider', name, '--base-url', server.url];
  const words = ['run', 'rows.csv', ...model, ...address, ...more, '--batch', '--no-cache', '--out', 'run'];
  return { server, words, env: { [variable]: 'batch-key' } };
}
