import { BUILT_IN_POLICY, POLICY_LIMITS, type RetryPolicy } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { NullableInteger } from '../http/wire-schemas.js';
import { ExplorationPart, fromExploration, toExploration } from '../strategy/exploration.dto.js';
import { fromObjective, ObjectivePart, toObjective } from '../strategy/objective.dto.js';

const Patterns = (description: string) =>
  Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: POLICY_LIMITS.patternLength }), {
      maxItems: POLICY_LIMITS.patterns,
      description,
    }),
  );

const DelayMs = (description: string) => Type.Integer({ minimum: 0, maximum: POLICY_LIMITS.maxDelayMs, description });

const OptionalDelayMs = (description: string) =>
  Type.Optional(NullableInteger({ minimum: 0, maximum: POLICY_LIMITS.maxDelayMs, description }));

const policyFields = {
  error_patterns: Patterns('RE2; one must match the whole error class or the whole error code. None: every failure.'),
  job_type_patterns: Patterns('RE2; one must match the whole job type. None: every job type.'),
  queue_patterns: Patterns('RE2; one must match the whole queue. None: every queue.'),
  tenant_patterns: Patterns('RE2; one must match the whole tenant. None: every tenant.'),
  max_attempts: Type.Integer({
    minimum: 1,
    maximum: POLICY_LIMITS.maxAttempts,
    description: 'Executions, the first included.',
  }),
  base_delay_ms: Type.Optional(DelayMs('Default 1000.')),
  max_delay_ms: Type.Optional(DelayMs('At least `base_delay_ms`. Default 30000.')),
  backoff_multiplier: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Default 2.' })),
  jitter_percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Default 15.' })),
  priority: Type.Optional(
    Type.Integer({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Highest first, ties by age. Default 0.',
    }),
  ),
  stop_on_validation: Type.Optional(Type.Boolean({ description: 'Never retry what matches. Default false.' })),
  max_elapsed_ms: OptionalDelayMs(
    'Longest time from the first failure to the start of a retry; not looked at after the first attempt where a job does not say `first_failed_at` (reason `max_elapsed_unknown`).',
  ),
  objective: Type.Optional(ObjectivePart),
  exploration: Type.Optional(ExplorationPart),
  learned_max_attempts: Type.Optional(
    NullableInteger({
      minimum: 1,
      maximum: POLICY_LIMITS.maxAttempts,
      description:
        "Executions when a learned layer speaks. Default: the strategy's, else `max_attempts`. Guardrails bound it.",
    }),
  ),
  learned_max_delay_ms: OptionalDelayMs(
    "Longest delay that a learned layer may choose. Default: the guardrails'. `max_delay_ms` bounds the rules alone.",
  ),
};

const PolicyName = Type.String({ minLength: 1, maxLength: POLICY_LIMITS.nameLength });

export const PolicyBody = named(
  'Policy',
  Type.Object({ name: PolicyName, ...policyFields }, { additionalProperties: false }),
);
export type PolicyBody = Static<typeof PolicyBody>;

/** The name is in the path; in the body it may be repeated. */
export const PolicyReplacementBody = Type.Object(
  { name: Type.Optional(PolicyName), ...policyFields },
  { additionalProperties: false },
);
export type PolicyReplacementBody = Static<typeof PolicyReplacementBody>;

/**
 * What is left out takes the numbers of the built-in fallback, which are those of the `default` policy; what differs
 * from the strategy for learned layers stays the strategy's.
 *
 * @throws {INVALID_DURATION} naming the field below `prefix`.
 */
export function toRetryPolicy(body: PolicyBody, prefix: string): RetryPolicy {
  return {
    name: body.name,
    errorPatterns: body.error_patterns ?? [],
    jobTypePatterns: body.job_type_patterns ?? [],
    queuePatterns: body.queue_patterns ?? [],
    tenantPatterns: body.tenant_patterns ?? [],
    maxAttempts: body.max_attempts,
    baseDelayMs: body.base_delay_ms ?? BUILT_IN_POLICY.baseDelayMs,
    maxDelayMs: body.max_delay_ms ?? BUILT_IN_POLICY.maxDelayMs,
    backoffMultiplier: body.backoff_multiplier ?? BUILT_IN_POLICY.backoffMultiplier,
    jitterPercent: body.jitter_percent ?? BUILT_IN_POLICY.jitterPercent,
    priority: body.priority ?? BUILT_IN_POLICY.priority,
    stopOnValidation: body.stop_on_validation ?? false,
    ...dropAbsent({
      maxElapsedMs: body.max_elapsed_ms ?? undefined,
      objective: body.objective ? toObjective(body.objective, `${prefix}objective.`) : undefined,
      exploration: body.exploration ? toExploration(body.exploration) : undefined,
      learnedMaxAttempts: body.learned_max_attempts ?? undefined,
      learnedMaxDelayMs: body.learned_max_delay_ms ?? undefined,
    }),
  };
}

/** A policy on the wire: it can be sent back as it is. */
export function fromRetryPolicy(policy: RetryPolicy) {
  return {
    name: policy.name,
    error_patterns: [...policy.errorPatterns],
    job_type_patterns: [...policy.jobTypePatterns],
    queue_patterns: [...policy.queuePatterns],
    tenant_patterns: [...policy.tenantPatterns],
    max_attempts: policy.maxAttempts,
    base_delay_ms: policy.baseDelayMs,
    max_delay_ms: policy.maxDelayMs,
    backoff_multiplier: policy.backoffMultiplier,
    jitter_percent: policy.jitterPercent,
    priority: policy.priority,
    stop_on_validation: policy.stopOnValidation,
    ...dropAbsent({
      max_elapsed_ms: policy.maxElapsedMs,
      objective: policy.objective && fromObjective(policy.objective),
      exploration: policy.exploration && fromExploration(policy.exploration),
      learned_max_attempts: policy.learnedMaxAttempts,
      learned_max_delay_ms: policy.learnedMaxDelayMs,
    }),
  };
}
