import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { Journal } from '../../src/store/journal.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { errored, trialId } from '../engine/results.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-full-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

/** Appends results in batches until some are not stored, then one more, and tells what happened. */
const SCRIPT = `
  const [journalModule, clockModule, path, batchSize, texts] = process.argv.slice(1);
  const { Journal } = await import(journalModule);
  const { systemClock } = await import(clockModule);
  const results = JSON.parse(texts);
  const journal = await Journal.open(path, systemClock);
  const [stored, failures] = [[], []];
  while (failures.length === 0) {
    const batch = results.splice(0, Number(batchSize));
    const outcomes = await Promise.allSettled(batch.map((result) => journal.append(result)));
    outcomes.forEach(({ status, reason }, index) => {
      if (status === 'fulfilled') stored.push(batch[index].trialId);
      else failures.push(reason.code);
    });
  }
  const later = await journal.append(results[0]).catch(({ code, message, hint }) => ({ code, message, hint }));
  const closing = await journal.close().catch(({ code }) => code);
  process.stdout.write(JSON.stringify({ stored, failures, later, closing, indexed: journal.index.size }));
`;

describe.skipIf(process.platform === 'win32')('a journal on a full disk', () => {
  it.each([1, 7])(
    'keeps whole lines only, rejects every later result and says why: %i at a time',
    async (batchSize) => {
      const told = appendUntilFull(8, batchSize);
      const { stored, failures, later, closing, indexed } = told;
      expect(failures).toEqual(Array(batchSize).fill('E_STORAGE'));
      expect(later).toMatchObject({ code: 'E_STORAGE', message: expect.stringContaining(path) });
      expect(later).toMatchObject({ hint: expect.stringContaining('run the same command again') });
      expect(closing).toBe('E_STORAGE');

      const text = await readFile(path, 'utf8');
      expect(text.length).toBeGreaterThan(4096);
      expect(text.endsWith('\n')).toBe(true);
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => parseJson(line));
      expect(lines.map((line) => isJsonObject(line) && line['trial_id'])).toEqual(stored);
      expect(indexed).toBe(lines.length);

      const journal = await Journal.open(path, new ManualClock());
      expect(journal.recovery).toEqual({ badLines: [], tornBytes: 0 });
      await journal.append(errored(1000));
      expect(journal.index.get(trialId(1000))).toEqual({ offset: text.length, status: 'errored' });
      await journal.close();
    },
  );
});

/** Runs the script with files limited to so many KiB. */
function appendUntilFull(kibibytes: number, batchSize: number): JsonObject {
  const modules = ['store/journal', 'io/clock'].map(
    (name) => new URL(`../../dist/modules/${name}.js`, import.meta.url).href,
  );
  const results = Array.from({ length: 60 }, (_, index) => errored(index, 'x'.repeat((index * 97) % 400)));
  const words = ['--input-type=module', '-e', SCRIPT, ...modules, path, String(batchSize), JSON.stringify(results)];
  const limited = `ulimit -f ${kibibytes} && exec "$@"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', limited, 'bash', process.execPath, ...words], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  const told = parseJson(stdout);
  if (!isJsonObject(told)) throw new Error(`the script failed: ${stderr}`);
  return told;
}
