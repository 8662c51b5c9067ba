import type { Abstention, Proposal } from '@smart-retry/domain';

/** What one layer said, on the wire. */
export function fromLayerAnswer(answer: Proposal | Abstention): object {
  if (answer.kind === 'abstention') return { kind: answer.kind, layer: answer.layer, reason: answer.reason };
  return {
    kind: answer.kind,
    layer: answer.layer,
    action: answer.action,
    delay_ms: answer.delayMs,
    floor_ms: answer.floorMs,
    cap_ms: answer.capMs,
    jitter_ratio: answer.jitterRatio,
    estimated_success: answer.estimate.successProbability,
    estimated_success_interval: answer.estimate.interval,
    confidence: answer.confidence,
    rationale: answer.rationale,
    reasons: answer.reasons,
    model_version: answer.modelVersion,
  };
}
