import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import fc from 'fast-check';
import { bindItem, bindTenant } from './bind-tenant.js';
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

const ANY_ITEM = fc.oneof(fc.jsonValue(), fc.record({ tenant: fc.jsonValue() }, { requiredKeys: [] }));

const expectOwnTenant = (item: unknown): void => {
  // What is no object at all is refused later, by itself.
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) expect(item).toHaveProperty('tenant', 'acme');
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
    // What is no object at all is refused by itself.
    ['body.counts[]', { body: { counts: [null, 5, []] } }, { body: { counts: [null, 5, []] } }],
  ])('names its own tenant in the %s: %j', (rule, asked, bound) => {
    expect(run(rule, 'acme', asked)).toEqual(bound);
  });

  it.each<[TenantRule, Asked, string]>([
    ['query', { query: { tenant: 'other' } }, 'tenant'],
    ['body', { body: { tenant: 'ACME' } }, 'tenant'],
    ['body', { body: { tenant: ' acme' } }, 'tenant'],
    ['body', { body: { tenant: ['acme'] } }, 'tenant'],
    ['body.features', { body: { features: { tenant: 'other' } } }, 'features.tenant'],
    ['body.counts[]', { body: { counts: [{}, {}, { tenant: 'other' }] } }, 'counts[2].tenant'],
  ])('is refused where it names another one in the %s: %j', (rule, asked, path) => {
    expect(run(rule, 'acme', asked)).toMatchObject({ code: 'FORBIDDEN_TENANT', fields: [{ path }] });
  });

  it('never comes through with another tenant than its own, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(ANY_ITEM), (counts) => {
        const bound = run('body.counts[]', 'acme', { body: { counts } });
        if (bound instanceof SmartRetryError) return;
        for (const one of counts) expectOwnTenant(one);
      }),
    );
  });

  it('is refused by every item that names another one', () => {
    const counts = [{ tenant: 'other' }, {}, { tenant: 'third' }];
    const fields = [{ path: 'counts[0].tenant' }, { path: 'counts[2].tenant' }];
    expect(run('body.counts[]', 'acme', { body: { counts } })).toMatchObject({ code: 'FORBIDDEN_TENANT', fields });
  });
});

describe('an item of a batch of a caller that is bound to a tenant', () => {
  it('is refused by itself where it names another one, and else is its own, whatever it holds', () => {
    fc.assert(
      fc.property(ANY_ITEM, (item) => {
        const named = structuredClone(item);
        try {
          bindItem(item, { tenant: 'acme' });
          expectOwnTenant(item);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FORBIDDEN_TENANT', fields: [{ path: 'tenant' }] });
          expect(named).not.toHaveProperty('tenant', 'acme');
        }
      }),
    );
  });

  it('is left to that alone: the request as a whole is not refused', () => {
    expect(bindTenant('each of body.attempts[]')).toBeNull();
  });

  it('is left as it is for a caller that is bound to none', () => {
    const item = { tenant: 'any' };
    bindItem(item, { tenant: null });
    expect(item).toEqual({ tenant: 'any' });
  });
});

describe('a request of a caller that is bound to none', () => {
  it('is left as it is', () => {
    expect(run('body', null, { body: { tenant: 'any' } })).toEqual({ body: { tenant: 'any' } });
    expect(run('body', null, { body: {} })).toEqual({ body: {} });
  });
});
