import { EACH_TENANT, type RetryFeatures, type TenantLimit } from '@smart-retry/domain';

export type LimitedJob = Pick<RetryFeatures, 'tenant' | 'queue' | 'jobType'>;

/** The limits that hold for a job, in their order. A limit for each tenant holds for jobs that name one. */
export function limitsOf(limits: readonly TenantLimit[], job: LimitedJob): readonly TenantLimit[] {
  if (limits.length === 0) return limits;
  return limits.filter(
    ({ tenant, queue, jobType }) =>
      (tenant === undefined || (tenant === EACH_TENANT ? job.tenant !== undefined : tenant === job.tenant)) &&
      (queue === undefined || queue === job.queue) &&
      (jobType === undefined || jobType === job.jobType),
  );
}

/** Whom a limit is about where it holds for a job: `tenant "acme" and queue "bulk"`. */
export function describeLimited({ tenant, queue, jobType }: TenantLimit, job: LimitedJob): string {
  return Object.entries({ tenant: tenant === EACH_TENANT ? job.tenant : tenant, queue, 'job type': jobType })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} "${value}"`)
    .join(' and ');
}

/** The limit that allows a job the fewest attempts; null where none says how many. */
export function fewestAttempts(limits: readonly TenantLimit[], job: LimitedJob) {
  let fewest: { readonly maxAttempts: number; readonly limit: TenantLimit } | null = null;
  for (const limit of limitsOf(limits, job)) {
    const { maxAttempts } = limit;
    if (maxAttempts !== undefined && (fewest === null || maxAttempts < fewest.maxAttempts))
      fewest = { maxAttempts, limit };
  }
  return fewest;
}
