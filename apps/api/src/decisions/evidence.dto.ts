import {
  legible,
  type Abstention,
  type ExplorationPlan,
  type Forecast,
  type Proposal,
  type Trial,
} from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { AlternativesOfLayer, fromAlternatives } from '../recommendation/alternatives.dto.js';

const Ratio = Type.Number({ minimum: 0, maximum: 1 });

const Exploration = Type.Object(
  {
    share: Type.Number({ minimum: 0, maximum: 1, description: 'Of decisions like this one.' }),
    actions: Type.Array(
      Type.Object({
        delay_ms: Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'null: stop.' }),
        weight: Type.Number({ minimum: 0, maximum: 1, description: 'Share of those; all sum to 1.' }),
        estimated_success: Type.Optional(Ratio),
      }),
    ),
  },
  { description: 'What would be tried to learn from it, and how often.' },
);

const Forecasts = Type.Array(
  Type.Object({
    delay_ms: Type.Number(),
    by_model: Ratio,
    by_bayesian: Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'null: it knows nothing.' }),
  }),
  { description: 'Chances of success.' },
);

const TrialAnswer = Type.Object(
  {
    arm: Type.String({ description: 'Whose turn it was: a model, or `bayesian`. Counts for it, whoever spoke.' }),
    forecasts: Forecasts,
    shadow: Type.Optional(
      Type.Object({
        model_version: Type.String(),
        delay_ms: Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'null: stop.' }),
        forecasts: Forecasts,
      }),
    ),
  },
  { description: 'Part in the comparison of models.' },
);

/** What one layer said, on the wire. */
export const LayerAnswer = named(
  'LayerAnswer',
  Type.Object(
    {
      kind: Type.String({ enum: ['proposal', 'abstention'] }),
      layer: Type.String({ enum: ['ml', 'bayesian', 'rules', 'default'] }),
      reason: Type.Optional(Type.String({ description: 'Why it abstained.' })),
      action: Type.Optional(Type.String({ enum: ['retry', 'stop'] })),
      delay_ms: Type.Optional(Type.Number({ description: 'Before guardrails and jitter.' })),
      floor_ms: Type.Optional(Type.Number()),
      cap_ms: Type.Optional(Type.Number()),
      jitter_ratio: Type.Optional(Ratio),
      estimated_success: Type.Optional(Ratio),
      estimated_success_interval: Type.Optional(Type.Array(Ratio, { minItems: 2, maxItems: 2 })),
      confidence: Type.Optional(Ratio),
      rationale: Type.Optional(Type.String()),
      reasons: Type.Optional(Type.Array(Type.String())),
      alternatives: Type.Optional(AlternativesOfLayer),
      model_version: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
      exploration: Type.Optional(Exploration),
      trial: Type.Optional(TrialAnswer),
    },
    { description: 'A proposal, or an abstention with its reason.' },
  ),
);

export function fromLayerAnswer(answer: Proposal | Abstention): Static<typeof LayerAnswer> {
  const also = dropAbsent({
    exploration: answer.exploration && fromExplorationPlan(answer.exploration),
    trial: answer.trial && fromTrial(answer.trial),
  });
  if (answer.kind === 'abstention') {
    return { kind: answer.kind, layer: answer.layer, reason: answer.reason, ...also };
  }
  const [lo, hi] = answer.estimate.interval;
  return {
    kind: answer.kind,
    layer: answer.layer,
    action: answer.action,
    delay_ms: answer.delayMs,
    floor_ms: answer.floorMs,
    cap_ms: answer.capMs,
    jitter_ratio: answer.jitterRatio,
    estimated_success: answer.estimate.successProbability,
    estimated_success_interval: [lo, hi],
    confidence: answer.confidence,
    rationale: legible(answer.rationale),
    reasons: [...answer.reasons],
    alternatives: fromAlternatives(answer.alternatives),
    model_version: answer.modelVersion,
    ...also,
  };
}

function fromExplorationPlan({ share, actions }: ExplorationPlan): Static<typeof Exploration> {
  return {
    share,
    actions: actions.map(([delayMs, weight, chance]) => ({
      delay_ms: delayMs,
      weight,
      ...dropAbsent({ estimated_success: chance }),
    })),
  };
}

function fromTrial({ arm, forecasts, shadow }: Trial): Static<typeof TrialAnswer> {
  return {
    arm,
    forecasts: forecasts.map(fromForecast),
    ...(shadow && {
      shadow: {
        model_version: shadow.modelVersion,
        delay_ms: shadow.delayMs,
        forecasts: shadow.forecasts.map(fromForecast),
      },
    }),
  };
}

function fromForecast([delayMs, byModel, byBayesian]: Forecast) {
  return { delay_ms: delayMs, by_model: byModel, by_bayesian: byBayesian };
}
