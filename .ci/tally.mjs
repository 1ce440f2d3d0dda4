// Prints every test that failed with its reason, then "N passed, N failed, N skipped":
// node .ci/tally.mjs <other failed steps> [<vitest's JSON report> <status of its step: 0 or 1>]…
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [otherFailedSteps = '0', ...words] = process.argv.slice(2);

/** Of a reason: enough for an assertion and where it stands, without flooding the end of a log. */
const REASON_LINES = 12;

/** What a report says of its files; null where it is missing or torn. */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const failures = report.testResults.flatMap(failuresOf);
    return {
      passed: report.numPassedTests,
      failed: failures.length,
      skipped: report.numPendingTests + report.numTodoTests,
      failures,
    };
  } catch {
    return null;
  }
}

/** The failed tests of a file, or the file itself if none did: it could not be loaded, or a hook of it failed. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [{ title: file, reasons: [message] }];
  return failed.map((test) => ({ title: `${file} > ${test.fullName}`, reasons: test.failureMessages }));
}

function print({ title, reasons }) {
  console.log(`failed: ${title}`);
  const lines = reasons
    .join('\n')
    .split('\n')
    .filter((line) => line.trim() !== '');
  for (const line of lines.slice(0, REASON_LINES)) console.log(`    ${line}`);
}

const sum = { passed: 0, failed: Number(otherFailedSteps), skipped: 0 };
for (let index = 0; index < words.length; index += 2) {
  // A step that left no report has tested nothing, whatever its status.
  const report = readReport(words[index]) ?? { passed: 0, failed: 1, skipped: 0, failures: [] };
  report.failures.forEach(print);
  sum.passed += report.passed;
  // The step can fail although every test passed: an unhandled rejection, a failed build, no tests at all.
  sum.failed += words[index + 1] === '0' ? report.failed : Math.max(report.failed, 1);
  sum.skipped += report.skipped;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
