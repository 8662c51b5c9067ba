import type { DataSubject } from '@smart-retry/domain';

export function isOfSubject(
  record: { readonly tenant?: string | undefined; readonly jobId?: string | undefined },
  { tenant, jobId }: DataSubject,
): boolean {
  return (tenant === undefined || record.tenant === tenant) && (jobId === undefined || record.jobId === jobId);
}
