import {
  BUILT_IN_POLICY,
  UNINFORMED_ESTIMATE,
  describeDuration,
  silenceOf,
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
  if (policy === null) return silenceOf('rules', 'no_policy_matched');
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

type Failure = Pick<RetryFeatures, 'attemptNumber' | 'errorClass' | 'errorCode'>;

interface Worded {
  readonly failure: Failure;
  readonly speaker: Speaker;
  readonly proposal: Proposal;
}

/** Failures come in bursts of few kinds: so many of a policy's latest proposals are kept, and given again. */
const MAX_WORDED = 16;
const wordedBy = new WeakMap<RetryPolicy, Worded[]>();

/** Frozen: many decisions share it. */
function proposeFromPolicy(
  { attemptNumber, errorClass, errorCode }: Failure,
  policy: RetryPolicy,
  speaker: Speaker,
): Proposal {
  const failure = { attemptNumber, errorClass, errorCode };
  let latest = wordedBy.get(policy);
  if (latest === undefined) wordedBy.set(policy, (latest = []));
  for (const worded of latest) if (saysTheSame(worded, failure, speaker)) return worded.proposal;
  const proposal = Object.freeze(wordProposal(failure, policy, speaker));
  if (latest.push({ failure, speaker, proposal }) > MAX_WORDED) latest.shift();
  return proposal;
}

/** Whether all that a proposal is made of beside its policy is equal. */
function saysTheSame(worded: Worded, failure: Failure, { layer, guardrailMaxAttempts }: Speaker): boolean {
  return (
    worded.failure.attemptNumber === failure.attemptNumber &&
    worded.failure.errorClass === failure.errorClass &&
    worded.failure.errorCode === failure.errorCode &&
    worded.speaker.guardrailMaxAttempts === guardrailMaxAttempts &&
    worded.speaker.layer === layer
  );
}

function wordProposal(failure: Failure, policy: RetryPolicy, speaker: Speaker): Proposal {
  const { layer, name, reasons, guardrailMaxAttempts } = speaker;
  const { attemptNumber, errorClass, errorCode } = failure;
  const error = errorCode === undefined ? errorClass : `${errorClass} (${errorCode})`;
  const asked = rulesDelayMs(failure, policy);
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
      ? `attempt ${attemptNumber} has failed with ${error} and ${name} allows no more than ${policy.maxAttempts}`
      : `${name} waits ${describeDuration(delayMs)} (jitter ${policy.jitterPercent} %) after attempt ${attemptNumber} of ${Math.min(policy.maxAttempts, guardrailMaxAttempts)} failed with ${error}`,
    reasons: isExhausted ? [...reasons, 'policy_attempts_exhausted'] : reasons,
    alternatives: [],
    modelVersion: null,
  };
}
