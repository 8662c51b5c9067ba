import { describe, expect, it } from '@jest/globals';
import { kindOfFailure, unitsOfRetry } from './failure-kind.js';

describe('kindOfFailure', () => {
  it.each([
    ['timeout', undefined, 'timeout'],
    ['database_error', 'ETIMEDOUT', 'timeout'],
    ['upstream_error', '504', 'timeout'],
    ['service_unavailable', '503', 'unavailable'],
    ['ConnectionReset', undefined, 'unavailable'],
    ['http_error', '502', 'unavailable'],
    ['rate_limit', '429', 'throttled'],
    ['too_many_requests', undefined, 'throttled'],
    ['validation', '400', 'own_fault'],
    ['http_error', '404', 'own_fault'],
    ['not_sent', undefined, 'not_sent'],
    ['worker_crash', 'OOM', 'other'],
    ['http_error', '500', 'other'],
    ['http_4290_weird', undefined, 'other'],
  ])('takes %s %s for %s', (errorClass, errorCode, kind) => {
    expect(kindOfFailure({ errorClass, errorCode })).toBe(kind);
  });

  it('asks nothing of the budget for what was never sent, and most after a timeout', () => {
    const units = (['not_sent', 'throttled', 'unavailable', 'timeout'] as const).map((kind) => unitsOfRetry(kind));
    expect(units).toEqual([0, 1, 2, 3]);
  });

  it('asks no more for a timeout than for another failure once what timed out is worked off', () => {
    expect([59_999, 60_000].map((sinceMs) => unitsOfRetry('timeout', sinceMs))).toEqual([3, 2]);
    expect([0, 60_000].map((sinceMs) => unitsOfRetry('throttled', sinceMs))).toEqual([1, 1]);
  });
});
