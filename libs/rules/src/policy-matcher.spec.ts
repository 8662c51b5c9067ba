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

  describe('explains a match', () => {
    const reasonOf = (policy: Parameters<typeof somePolicy>[0], job: Parameters<typeof someFeatures>[0]) =>
      new PolicyMatcher([somePolicy(policy)]).explain(someFeatures(job))[0]?.because;

    it('by the patterns that matched, and no others', () => {
      const errorPatterns = ['429', 'rate_limit', '4..'];
      expect(reasonOf({ errorPatterns }, { errorClass: 'timeout', errorCode: '429' })).toBe(
        'error code "429" matches /429/, /4../',
      );
      expect(reasonOf({ errorPatterns }, { errorClass: 'rate_limit', errorCode: '429' })).toBe(
        'error class "rate_limit" matches /rate_limit/, error code "429" matches /429/, /4../',
      );
    });

    it('by what narrows the policy', () => {
      expect(reasonOf({ jobTypePatterns: ['critical_.*', 'x'] }, { jobType: 'critical_sync' })).toBe(
        'it takes every error, and job type "critical_sync" matches /critical_.*/',
      );
      expect(reasonOf({ errorPatterns: ['oom'], queuePatterns: ['bulk'] }, { errorClass: 'oom', queue: 'bulk' })).toBe(
        'error class "oom" matches /oom/, queue "bulk" matches /bulk/',
      );
      expect(reasonOf({}, {})).toBe('it takes every error, and nothing narrows it away from this job');
    });

    it('by the validation stop that goes before a higher priority, on both sides', () => {
      const policies = [somePolicy({ name: 'high', priority: 500 }), ...DEFAULT_POLICIES];
      const explained = new PolicyMatcher(policies).explain(someFeatures({ errorClass: 'validation' }));
      const reasons = new Map(explained.map(({ policy, because }) => [policy, because]));
      expect(reasons.get('high')).toContain('"validation_errors", which stops on validation errors, goes before it');
      expect(reasons.get('validation_errors')).toContain('goes before "high"');
      expect(reasons.get('default')).not.toContain('goes before');
    });

    it('says nothing of ranks where the priority decides', () => {
      const explained = new PolicyMatcher(DEFAULT_POLICIES).explain(someFeatures({ errorClass: 'validation' }));
      expect(explained.map(({ because }) => because).join()).not.toContain('goes before');
    });
  });
});
