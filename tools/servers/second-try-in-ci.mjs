import { jest } from '@jest/globals';

// Real processes on a machine that others load as well: in CI a test that fails may pass on a second try, and its first
// failure is printed. At a developer's desk each failure counts.
if (process.env.CI === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
