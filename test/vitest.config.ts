import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where a JSON report goes besides the terminal; unset or empty: none. */
const reportFile = process.env['PROMPTGRID_TEST_REPORT'] ?? '';

/** The files that take longest, by a part of their paths. */
const LONGEST = [
  'scorers/index',
  'docs/readme',
  'page/browser',
  'cli/large-answers',
  'cli/spreadsheets',
  'cli/printing',
  'cli/batch',
  'cli/shared-folder',
  'ci/',
  'cli/in-process',
  'cli/lost-calls',
  'cli/cache',
  'cli/estimate-run',
  'cli/images-memory',
  'cli/limits',
  'cli/width',
  'store/folder-lock',
  'cli/crash-safety',
  'datasets/csv',
  'cli/endings',
  'cli/budget-proxies',
  'pricing/token-',
  'cli/cells',
  'cli/storage',
  'commands/options',
  'app/run/',
  'engine/shared-rate-book',
  'app/forecast/judges',
  'cli/programs',
  'cli/watch',
  'datasets/xlsx',
  'house',
  'app/estimate/pilot',
] as const;

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
