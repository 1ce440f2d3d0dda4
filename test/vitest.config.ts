import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where a JSON report goes besides the terminal; unset or empty: none. */
const reportFile = process.env['PROMPTGRID_TEST_REPORT'] ?? '';

/** The files that keep the processor busy for longest, by a part of their paths. */
const BUSY = [
  'docs/readme',
  'cli/queue',
  'page/browser',
  'cli/printing',
  'page/odd-runs',
  'cli/cells',
  'cli/in-process',
  'store/folder-lock.',
  'cli/large-answers',
  'scorers/index',
  'cli/estimate-run',
  'cli/cache',
  'page/layout',
  'cli/module-faults',
  'cli/endings',
  'ci/',
  'datasets/csv',
  'app/estimate/pilot',
  'pricing/token-',
  'cli/width',
  'core/stats/pilot-model',
  'cli/budget.',
  'cli/storage',
  'cli/crash-safety',
  'commands/options',
  'cli/images-memory',
  'app/forecast/judges',
  'datasets/xlsx',
  'house',
] as const;
/** Those that wait for longest. */
const WAITING = [
  'cli/batch-kills',
  'cli/shared-folder',
  'cli/worker',
  'cli/budget-proxies',
  'queue/redis',
  'queue/call-queue',
  'engine/shared-rate-book',
  'app/run/pace',
  'app/run/outage',
  'cli/programs',
  'cli/watch',
  'app/run/refusals',
  'cli/wasted-costs',
  'app/run/rates',
  'queue/job-source',
  'cli/lost-calls',
  'providers/streamed-answer',
  'cli/batch',
  'cli/limits',
  'app/run/',
] as const;
/** One that waits after each that is busy, so that the two workers seldom want the processor both. */
const LONGEST = BUSY.flatMap((busy, place) => [busy, ...WAITING.slice(place, place + 1)]);

/** Begins the longest files first, so that no worker is alone with one at the end: a clone has no times of before. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((part) => moduleId.includes(`/test/${part}`));
  return place === -1 ? LONGEST.length : place;
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Tests spawn the program and servers of their own; more workers than this make small machines miss deadlines.
    maxWorkers: 2,
    // A process for each file would spend more on starting and loading than most files do on their tests.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // The built program is loaded as it is.
    server: { deps: { external: [/\/dist\/.*\.js$/] } },
    testTimeout: 180_000,
    // What a browser shows comes when it comes.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 30_000,
    reporters: reportFile === '' ? ['default'] : ['default', 'json'],
    ...(reportFile === '' ? {} : { outputFile: { json: reportFile } }),
  },
});
