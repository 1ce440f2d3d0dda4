import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';

const ROWS = 8;

/** Answers wait for one another, four at a time, and are scored in reverse order. */
const TOGETHER = `const waiting = [];
export default ({ rowId }) => new Promise((done) => {
  waiting.push(() => done({ value: 1, explanation: rowId }));
  if (waiting.length === 4) for (const end of waiting.splice(0).reverse()) end();
});`;

/** The score is 1 for an answer that has the module for itself. */
const ALONE = `let inside = 0;
export default async () => {
  inside += 1;
  const value = inside === 1 ? 1 : 0;
  await new Promise((done) => setTimeout(done, 1));
  inside -= 1;
  return value;
};`;

describe("a scorer's module with concurrency", { timeout: 60_000 }, () => {
  it('is asked about so many answers at once, and others about one; each answer gets its own score', async ({
    desk,
  }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    await desk.write('together.mjs', TOGETHER);
    await desk.write('alone.mjs', ALONE);
    const together = '{ type: module, path: ./together.mjs, concurrency: 4, timeout: 20 }';
    await desk.write('promptgrid.yaml', `score: [${together}, { type: module, path: ./alone.mjs }]\n`);
    const rows = Array.from({ length: ROWS }, (_, index) => `r${index + 1}`);
    const scored = async (): Promise<readonly (readonly (string | undefined)[])[]> =>
      (await csvResults(desk, 'run')).map((row) => [row['row_id'], row['reason.together'], row['score.alone']]);

    const run = await desk.run(['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--base-url', gateway.url]);
    expect(run.status).toBe(0);
    expect(await scored()).toEqual(rows.map((id) => [id, id, '1.0']));

    const again = await desk.run(['score', 'run']);
    expect(again.status).toBe(0);
    expect(await scored()).toEqual(rows.map((id) => [id, id, '1.0']));
  });

  it('is asked about so many answers at once in a race too', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(40));
    // The first four answers wait for one another.
    const first = `const waiting = [];
let isOpen = false;
export default ({ output }) => new Promise((done) => {
  waiting.push(() => done(output.length % 2));
  isOpen ||= waiting.length === 4;
  if (isOpen) for (const end of waiting.splice(0)) end();
});`;
    await desk.write('first.mjs', first);
    await desk.write('promptgrid.yaml', 'score: [{ type: module, path: ./first.mjs, concurrency: 4, timeout: 20 }]\n');
    const models = ['-m', 'gpt-4o,gpt-4o-mini', '--stop-when-decided', 'first', '--no-cache'];
    await desk.pass(['run', 'rows.csv', ...models, '--out', 'run', '--base-url', gateway.url]);
    const unjudged = (await csvResults(desk, 'run')).filter((row) => row['reason.first'] !== '');
    expect(unjudged).toEqual([]);
  });

  it.for(['0', '1.5', '1001'])('refuses %s', async (concurrency, { desk }) => {
    await desk.write('rows.csv', questions(1));
    await desk.write('alone.mjs', ALONE);
    const scorer = `{ type: module, path: ./alone.mjs, concurrency: ${concurrency} }`;
    await desk.write('promptgrid.yaml', `score: [${scorer}]\n`);
    const { status, stderr } = await desk.run(['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error .*concurrency/m);
  });
});
