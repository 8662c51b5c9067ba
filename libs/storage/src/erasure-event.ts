import type { ChangeEvent, DataSubject, ErasedRecords, SubjectArchive } from '@smart-retry/domain';

/** What the ledger says of an erasure. */
export function erasureEvent(
  subject: DataSubject,
  { actor, reason, atMs }: Parameters<SubjectArchive['erase']>[1],
  { attempts, decisions, counts }: ErasedRecords,
): ChangeEvent {
  const target = [
    ...(subject.tenant === undefined ? [] : [`tenant ${subject.tenant}`]),
    ...(subject.jobId === undefined ? [] : [`job ${subject.jobId}`]),
  ].join(', ');
  return { atMs, actor, action: 'data.erased', target, reason, details: { attempts, decisions, counts } };
}
