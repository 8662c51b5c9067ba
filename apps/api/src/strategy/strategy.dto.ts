import { DEFAULT_STRATEGY, POLICY_LIMITS, STRATEGY_LIMITS, type Strategy } from '@smart-retry/domain';
import type { PartialStrategy } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { serverKeptFields } from '../http/wire-schemas.js';
import { fromRetryPolicy, PolicyBody, toRetryPolicy } from '../policies/policy.dto.js';
import { DataCollectionPart, fromDataCollectionSettings, toDataCollectionChanges } from './data-collection.dto.js';
import { fromGuardrailSettings, GuardrailsPart, toGuardrailChanges } from './guardrails.dto.js';

const strategyFields = {
  name: Type.String({ minLength: 1, maxLength: STRATEGY_LIMITS.nameLength }),
  enabled: Type.Boolean({ description: 'Off: every recommendation is "do not retry".' }),
  policies: Type.Array(PolicyBody, { maxItems: POLICY_LIMITS.policies, description: 'Oldest first.' }),
  bayesian_threshold: Type.Number({ minimum: 0, maximum: 1 }),
  ml_enabled: Type.Boolean(),
  guardrails: GuardrailsPart,
  data_collection: DataCollectionPart,
};

/** A whole strategy; what guardrails and data collection leave out takes its default, scoped stops excepted. */
export const StrategyBody = named(
  'Strategy',
  Type.Object(
    { ...strategyFields, ...serverKeptFields },
    {
      additionalProperties: false,
      description: 'Replaces the strategy. Without `guardrails.emergency_stops` the scoped stops in force are kept.',
    },
  ),
);
export type StrategyBody = Static<typeof StrategyBody>;

/** The strategy in the configuration file: any part of it. */
export const StrategyFilePart = Type.Partial(Type.Object(strategyFields), { additionalProperties: false });
export type StrategyFilePart = Static<typeof StrategyFilePart>;

/** @throws {INVALID_DURATION} */
export function toStrategy(body: StrategyBody, inForce: Strategy): Strategy {
  return {
    name: body.name,
    enabled: body.enabled,
    policies: body.policies.map(toRetryPolicy),
    bayesianThreshold: body.bayesian_threshold,
    mlEnabled: body.ml_enabled,
    guardrails: {
      ...DEFAULT_STRATEGY.guardrails,
      // A client that does not know of scoped stops must not lift them.
      emergencyStops: inForce.guardrails.emergencyStops,
      ...toGuardrailChanges(body.guardrails),
    },
    dataCollection: {
      ...DEFAULT_STRATEGY.dataCollection,
      ...toDataCollectionChanges(body.data_collection, 'data_collection'),
    },
    objective: inForce.objective,
    exploration: inForce.exploration,
    learning: inForce.learning,
    ...(inForce.learnedMaxAttempts !== undefined && { learnedMaxAttempts: inForce.learnedMaxAttempts }),
  };
}

/** @throws {INVALID_DURATION} */
export function toPartialStrategy(part: StrategyFilePart): PartialStrategy {
  return {
    ...(part.name !== undefined && { name: part.name }),
    ...(part.enabled !== undefined && { enabled: part.enabled }),
    ...(part.policies !== undefined && { policies: part.policies.map(toRetryPolicy) }),
    ...(part.bayesian_threshold !== undefined && { bayesianThreshold: part.bayesian_threshold }),
    ...(part.ml_enabled !== undefined && { mlEnabled: part.ml_enabled }),
    ...(part.guardrails !== undefined && { guardrails: toGuardrailChanges(part.guardrails) }),
    ...(part.data_collection !== undefined && {
      dataCollection: toDataCollectionChanges(part.data_collection, 'strategy.data_collection'),
    }),
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
    guardrails: fromGuardrailSettings(strategy.guardrails),
    data_collection: fromDataCollectionSettings(strategy.dataCollection),
  };
}
