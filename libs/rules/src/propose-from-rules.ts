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

/**
 * What the matching policy asks for: its backoff, or a stop once its attempts are used up. Abstains when none matched.
 *
 * @param guardrailMaxAttempts for the rationale, which names the fewest attempts that anyone allows
 */
export function proposeFromRules(
  features: RetryFeatures,
  policy: RetryPolicy | null,
  guardrailMaxAttempts = Number.POSITIVE_INFINITY,
): Proposal | Abstention {
  if (policy === null) return { kind: 'abstention', layer: 'rules', reason: 'no_policy_matched' };
  return proposeFromPolicy(features, policy, {
    layer: 'rules',
    name: `policy "${policy.name}"`,
    reasons: ['policy_matched'],
    guardrailMaxAttempts,
  });
}

/** What answers when nothing else does: the built-in policy. Never abstains. */
export function proposeFromDefault(features: RetryFeatures, guardrailMaxAttempts = Number.POSITIVE_INFINITY): Proposal {
  return proposeFromPolicy(features, BUILT_IN_POLICY, {
    layer: 'default',
    name: 'no policy matches, and the built-in default',
    reasons: [],
    guardrailMaxAttempts,
  });
}

/** The delay before jitter that the policy asks for, or the built-in one where there is none; null where it stops. */
export function rulesDelayMs(
  { attemptNumber }: Pick<RetryFeatures, 'attemptNumber'>,
  policy: RetryPolicy | null,
): number | null {
  const asked = policy ?? BUILT_IN_POLICY;
  return attemptNumber >= asked.maxAttempts ? null : backoffDelayMs(asked, attemptNumber);
}

interface Speaker {
  readonly layer: LayerName;
  /** As the rationale calls it. */
  readonly name: string;
  readonly reasons: readonly ReasonCode[];
  readonly guardrailMaxAttempts: number;
}

function proposeFromPolicy(features: RetryFeatures, policy: RetryPolicy, speaker: Speaker): Proposal {
  const { layer, name, reasons, guardrailMaxAttempts } = speaker;
  const { attemptNumber } = features;
  const error =
    features.errorCode === undefined ? features.errorClass : `${features.errorClass} (${features.errorCode})`;
  const asked = rulesDelayMs(features, policy);
  const isExhausted = asked === null;
  const delayMs = asked ?? 0;
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
      ? `${name} allows ${policy.maxAttempts} attempts and attempt ${attemptNumber} has failed with ${error}`
      : `${name} waits ${describeDuration(delayMs)} (jitter ${policy.jitterPercent} %) after attempt ${attemptNumber} of ${Math.min(policy.maxAttempts, guardrailMaxAttempts)} failed with ${error}`,
    reasons: isExhausted ? [...reasons, 'policy_attempts_exhausted'] : reasons,
    alternatives: [],
    modelVersion: null,
  };
}
