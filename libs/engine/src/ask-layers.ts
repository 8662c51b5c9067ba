import type { Abstention, GuardrailEffect, Proposal, ReasonCode } from '@smart-retry/domain';
import { proposeFromDefault, proposeFromRules } from '@smart-retry/rules';
import type { DecisionSnapshot } from './decision-snapshot.js';
import type { LayerContext } from './layers.js';

export interface LayerAnswers {
  /** The first proposal: it speaks. */
  readonly proposal: Proposal;
  /** What each layer that was asked said, in order. */
  readonly layers: readonly (Proposal | Abstention)[];
  readonly effects: readonly GuardrailEffect[];
}

/**
 * Asks the learned layers, then the rules, then the built-in default. Where explanations are required and the audit
 * trail is full, a learned proposal is set aside (guardrail `explainability`) and the rules answer.
 */
export function askLayers(context: LayerContext, { learnedLayers, canAudit }: DecisionSnapshot): LayerAnswers {
  const layers: (Proposal | Abstention)[] = [];
  const effects: GuardrailEffect[] = [];
  const isBarred = context.strategy.guardrails.explainabilityRequired && !canAudit;
  for (const ask of learnedLayers) {
    const answer = ask(context);
    if (answer.kind === 'proposal' && isBarred) {
      layers.push({ kind: 'abstention', layer: answer.layer, reason: 'audit_unavailable' });
      effects.push({ name: 'explainability', before: answer.layer, after: 'rules' });
      continue;
    }
    layers.push(answer);
    if (answer.kind === 'proposal') return { proposal: answer, layers, effects };
  }
  const fromRules = proposeFromRules(context.features, context.policy);
  layers.push(fromRules);
  if (fromRules.kind === 'proposal') return { proposal: fromRules, layers, effects };
  const fromDefault = proposeFromDefault(context.features);
  layers.push(fromDefault);
  return { proposal: fromDefault, layers, effects };
}

/** Why each layer that did not speak was silent. */
export function abstentionReasons(layers: readonly (Proposal | Abstention)[]): readonly ReasonCode[] {
  const reasons: ReasonCode[] = [];
  for (const layer of layers) if (layer.kind === 'abstention') reasons.push(layer.reason);
  return reasons;
}
