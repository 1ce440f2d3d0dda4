import { expect } from 'vitest';
import { completion } from '../support/chat-server.ts';
import { it } from '../support/cli.ts';
import { localServer, send } from '../support/http-server.ts';
import { largePng } from '../support/images.ts';
import { parseObject } from '../support/results.ts';

const ROWS = 100;
const IMAGE_BYTES = 3 * 1024 * 1024;

/** Two fifths of what all images take in base64. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=160', CUSTOM_API_KEY: 'x' };

it('images of all rows are not in memory at once', { timeout: 180_000 }, async ({ desk, onTestFinished }) => {
  let received = 0;
  const server = await localServer({ onTestFinished }, async (request, response) => {
    for await (const chunk of request) received += chunk.length;
    send(response, { body: completion('x', { model: 'm', before: 0 }) });
  });
  await desk.write('cat.png', largePng(IMAGE_BYTES));
  const lines = Array.from({ length: ROWS }, (_, index) => `${index},cat.png`);
  await desk.write('rows.csv', `what,image\n${lines.join('\n')}\n`);
  const provider = ['-m', 'm', '--provider', 'custom', '--base-url', server.url, '--no-model-check'];
  const asked = ['--prompt', '{{ what }}', '--image-column', 'image', '--out', 'run', '--json'];
  const { stdout } = await desk.pass(['run', 'rows.csv', ...provider, ...asked], { env: SMALL_HEAP });
  expect(parseObject(stdout)).toMatchObject({ completed: ROWS, errored: 0 });
  expect(received).toBeGreaterThan((ROWS * IMAGE_BYTES * 4) / 3);
});
