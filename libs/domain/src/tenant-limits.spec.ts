import { describe, expect, it } from '@jest/globals';
import { tenantLimitProblems, type TenantLimit } from './tenant-limits.js';

const paths = (limits: readonly TenantLimit[]) => tenantLimitProblems(limits, 'tenant_limits').map(({ path }) => path);

describe('tenantLimitProblems', () => {
  it('finds none in limits that say whom and how much', () => {
    expect(
      paths([
        { tenant: '*', retriesPerMinute: 0 },
        { tenant: 'a', queue: 'q', budgetSharePercent: 50 },
        { jobType: 'j', maxAttempts: 1 },
      ]),
    ).toEqual([]);
  });

  it('names every entry that says not whom or not how much, is out of range, or names whom another does', () => {
    expect(
      paths([
        { retriesPerMinute: 1 },
        { tenant: 'a' },
        { tenant: 'b', retriesPerMinute: 1.5, budgetSharePercent: 101, maxAttempts: 0 },
        { tenant: 'b', maxAttempts: 2 },
      ]),
    ).toEqual([
      'tenant_limits[0]',
      'tenant_limits[1]',
      'tenant_limits[2].retries_per_minute',
      'tenant_limits[2].budget_share_percent',
      'tenant_limits[2].max_attempts',
      'tenant_limits[3]',
    ]);
  });
});
