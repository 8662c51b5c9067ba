/**
 * Counts single tests in the report of `jest --json`; a suite that could not run counts as one failed test.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number }} report
 */
export function countTests(report) {
  return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
}

/** The line that a run ends with. */
export function formatCounts({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
