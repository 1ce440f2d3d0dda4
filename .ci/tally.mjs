// Prints "N passed, N failed, N skipped": node .ci/tally.mjs <vitest's JSON report> <test step: 0 or 1> <other failed steps>
import { readFileSync } from 'node:fs';

const [reportFile = '', testStatus = '1', otherFailedSteps = '0'] = process.argv.slice(2);

/** Counts of the report; null where it is missing or torn. */
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

const { passed, failed, skipped } = countsOf(reportFile) ?? { passed: 0, failed: 0, skipped: 0 };
// The step can fail although every test passed: an unhandled rejection, a failed build, no tests at all.
const failedTests = testStatus === '0' ? failed : Math.max(failed, 1);
console.log(`${passed} passed, ${failedTests + Number(otherFailedSteps)} failed, ${skipped} skipped`);
