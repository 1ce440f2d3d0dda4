import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { DEFAULT_CONFIG_FILE } from './config/file.ts';

const SAMPLE_DATASET_FILE = 'prompts.csv';

const SAMPLE_CONFIG = `# yaml-language-server: $schema=./node_modules/promptgrid/docs/promptgrid.schema.json
# Every key is a flag of \`promptgrid run\` in camelCase; a flag wins over this file.

dataset: ${SAMPLE_DATASET_FILE}

# The grid: each row is asked under every prompt, of every model, at every temperature.
prompt:
  - "Ответь одним словом: {{ question }}"
model:
  - gpt-4o
  - gpt-4o-mini
temperature: [0, 0.7]
# repeat: 3

# Request fields, as the API names them, in camelCase.
maxTokens: 256
# topP: 0.9
# param:
#   seed: 7

# The endpoint. The key is read from the environment or a .env file: GPTUNNEL_API_KEY=…
provider: gptunnel
# baseUrl: https://example.org/v1
# apiKeyEnv: MY_KEY
# simulate: true        # the embedded gateway: no key, no network, no cost

# How answers are judged against the column \`expected\`.
score: [exact, contains]

# Money, in the provider's currency.
# budget: 100           # never exceeded; give maxTokens with it
# confirmAbove: 20      # ask on a terminal before a run that is expected to cost more

# Pace.
concurrency: 32
# timeout: 120
# maxAttempts: 6
`;

const SAMPLE_DATASET = `id,question,expected
q1,Столица Франции?,Париж
q2,Столица Японии?,Токио
q3,What is the capital of Italy?,Rome
`;

const FILES = [
  [DEFAULT_CONFIG_FILE, SAMPLE_CONFIG],
  [SAMPLE_DATASET_FILE, SAMPLE_DATASET],
] as const;

/** Writes a commented promptgrid.yaml and a sample dataset. @returns their names. @throws UsageError where one is there */
export async function writeSampleProject(folder: string): Promise<readonly string[]> {
  const present = FILES.find(([name]) => existsSync(join(folder, name)));
  if (present !== undefined) throw notWritten(present[0], 'there is one already');
  for (const [name, text] of FILES) {
    await writeFile(join(folder, name), text, { flag: 'wx' }).catch((cause: unknown) => {
      throw notWritten(name, cause instanceof Error ? cause.message : String(cause));
    });
  }
  return FILES.map(([name]) => name);
}

function notWritten(name: string, reason: string): UsageError {
  return new UsageError(`${name} cannot be written: ${reason}`, {
    hint: 'promptgrid init never replaces a file: move it away, or run it in another folder',
  });
}
