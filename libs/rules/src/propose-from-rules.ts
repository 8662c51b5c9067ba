import {
  BUILT_IN_POLICY,
  UNINFORMED_ESTIMATE,
  describeDuration,
  type Abstention,
  type LayerName,
  type Proposal,
  type ReasonCode,
  type RetryFeatures,
  type RetryPolicy,
} from '@smart-retry/domain';
import { backoffDelayMs } from './backoff.js';

/** What the matching policy asks for: its backoff, or a stop once its attempts are used up. Abstains when none matched. */
export function proposeFromRules(features: RetryFeatures, policy: RetryPolicy | null): Proposal | Abstention {
  if (policy === null) return { kind: 'abstention', layer: 'rules', reason: 'no_policy_matched' };
  return proposeFromPolicy(features, policy, 'rules', 'policy_matched');
}

/** What answers when nothing else does: the built-in policy. Never abstains. */
export function proposeFromDefault(features: RetryFeatures): Proposal {
  return proposeFromPolicy(features, BUILT_IN_POLICY, 'default', 'no_policy_matched');
}

function proposeFromPolicy(
  features: RetryFeatures,
  policy: RetryPolicy,
  layer: LayerName,
  reason: ReasonCode,
): Proposal {
  const { attemptNumber } = features;
  const error =
    features.errorCode === undefined ? features.errorClass : `${features.errorClass} (${features.errorCode})`;
  const isExhausted = attemptNumber >= policy.maxAttempts;
  const delayMs = isExhausted ? 0 : backoffDelayMs(policy, attemptNumber);
  return {
    kind: 'proposal',
    layer,
    action: isExhausted ? 'stop' : 'retry',
    delayMs,
    floorMs: 0,
    capMs: policy.maxDelayMs,
    jitterRatio: policy.jitterPercent / 100,
    estimate: UNINFORMED_ESTIMATE,
    // Rules know nothing of outcomes: a backoff is followed, not believed. That attempts are used up is certain.
    confidence: isExhausted ? 1 : 0,
    rationale: isExhausted
      ? `policy "${policy.name}" allows ${policy.maxAttempts} attempts and attempt ${attemptNumber} has failed with ${error}`
      : `policy "${policy.name}" waits ${describeDuration(delayMs)} (jitter ${policy.jitterPercent} %) after attempt ${attemptNumber} of ${policy.maxAttempts} failed with ${error}`,
    reasons: isExhausted ? [reason, 'policy_attempts_exhausted'] : [reason],
    alternatives: [],
    modelVersion: null,
  };
}
