import type { EpochMs } from '@smart-retry/domain';
import type { Sha256 } from '@smart-retry/ml';

/** What training takes from outside. */
export interface TrainingOptions {
  readonly nowMs: EpochMs;
  /** The platform's SHA-256. */
  readonly sha256: Sha256;
  /** Told the share that is done, 0–1, never falling. */
  readonly onProgress?: (share: number) => void;
  /** Training ends with the signal's reason as soon as it is looked at, between two steps. */
  readonly signal?: AbortSignal;
  /** Awaited between two steps, so that a process of one thread can do other things: `setImmediate` of its timers. */
  readonly pause?: () => Promise<void>;
}
