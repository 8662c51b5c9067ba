import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import fc from 'fast-check';
import { bindTenant } from './bind-tenant.js';
import type { TenantRule } from './route-access.js';

interface Asked {
  readonly query?: unknown;
  readonly body?: unknown;
}

/** The request after binding, or the refusal. */
const run = (rule: TenantRule, tenant: string | null, asked: Asked): Asked | SmartRetryError => {
  const request = { caller: { tenant }, ...asked };
  let refusal: unknown;
  bindTenant(rule)?.call(undefined as never, request as never, undefined as never, (error?: unknown) => {
    refusal = error;
  });
  return refusal instanceof SmartRetryError ? refusal : { ...asked };
};

describe('a request of a caller that is bound to a tenant', () => {
  it.each<[TenantRule, Asked, Asked]>([
    ['query', { query: { job_type: 'a' } }, { query: { job_type: 'a', tenant: 'acme' } }],
    ['body', { body: {} }, { body: { tenant: 'acme' } }],
    ['body', { body: { tenant: '' } }, { body: { tenant: 'acme' } }],
    ['body', { body: { tenant: null } }, { body: { tenant: 'acme' } }],
    ['body', { body: { tenant: 'acme' } }, { body: { tenant: 'acme' } }],
    ['body.features', { body: { features: {} } }, { body: { features: { tenant: 'acme' } } }],
    [
      'body.counts[]',
      { body: { counts: [{}, { tenant: 'acme' }] } },
      { body: { counts: [{ tenant: 'acme' }, { tenant: 'acme' }] } },
    ],
    // What is no object at all is refused later, by itself.
    ['body.attempts[]', { body: { attempts: [null, 5, []] } }, { body: { attempts: [null, 5, []] } }],
  ])('names its own tenant in the %s: %j', (rule, asked, bound) => {
    expect(run(rule, 'acme', asked)).toEqual(bound);
  });

  it.each<[TenantRule, Asked, string]>([
    ['query', { query: { tenant: 'other' } }, 'tenant'],
    ['body', { body: { tenant: 'ACME' } }, 'tenant'],
    ['body', { body: { tenant: ' acme' } }, 'tenant'],
    ['body', { body: { tenant: ['acme'] } }, 'tenant'],
    ['body.features', { body: { features: { tenant: 'other' } } }, 'features.tenant'],
    ['body.attempts[]', { body: { attempts: [{}, 7, { tenant: 'other' }] } }, 'attempts[2].tenant'],
  ])('is refused where it names another one in the %s: %j', (rule, asked, path) => {
    expect(run(rule, 'acme', asked)).toMatchObject({ code: 'FORBIDDEN_TENANT', fields: [{ path }] });
  });

  it('never comes through with another tenant than its own, whatever it holds', () => {
    const item = fc.oneof(fc.jsonValue(), fc.record({ tenant: fc.jsonValue() }, { requiredKeys: [] }));
    fc.assert(
      fc.property(fc.array(item), (attempts) => {
        const bound = run('body.attempts[]', 'acme', { body: { attempts } });
        if (bound instanceof SmartRetryError) return;
        for (const one of attempts) {
          if (typeof one === 'object' && one !== null && !Array.isArray(one))
            expect(one).toHaveProperty('tenant', 'acme');
        }
      }),
    );
  });
});

describe('a request of a caller that is bound to none', () => {
  it('is left as it is', () => {
    expect(run('body', null, { body: { tenant: 'any' } })).toEqual({ body: { tenant: 'any' } });
    expect(run('body', null, { body: {} })).toEqual({ body: {} });
  });
});
