import { describe, expect } from 'vitest';
import { anthropicBatchServer } from '../support/anthropic-batch-server.ts';
import { type BatchServer, openAiBatchServer } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending, Reply } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';

const ROWS = 4;
const ENV = { OPENAI_API_KEY: 'batch-key', ANTHROPIC_API_KEY: 'batch-key' };
const TOO_LARGE = '<html><head><title>413 Request Entity Too Large</title></head></html>';

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

/** @param refusal what an upload gets; null for its work */
async function scene(
  desk: Desk,
  context: Ending,
  name: 'openai' | 'anthropic',
  refusal: (number: number) => Reply | null,
): Promise<Scene> {
  await desk.write('rows.csv', questions(ROWS));
  const [open, upload] = name === 'openai' ? [openAiBatchServer, 'upload'] : [anthropicBatchServer, 'create'];
  let uploads = 0;
  const server = await open(context, {
    refusal: (step) => {
      if (step !== upload) return null;
      uploads += 1;
      return refusal(uploads);
    },
  });
  const model = ['-m', `${name}/test-model`, '--price', 'test-model=2.5,10', '--max-tokens', '9'];
  const address = ['--provider', name, '--base-url', server.url];
  return { server, words: ['run', 'rows.csv', ...model, ...address, '--batch', '--no-cache', '--out', 'run'] };
}

describe.concurrent('the upload of a batch', () => {
  it.for(['openai', 'anthropic'] as const)(
    'ends the run at once if it is refused by %s',
    async (name, { desk, onTestFinished }) => {
      const { server, words } = await scene(desk, { onTestFinished }, name, () => ({ status: 413, body: TOO_LARGE }));
      const { status, stderr } = await desk.run(words, { env: ENV });
      expect(status).toBe(4);
      expect(stderr).toContain('the batch was refused: HTTP 413: ');
      expect(stderr).not.toContain('not known whether');
      expect(server.steps.upload + server.steps.create).toBe(1);
      expect(server.steps.list).toBe(0);
    },
  );

  it('is made again after a fault of the server, and no batch is looked for', async ({ desk, onTestFinished }) => {
    const fault = { status: 502, body: '<html>bad gateway</html>' };
    const { server, words } = await scene(desk, { onTestFinished }, 'openai', (number) => (number < 3 ? fault : null));
    await desk.pass(words, { env: ENV });
    expect(server.steps).toMatchObject({ upload: 3, create: 1, list: 0 });
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });

  it('leaves no batch to look for if it fails for good', async ({ desk, onTestFinished }) => {
    const fault = { status: 502, body: '<html>bad gateway</html>' };
    const { server, words } = await scene(desk, { onTestFinished }, 'openai', (number) => (number < 5 ? fault : null));
    const { status, stderr } = await desk.run(words, { env: ENV });
    expect(status).toBe(4);
    expect(stderr).toContain('the requests of a batch could not be uploaded: HTTP 502');
    await desk.pass(words, { env: ENV });
    expect(server.steps).toMatchObject({ upload: 5, create: 1, list: 0 });
  });
});
