/** One attempt of one job. */
export interface JobAttempt {
  readonly tenant?: string | undefined;
  readonly jobType: string;
  readonly jobId: string;
  readonly attemptNumber: number;
}

/** Whether it can be told from others. */
export function hasJobId<Job extends { readonly jobId?: string | undefined }>(
  job: Job,
): job is Job & { readonly jobId: string } {
  return job.jobId !== undefined;
}

/** The attempt that was asked for last: it is looked up in several places while it is decided. */
let last: { readonly of: object; readonly key: string } | null = null;

/** A text of its own for each attempt of each job. Lengths before texts: labels that contain separators stay apart. */
export function jobAttemptKey(job: JobAttempt): string {
  if (last?.of === job) return last.key;
  const { tenant = '', jobType, jobId, attemptNumber } = job;
  const key = `${attemptNumber}:${tenant.length}:${jobType.length}:${tenant}${jobType}${jobId}`;
  last = { of: job, key };
  return key;
}
