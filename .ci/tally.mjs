// Prints "N passed, N failed, N skipped":
// node .ci/tally.mjs <other failed steps> [<vitest's JSON report> <status of its step: 0 or 1>]…
import { readFileSync } from 'node:fs';

const [otherFailedSteps = '0', ...words] = process.argv.slice(2);

/** Counts of a report; null where it is missing or torn. */
function countsOf(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const files = report.testResults;
    // A file that cannot be loaded has no tests to count, and still is a failure.
    const unloaded = files.filter((each) => each.status === 'failed' && each.assertionResults.length === 0).length;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloaded,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return null;
  }
}

const sum = { passed: 0, failed: Number(otherFailedSteps), skipped: 0 };
for (let index = 0; index < words.length; index += 2) {
  // A step that left no report has tested nothing, whatever its status.
  const { passed, failed, skipped } = countsOf(words[index]) ?? { passed: 0, failed: 1, skipped: 0 };
  sum.passed += passed;
  // The step can fail although every test passed: an unhandled rejection, a failed build, no tests at all.
  sum.failed += words[index + 1] === '0' ? failed : Math.max(failed, 1);
  sum.skipped += skipped;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
