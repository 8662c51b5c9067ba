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
  const proposal = {
    kind: 'proposal',
    layer,
    floorMs: 0,
    capMs: policy.maxDelayMs,
    jitterRatio: policy.jitterPercent / 100,
    estimate: UNINFORMED_ESTIMATE,
    // Rules know nothing of outcomes: they are followed, not believed.
    confidence: 0,
    alternatives: [],
    modelVersion: null,
  } as const;
  if (attemptNumber >= policy.maxAttempts) {
    return {
      ...proposal,
      action: 'stop',
      delayMs: 0,
      confidence: 1,
      rationale: `policy "${policy.name}" allows ${policy.maxAttempts} attempts and attempt ${attemptNumber} has failed with ${error}`,
      reasons: [reason, 'policy_attempts_exhausted'],
    };
  }
  const delayMs = backoffDelayMs(policy, attemptNumber);
  return {
    ...proposal,
    action: 'retry',
    delayMs,
    rationale: `policy "${policy.name}" waits ${describeDuration(delayMs)} ± ${policy.jitterPercent} % after attempt ${attemptNumber} of ${policy.maxAttempts} failed with ${error}`,
    reasons: [reason],
  };
}
