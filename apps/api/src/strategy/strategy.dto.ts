import { DEFAULT_STRATEGY, POLICY_LIMITS, STRATEGY_LIMITS, type RetryPolicy, type Strategy } from '@smart-retry/domain';
import type { PartialStrategy } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { NullableInteger, serverKeptFields } from '../http/wire-schemas.js';
import { fromRetryPolicy, PolicyBody, toRetryPolicy } from '../policies/policy.dto.js';
import { DataCollectionPart, fromDataCollectionSettings, toDataCollectionChanges } from './data-collection.dto.js';
import { ExplorationPart, fromExploration, toExploration } from './exploration.dto.js';
import { fromGuardrailSettings, GuardrailsPart, toGuardrailChanges } from './guardrails.dto.js';
import { fromLearningSettings, LearningPart, toLearningChanges } from './learning.dto.js';
import { fromObjective, ObjectivePart, toObjective } from './objective.dto.js';

const strategyFields = {
  name: Type.String({ minLength: 1, maxLength: STRATEGY_LIMITS.nameLength }),
  enabled: Type.Boolean({ description: 'Off: every recommendation is "do not retry".' }),
  policies: Type.Array(PolicyBody, { maxItems: POLICY_LIMITS.policies, description: 'Oldest first.' }),
  bayesian_threshold: Type.Number({ minimum: 0, maximum: 1 }),
  ml_enabled: Type.Boolean(),
  ml_threshold: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Least confidence with which a model may speak.' }),
  ),
  guardrails: GuardrailsPart,
  data_collection: DataCollectionPart,
  objective: Type.Optional(ObjectivePart),
  exploration: Type.Optional(ExplorationPart),
  learning: Type.Optional(LearningPart),
  learned_max_attempts: Type.Optional(
    NullableInteger({
      minimum: 1,
      maximum: POLICY_LIMITS.maxAttempts,
      description:
        'Executions when a learned layer speaks, for policies that do not say. null: their own `max_attempts`. Guardrails bound it.',
    }),
  ),
};

/**
 * A whole strategy; what a section leaves out takes its default. What a client may not know of yet (scoped stops, and
 * the sections for learned layers) stays as it is where it is left out as a whole.
 */
export const StrategyBody = named(
  'Strategy',
  Type.Object(
    { ...strategyFields, ...serverKeptFields },
    {
      additionalProperties: false,
      description:
        'Replaces the strategy; what a section leaves out takes its default. Without `guardrails.emergency_stops`, ' +
        '`guardrails.breaker_overrides`, `objective`, `exploration`, `learning`, `learned_max_attempts` or `ml_threshold`, ' +
        'those in force are kept.',
    },
  ),
);
export type StrategyBody = Static<typeof StrategyBody>;

/** The strategy in the configuration file: any part of it. */
export const StrategyFilePart = Type.Partial(Type.Object(strategyFields), { additionalProperties: false });
export type StrategyFilePart = Static<typeof StrategyFilePart>;

/** @throws {INVALID_DURATION} @throws {INVALID_REQUEST} for a time that is none. */
export function toStrategy(body: StrategyBody, inForce: Strategy): Strategy {
  return {
    name: body.name,
    enabled: body.enabled,
    policies: toRetryPolicies(body.policies, ''),
    bayesianThreshold: body.bayesian_threshold,
    mlEnabled: body.ml_enabled,
    mlThreshold: body.ml_threshold ?? inForce.mlThreshold,
    guardrails: {
      ...DEFAULT_STRATEGY.guardrails,
      // A client that does not know of these must not lift them.
      emergencyStops: inForce.guardrails.emergencyStops,
      ...dropAbsent({ emergencyStopReason: inForce.guardrails.emergencyStopReason }),
      breakerOverrides: inForce.guardrails.breakerOverrides,
      tenantLimits: inForce.guardrails.tenantLimits,
      ...toGuardrailChanges(body.guardrails),
    },
    dataCollection: {
      ...DEFAULT_STRATEGY.dataCollection,
      ...toDataCollectionChanges(body.data_collection, 'data_collection'),
    },
    objective: body.objective
      ? { ...DEFAULT_STRATEGY.objective, ...toObjective(body.objective, 'objective.') }
      : inForce.objective,
    exploration: body.exploration
      ? { ...DEFAULT_STRATEGY.exploration, ...toExploration(body.exploration) }
      : inForce.exploration,
    learning: body.learning
      ? { ...DEFAULT_STRATEGY.learning, ...toLearningChanges(body.learning, 'learning.') }
      : inForce.learning,
    ...dropAbsent({
      learnedMaxAttempts:
        body.learned_max_attempts === undefined ? inForce.learnedMaxAttempts : (body.learned_max_attempts ?? undefined),
    }),
  };
}

/** @throws {INVALID_DURATION} @throws {INVALID_REQUEST} for a time that is none. */
export function toPartialStrategy(part: StrategyFilePart): PartialStrategy {
  return {
    ...(part.name !== undefined && { name: part.name }),
    ...(part.enabled !== undefined && { enabled: part.enabled }),
    ...(part.policies !== undefined && { policies: toRetryPolicies(part.policies, 'strategy.') }),
    ...(part.bayesian_threshold !== undefined && { bayesianThreshold: part.bayesian_threshold }),
    ...(part.ml_enabled !== undefined && { mlEnabled: part.ml_enabled }),
    ...(part.ml_threshold !== undefined && { mlThreshold: part.ml_threshold }),
    ...(part.guardrails !== undefined && { guardrails: toGuardrailChanges(part.guardrails) }),
    ...(part.data_collection !== undefined && {
      dataCollection: toDataCollectionChanges(part.data_collection, 'strategy.data_collection'),
    }),
    ...(part.objective && { objective: toObjective(part.objective, 'strategy.objective.') }),
    ...(part.exploration && { exploration: toExploration(part.exploration) }),
    ...(part.learning && { learning: toLearningChanges(part.learning, 'strategy.learning.') }),
    ...dropAbsent({ learnedMaxAttempts: part.learned_max_attempts ?? undefined }),
  };
}

/** A strategy on the wire: it can be sent back as it is. */
export function fromStrategy(strategy: Strategy) {
  return {
    name: strategy.name,
    enabled: strategy.enabled,
    policies: strategy.policies.map(fromRetryPolicy),
    bayesian_threshold: strategy.bayesianThreshold,
    ml_enabled: strategy.mlEnabled,
    ml_threshold: strategy.mlThreshold,
    guardrails: fromGuardrailSettings(strategy.guardrails),
    data_collection: fromDataCollectionSettings(strategy.dataCollection),
    objective: fromObjective(strategy.objective),
    exploration: fromExploration(strategy.exploration),
    learning: fromLearningSettings(strategy.learning),
    // Left out, it would be kept: a strategy sent back takes away what was set since.
    learned_max_attempts: strategy.learnedMaxAttempts ?? null,
  };
}

function toRetryPolicies(bodies: readonly PolicyBody[], prefix: string): RetryPolicy[] {
  return bodies.map((body, i) => toRetryPolicy(body, `${prefix}policies[${i}].`));
}
