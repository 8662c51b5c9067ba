import { STRATEGY_LIMITS, TENANT_LIMIT_BOUNDS, type TenantLimit } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { NullableText } from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';

const Label = Type.Optional(NullableText({ maxLength: STRATEGY_LIMITS.labelLength }));
const { entries, retriesPerMinute, maxAttempts } = TENANT_LIMIT_BOUNDS;

const TenantLimitBody = Type.Object(
  {
    tenant: Type.Optional(
      NullableText({ maxLength: STRATEGY_LIMITS.labelLength, description: '`*`: each tenant by itself.' }),
    ),
    queue: Label,
    job_type: Label,
    retries_per_minute: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: retriesPerMinute,
        description: 'Retries that may be due within one minute; others are put off to the next.',
      }),
    ),
    budget_share_percent: Type.Optional(
      Type.Number({ minimum: 0, maximum: 100, description: "Of each dependency's retry budget." }),
    ),
    max_attempts: Type.Optional(
      Type.Integer({ minimum: 1, maximum: maxAttempts, description: 'Executions, the first included.' }),
    ),
  },
  {
    additionalProperties: false,
    description: 'What the jobs may use together that have all of the values given of `tenant`, `queue`, `job_type`.',
  },
);
export const TenantLimitsField = Type.Array(TenantLimitBody, { maxItems: entries });

export function toTenantLimit(body: Static<typeof TenantLimitBody>): TenantLimit {
  const [tenant, queue, jobType] = [optionalText(body.tenant), optionalText(body.queue), optionalText(body.job_type)];
  const { retries_per_minute: retries, budget_share_percent: share, max_attempts: attempts } = body;
  return {
    ...(tenant !== undefined && { tenant }),
    ...(queue !== undefined && { queue }),
    ...(jobType !== undefined && { jobType }),
    ...(retries !== undefined && { retriesPerMinute: retries }),
    ...(share !== undefined && { budgetSharePercent: share }),
    ...(attempts !== undefined && { maxAttempts: attempts }),
  };
}

export function fromTenantLimit(limit: TenantLimit): Static<typeof TenantLimitBody> {
  return {
    ...(limit.tenant !== undefined && { tenant: limit.tenant }),
    ...(limit.queue !== undefined && { queue: limit.queue }),
    ...(limit.jobType !== undefined && { job_type: limit.jobType }),
    ...(limit.retriesPerMinute !== undefined && { retries_per_minute: limit.retriesPerMinute }),
    ...(limit.budgetSharePercent !== undefined && { budget_share_percent: limit.budgetSharePercent }),
    ...(limit.maxAttempts !== undefined && { max_attempts: limit.maxAttempts }),
  };
}
