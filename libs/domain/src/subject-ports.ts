import type { AttemptCounts, AttemptReport } from './attempt.js';
import type { EpochMs } from './features.js';
import type { KeptResponse } from './ports.js';
import type { DecisionRecord } from './recommendation.js';

/** Whose data: a tenant's, a job's, or those of a tenant's job. At least one is given. */
export interface DataSubject {
  readonly tenant?: string;
  readonly jobId?: string;
}

/** Something that is kept of a subject. Counts are kept by tenant only. */
export type SubjectRecord =
  | { readonly kind: 'attempt'; readonly report: AttemptReport }
  | { readonly kind: 'decision'; readonly decision: DecisionRecord }
  | { readonly kind: 'counts'; readonly counts: AttemptCounts };

export interface ErasedRecords {
  readonly attempts: number;
  readonly decisions: number;
  readonly counts: number;
}

export interface ErasureRequest {
  readonly actor: string;
  readonly reason: string | null;
  readonly atMs: EpochMs;
  /** The response to keep with the erasure under an idempotency key, made from what was erased. */
  readonly keep?: ((erased: ErasedRecords) => KeptResponse) | undefined;
}

/** Everything that is kept of a tenant or a job, as one. */
export interface SubjectArchive {
  /** Hands over each record; the next ones are read when `take` is done, so that memory stays bounded. */
  read(subject: DataSubject, take: (record: SubjectRecord) => Promise<void>): Promise<void>;
  /**
   * Erases it all, statistics included, and enters that into the ledger of changes as `data.erased`: both, or neither.
   * The same reports sent again stay duplicates: what was erased does not come back.
   * @throws {IDEMPOTENCY_KEY_REUSED} when a response has been kept under the key meanwhile; it can be read now.
   */
  erase(subject: DataSubject, request: ErasureRequest): Promise<ErasedRecords>;
}
