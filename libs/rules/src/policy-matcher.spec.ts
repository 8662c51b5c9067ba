import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES } from '@smart-retry/domain';
import { someFeatures, somePolicy } from '@smart-retry/domain/testing';
import { PolicyMatcher, patternProblems } from './policy-matcher.js';

const nameFor = (matcher: PolicyMatcher, job: Parameters<typeof someFeatures>[0]) =>
  matcher.match(someFeatures(job)).policy?.name;

describe('the default policies', () => {
  const matcher = new PolicyMatcher(DEFAULT_POLICIES);

  it.each([
    [{ errorClass: 'rate_limit' }, 'rate_limit'],
    [{ errorClass: 'http', errorCode: '429' }, 'rate_limit'],
    [{ errorClass: 'timeout' }, 'service_unavailable'],
    [{ errorClass: 'validation' }, 'validation_errors'],
    [{ errorClass: 'http_4290_weird' }, 'default'],
    [{ errorClass: 'connection_timeout' }, 'default'],
  ])('take %p under %p', (job, name) => {
    expect(nameFor(matcher, job)).toBe(name);
  });
});

describe('PolicyMatcher', () => {
  it('needs error and job type to match both', () => {
    const matcher = new PolicyMatcher([somePolicy({ errorPatterns: ['timeout'], jobTypePatterns: ['critical_.*'] })]);
    expect(nameFor(matcher, { jobType: 'critical_sync' })).toBe('some');
    expect(nameFor(matcher, { jobType: 'email_send' })).toBeUndefined();
    expect(nameFor(matcher, { jobType: 'critical_sync', errorClass: 'oom' })).toBeUndefined();
  });

  it('narrows by queue and tenant, and takes no job that names neither', () => {
    const matcher = new PolicyMatcher([somePolicy({ queuePatterns: ['bulk'], tenantPatterns: ['acme|globex'] })]);
    expect(nameFor(matcher, { queue: 'bulk', tenant: 'globex' })).toBe('some');
    expect(nameFor(matcher, { queue: 'bulk', tenant: 'initech' })).toBeUndefined();
    expect(nameFor(matcher, { tenant: 'acme' })).toBeUndefined();
  });

  it('prefers the higher priority, and the older policy among equals', () => {
    const policies = [
      somePolicy({ name: 'low', priority: 1 }),
      somePolicy({ name: 'older', priority: 9 }),
      somePolicy({ name: 'younger', priority: 9 }),
    ];
    expect(nameFor(new PolicyMatcher(policies), {})).toBe('older');
  });

  it('finds a validation stop below a policy of higher priority', () => {
    const matcher = new PolicyMatcher([somePolicy({ priority: 500 }), ...DEFAULT_POLICIES]);
    const match = matcher.match(someFeatures({ errorClass: 'http', errorCode: '400' }));
    expect([match.policy?.name, match.validationPolicy?.name]).toEqual(['some', 'validation_errors']);
  });

  it('stays linear on a pattern that makes a backtracking engine explode', () => {
    const matcher = new PolicyMatcher([somePolicy({ errorPatterns: ['(a+)+b'] })]);
    expect(nameFor(matcher, { errorClass: 'a'.repeat(5_000) })).toBeUndefined();
  });

  it('refuses a pattern that repeats so much that linear is still slow', () => {
    expect(patternProblems(somePolicy({ errorPatterns: ['(?:.{0,200}){1,5}x'] }))).toEqual([
      { path: 'error_patterns[0]', message: expect.stringContaining('repeats too much') },
    ]);
    const ordinary = '.*(timeout|timed.?out|deadline|unavailable).{0,40}';
    expect(patternProblems(somePolicy({ errorPatterns: [ordinary] }))).toEqual([]);
  });

  it('names every pattern that does not compile', () => {
    const broken = somePolicy({ errorPatterns: ['ok', '(', '(?=x)'], queuePatterns: ['[z-a]'] });
    expect(patternProblems(broken).map((problem) => problem.path)).toEqual([
      'error_patterns[1]',
      'error_patterns[2]',
      'queue_patterns[0]',
    ]);
    expect(() => new PolicyMatcher([broken])).toThrow(expect.objectContaining({ code: 'INVALID_POLICY' }));
  });

  it('explains each policy in the order tried', () => {
    const explained = new PolicyMatcher(DEFAULT_POLICIES).explain(someFeatures({ errorClass: 'timeout' }));
    expect(explained.map(({ policy, matches }) => [policy, matches])).toEqual([
      ['rate_limit', false],
      ['service_unavailable', true],
      ['validation_errors', false],
      ['default', true],
    ]);
    expect(explained[0]?.because).toContain('"timeout" matches none of /429/');
  });
});
