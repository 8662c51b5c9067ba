import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_POLICY, DEFAULT_POLICIES, type RetryFeatures, type RetryPolicy } from '@smart-retry/domain';
import { proposeFromDefault, proposeFromRules } from './propose-from-rules.js';

const POLICY: RetryPolicy = DEFAULT_POLICIES[0] ?? BUILT_IN_POLICY;
const FAILURE: RetryFeatures = { jobType: 'email_send', errorClass: 'timeout', errorCode: '504', attemptNumber: 1 };

const rationaleOf = (failure: RetryFeatures, policy: RetryPolicy, guardrailMaxAttempts?: number) => {
  const answer = proposeFromRules(failure, policy, guardrailMaxAttempts);
  return answer.kind === 'proposal' ? answer.rationale : answer.reason;
};

describe('what rules say again', () => {
  it('is one frozen object for all failures that are told the same', () => {
    const first = proposeFromRules(FAILURE, POLICY, 10);
    expect(proposeFromRules({ ...FAILURE, jobType: 'sms_send', jobId: 'other' }, POLICY, 10)).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
    expect(proposeFromDefault(FAILURE)).toBe(proposeFromDefault({ ...FAILURE }));
  });

  it.each<[string, Partial<RetryFeatures>, Partial<RetryPolicy>, number]>([
    ['attempt', { attemptNumber: 2 }, {}, 10],
    ['error class', { errorClass: 'connection' }, {}, 10],
    ['error code', { errorCode: '503' }, {}, 10],
    ['error code that is not told', { errorCode: undefined }, {}, 10],
    ['policy of the same name', {}, { baseDelayMs: POLICY.baseDelayMs * 2 }, 10],
    ['number of attempts that guardrails allow', {}, {}, 2],
  ])('is not said of another %s', (_, failure, policy, guardrailMaxAttempts) => {
    const before = rationaleOf(FAILURE, POLICY, 10);
    const changed = Object.keys(policy).length === 0 ? POLICY : { ...POLICY, ...policy };
    expect(rationaleOf({ ...FAILURE, ...failure }, changed, guardrailMaxAttempts)).not.toBe(before);
    expect(rationaleOf(FAILURE, POLICY, 10)).toBe(before);
  });

  it('is forgotten where a policy has much to say, and said the same then', () => {
    const first = proposeFromRules(FAILURE, POLICY, 10);
    for (let i = 0; i < 100; i++) proposeFromRules({ ...FAILURE, errorCode: `code ${i}` }, POLICY, 10);
    const again = proposeFromRules(FAILURE, POLICY, 10);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('is no word of the built-in policy for one of that name', () => {
    expect(rationaleOf(FAILURE, BUILT_IN_POLICY)).not.toBe(proposeFromDefault(FAILURE).rationale);
  });
});
