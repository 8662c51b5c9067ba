import {
  POLICY_LIMITS,
  STRATEGY_LIMITS,
  type BreakerOverride,
  type GuardrailSettings,
  type ScopedStop,
} from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { fromTenantLimit, TenantLimitsField, toTenantLimit } from './tenant-limit.dto.js';
import { optionalText } from '../http/wire-text.js';
import { NullableText, serverKeptFields } from '../http/wire-schemas.js';

const DelayMs = Type.Integer({ minimum: 0, maximum: POLICY_LIMITS.maxDelayMs });
const Label = Type.Optional(NullableText({ maxLength: STRATEGY_LIMITS.labelLength }));

const ScopedStopBody = Type.Object(
  { tenant: Label, queue: Label, job_type: Label, reason: Label },
  { additionalProperties: false, description: 'Stops the jobs that have all of the values given.' },
);

const Reason = NullableText({ maxLength: 255, description: 'Why, for the history.' });
const BreakerOverrideBody = Type.Object(
  {
    dependency: Type.String({ minLength: 1, maxLength: STRATEGY_LIMITS.labelLength }),
    state: Type.Enum(['open', 'closed']),
    reason: Label,
  },
  { additionalProperties: false, description: 'A breaker that an operator holds open or closed.' },
);

const guardrailFields = {
  max_attempts: Type.Integer({ minimum: 1, maximum: POLICY_LIMITS.maxAttempts }),
  max_delay_ms: DelayMs,
  min_delay_ms: DelayMs,
  max_hint_ms: Type.Integer({
    minimum: 0,
    maximum: POLICY_LIMITS.maxDelayMs,
    description: 'Server hints beyond this are not believed. Default: `max_delay_ms`.',
  }),
  max_budget_percent: Type.Number({
    minimum: 0,
    maximum: 100,
    description:
      "Of a dependency's first tries, what retries may cost it while it is in trouble, beside as many as come through (none with `max_budget_growth` 1).",
  }),
  max_budget_growth: Type.Number({
    minimum: 1,
    maximum: 100,
    description:
      'As many budgets as that it may take while all goes well, or 75 retries a minute if that is more. 1: never more than one.',
  }),
  per_tenant_limits: Type.Boolean({
    description: "Whether `tenant_limits` hold, and tenants share each dependency's retry budget fairly.",
  }),
  tenant_limits: TenantLimitsField,
  emergency_stop: Type.Boolean({ description: 'Stops every retry.' }),
  emergency_stop_reason: NullableText({
    maxLength: STRATEGY_LIMITS.labelLength,
    description:
      'Why, as answers tell it, for as long as every retry is stopped. Default: the `reason` sent with the stop.',
  }),
  emergency_stops: Type.Array(ScopedStopBody, { maxItems: STRATEGY_LIMITS.scopedStops }),
  explainability_required: Type.Boolean(),
  breaker_overrides: Type.Array(BreakerOverrideBody, { maxItems: STRATEGY_LIMITS.breakerOverrides }),
};

/** Any part of the guardrails: what is left out keeps its value. */
export const GuardrailsPatch = Type.Partial(
  Type.Object({ ...guardrailFields, reason: Reason, replicas: Type.Unknown(), ...serverKeptFields }),
  {
    additionalProperties: false,
  },
);
export type GuardrailsPatch = Static<typeof GuardrailsPatch>;

/** Guardrails within a strategy. */
export const GuardrailsPart = named(
  'Guardrails',
  Type.Partial(Type.Object(guardrailFields), { additionalProperties: false }),
);

/** The changes that a patch asks for. */
export function toGuardrailChanges(body: Static<typeof GuardrailsPart>): Partial<GuardrailSettings> {
  return {
    ...(body.max_attempts !== undefined && { maxAttempts: body.max_attempts }),
    ...(body.max_delay_ms !== undefined && { maxDelayMs: body.max_delay_ms }),
    ...(body.min_delay_ms !== undefined && { minDelayMs: body.min_delay_ms }),
    ...(body.max_hint_ms !== undefined && { maxHintMs: body.max_hint_ms }),
    ...(body.max_budget_percent !== undefined && { maxBudgetPercent: body.max_budget_percent }),
    ...(body.max_budget_growth !== undefined && { maxBudgetGrowth: body.max_budget_growth }),
    ...(body.per_tenant_limits !== undefined && { perTenantLimits: body.per_tenant_limits }),
    ...(body.tenant_limits !== undefined && { tenantLimits: body.tenant_limits.map(toTenantLimit) }),
    ...(body.emergency_stop !== undefined && { emergencyStop: body.emergency_stop }),
    ...toStopReasonChange(body),
    ...(body.emergency_stops !== undefined && { emergencyStops: body.emergency_stops.map(toScopedStop) }),
    ...(body.breaker_overrides !== undefined && { breakerOverrides: body.breaker_overrides.map(toBreakerOverride) }),
    ...(body.explainability_required !== undefined && { explainabilityRequired: body.explainability_required }),
  };
}

function toStopReasonChange(body: Static<typeof GuardrailsPart>): Partial<GuardrailSettings> {
  if (body.emergency_stop === false) return { emergencyStopReason: undefined };
  return body.emergency_stop_reason === undefined
    ? {}
    : { emergencyStopReason: optionalText(body.emergency_stop_reason) };
}

function toScopedStop(body: Static<typeof ScopedStopBody>): ScopedStop {
  const [tenant, queue] = [optionalText(body.tenant), optionalText(body.queue)];
  const [jobType, reason] = [optionalText(body.job_type), optionalText(body.reason)];
  return {
    ...(tenant !== undefined && { tenant }),
    ...(queue !== undefined && { queue }),
    ...(jobType !== undefined && { jobType }),
    ...(reason !== undefined && { reason }),
  };
}

function toBreakerOverride({ dependency, state, reason }: Static<typeof BreakerOverrideBody>): BreakerOverride {
  const why = optionalText(reason);
  return { dependency, state, ...(why !== undefined && { reason: why }) };
}

/** Guardrails on the wire: they can be sent back as they are. */
export function fromGuardrailSettings(guardrails: GuardrailSettings) {
  return {
    max_attempts: guardrails.maxAttempts,
    max_delay_ms: guardrails.maxDelayMs,
    min_delay_ms: guardrails.minDelayMs,
    ...(guardrails.maxHintMs !== undefined && { max_hint_ms: guardrails.maxHintMs }),
    max_budget_percent: guardrails.maxBudgetPercent,
    max_budget_growth: guardrails.maxBudgetGrowth,
    per_tenant_limits: guardrails.perTenantLimits,
    tenant_limits: guardrails.tenantLimits.map(fromTenantLimit),
    emergency_stop: guardrails.emergencyStop,
    ...(guardrails.emergencyStop &&
      guardrails.emergencyStopReason && { emergency_stop_reason: guardrails.emergencyStopReason }),
    emergency_stops: guardrails.emergencyStops.map((stop) => ({
      ...(stop.tenant !== undefined && { tenant: stop.tenant }),
      ...(stop.queue !== undefined && { queue: stop.queue }),
      ...(stop.jobType !== undefined && { job_type: stop.jobType }),
      ...(stop.reason !== undefined && { reason: stop.reason }),
    })),
    explainability_required: guardrails.explainabilityRequired,
    breaker_overrides: guardrails.breakerOverrides.map(({ dependency, state, reason }) => ({
      dependency,
      state,
      ...(reason !== undefined && { reason }),
    })),
  };
}
