import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where a JSON report goes besides the terminal; unset or empty: none. */
const reportFile = process.env['PROMPTGRID_TEST_REPORT'] ?? '';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Tests spawn the program and servers of their own; more workers than this make small machines miss deadlines.
    maxWorkers: 2,
    // The built program is loaded as it is.
    server: { deps: { external: [/\/dist\/.*\.js$/] } },
    testTimeout: 180_000,
    hookTimeout: 30_000,
    reporters: reportFile === '' ? ['default'] : ['default', 'json'],
    ...(reportFile === '' ? {} : { outputFile: { json: reportFile } }),
  },
});
