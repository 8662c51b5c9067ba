import { describe, expect, it } from '@jest/globals';
import { EACH_TENANT, type TenantLimit } from '@smart-retry/domain';
import fc from 'fast-check';
import { LimitKeys } from './limit-keys.js';

describe('LimitKeys', () => {
  it('says the same for the same limit, tenant and dependency, and another for any other', () => {
    const name = fc.constantFrom('a', '1:a', 'aa', '1:', '-');
    const limits: readonly TenantLimit[] = [
      { tenant: EACH_TENANT, retriesPerMinute: 1 },
      { tenant: EACH_TENANT, queue: 'a', retriesPerMinute: 1 },
      { tenant: 'a', budgetSharePercent: 1 },
    ];
    const asked = fc.record({
      limit: fc.nat({ max: limits.length - 1 }),
      tenant: name,
      dependency: fc.option(name),
    });
    fc.assert(
      fc.property(fc.array(asked, { minLength: 2, maxLength: 40 }), (questions) => {
        const keys = new LimitKeys();
        const byKey = new Map<string, string>();
        for (const { limit: index, tenant, dependency } of questions) {
          const limit = limits[index] as TenantLimit;
          const key = keys.keyOf(limit, tenant, dependency);
          const who = JSON.stringify([index, limit.tenant === EACH_TENANT && tenant, dependency]);
          expect(byKey.get(key) ?? who).toBe(who);
          byKey.set(key, who);
          expect(keys.keyOf(limit, tenant, dependency)).toBe(key);
        }
      }),
    );
  });

  it('says the same when more tenants have come than it remembers', () => {
    const keys = new LimitKeys();
    const limit = { tenant: EACH_TENANT, retriesPerMinute: 1 };
    const before = keys.keyOf(limit, 'first', null);
    for (let i = 0; i < 2_000; i++) keys.keyOf(limit, `tenant-${i}`, null);
    expect(keys.keyOf(limit, 'first', null)).toBe(before);
  });
});
