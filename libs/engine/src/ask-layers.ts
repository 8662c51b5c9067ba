import {
  isExplorable,
  learningModeOf,
  type Abstention,
  type ExplorationPlan,
  type GuardrailEffect,
  type Proposal,
  type ReasonCode,
} from '@smart-retry/domain';
import { proposeFromDefault, proposeFromRules } from '@smart-retry/rules';
import type { DecisionSnapshot } from './decision-snapshot.js';
import type { LayerContext } from './layers.js';

export interface LayerAnswers {
  /** The first proposal that may speak. */
  readonly proposal: Proposal;
  /** What each layer that was asked said, in order. */
  readonly layers: readonly (Proposal | Abstention)[];
  /** Why those that did not speak were silent. */
  readonly silences: readonly ReasonCode[];
  readonly effects: readonly GuardrailEffect[];
  /** What the first learned layer that has an idea would try; null where nothing may be explored. */
  readonly exploration: ExplorationPlan | null;
}

/**
 * Asks the learned layers, then the rules, then the built-in default. A learned proposal is set aside where learning is
 * only observed, and where explanations are required and the audit trail is full (guardrail `explainability`).
 */
export function askLayers(
  context: LayerContext,
  snapshot: DecisionSnapshot,
  guardrailMaxAttempts: number,
): LayerAnswers {
  const { features, strategy } = context;
  const mode = learningModeOf(strategy.learning, features.jobType);
  const isBarred = strategy.guardrails.explainabilityRequired && !snapshot.canAudit;
  const isCalm = snapshot.gate?.isCalm ?? true;
  const mayExplore = snapshot.explores && isCalm && !isBarred && isExplorable(strategy.learning, features.jobType);
  const layers: (Proposal | Abstention)[] = [];
  const silences: ReasonCode[] = [];
  const effects: GuardrailEffect[] = [];
  let exploration: ExplorationPlan | null = null;
  const speak = (proposal: Proposal): LayerAnswers => ({ proposal, layers, silences, effects, exploration });

  for (const ask of mode === 'off' ? [] : snapshot.learnedLayers) {
    const answer = ask(context);
    layers.push(answer);
    if (mayExplore) exploration ??= answer.exploration ?? null;
    if (answer.kind === 'abstention') silences.push(answer.reason);
    else if (mode === 'observe') silences.push('learning_observed');
    else if (!isBarred) return speak(answer);
    else {
      silences.push('audit_unavailable');
      effects.push({ name: 'explainability', before: answer.layer, after: 'rules' });
    }
  }
  if (mode === 'off') silences.push('learning_off');
  const fromRules = proposeFromRules(features, context.policy, guardrailMaxAttempts);
  layers.push(fromRules);
  if (fromRules.kind === 'proposal') return speak(fromRules);
  silences.push(fromRules.reason);
  const fromDefault = proposeFromDefault(features, guardrailMaxAttempts);
  layers.push(fromDefault);
  return speak(fromDefault);
}
