import type {
  EpochMs,
  GuardrailName,
  GuardrailSettings,
  ReasonCode,
  RetryFeatures,
  RetryPolicy,
  ScopedStop,
} from '@smart-retry/domain';
import { describeLimited, fewestAttempts } from './tenant-limits.js';

/** A guardrail that ends the matter before any layer is asked. */
export interface TerminalStop {
  readonly guardrail: GuardrailName;
  readonly reason: ReasonCode;
  /** A clause for the rationale, without a full stop. */
  readonly because: string;
}

export interface TerminalContext {
  readonly features: RetryFeatures;
  readonly guardrails: GuardrailSettings;
  /** False when the service or its strategy is switched off. */
  readonly isEnabled: boolean;
  /** Whether nobody has confirmed the configuration for too long. */
  readonly isConfigurationExpired?: boolean;
  /** A matching policy that stops on validation, if any. */
  readonly validationPolicy: RetryPolicy | null;
  readonly nowMs: EpochMs;
}

/** Every guardrail that forbids a retry whatever the layers would say, the weightiest first; empty when none does. */
export function findTerminalStops(context: TerminalContext): readonly TerminalStop[] {
  const { features, guardrails, isEnabled, isConfigurationExpired, validationPolicy, nowMs } = context;
  const stops: TerminalStop[] = [];
  const { emergencyStop, emergencyStopReason, emergencyStops } = guardrails;
  const emergency = emergencyStop
    ? `for all jobs${describeReason(emergencyStopReason)}`
    : describeScope(emergencyStops, features);
  if (emergency !== null) {
    stops.push({
      guardrail: 'emergency_stop',
      reason: 'emergency_stop',
      because: `the emergency stop is on ${emergency}`,
    });
  }
  if (isConfigurationExpired === true) {
    stops.push({
      guardrail: 'emergency_stop',
      reason: 'config_stale',
      because: 'no store has confirmed the configuration for too long, so that an emergency stop cannot be ruled out',
    });
  }
  if (!isEnabled) {
    stops.push({ guardrail: 'disabled', reason: 'strategy_disabled', because: 'smart retries are switched off' });
  }
  if (features.attemptNumber >= guardrails.maxAttempts) {
    stops.push({
      guardrail: 'max_attempts',
      reason: 'guardrail_attempts_exhausted',
      because: `attempt ${features.attemptNumber} has failed and the guardrail allows no more than ${guardrails.maxAttempts}`,
    });
  }
  const fewest = guardrails.perTenantLimits ? fewestAttempts(guardrails.tenantLimits, features) : null;
  if (fewest !== null && features.attemptNumber >= fewest.maxAttempts) {
    stops.push({
      guardrail: 'tenant_limit',
      reason: 'tenant_attempts_exhausted',
      because: `attempt ${features.attemptNumber} has failed and ${describeLimited(fewest.limit, features)} is allowed ${fewest.maxAttempts}`,
    });
  }
  if (features.deadlineAtMs !== undefined && features.deadlineAtMs <= nowMs) {
    stops.push({ guardrail: 'deadline', reason: 'deadline_passed', because: "the job's deadline has passed" });
  }
  if (validationPolicy !== null) {
    const { errorClass, errorCode } = features;
    const error = errorCode === undefined ? errorClass : `${errorClass} (${errorCode})`;
    stops.push({
      guardrail: 'validation',
      reason: 'validation_stop',
      because: `${error} is a validation error by policy "${validationPolicy.name}", and the same input will fail again`,
    });
  }
  return stops;
}

function describeScope(stops: readonly ScopedStop[], features: RetryFeatures): string | null {
  for (const { tenant, queue, jobType, reason } of stops) {
    if (tenant !== undefined && tenant !== features.tenant) continue;
    if (queue !== undefined && queue !== features.queue) continue;
    if (jobType !== undefined && jobType !== features.jobType) continue;
    const scope = Object.entries({ tenant, queue, 'job type': jobType })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} "${value}"`)
      .join(' and ');
    return `for ${scope}${describeReason(reason)}`;
  }
  return null;
}

function describeReason(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
