/** What of a failure decides which evidence it shares. */
export interface FailureContext {
  readonly jobType: string;
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
  readonly tenant?: string | undefined;
  /** The attempt that failed, from 1. */
  readonly attemptNumber: number;
  /** How long the dependency had been failing, without a success between; absent when not known. */
  readonly incidentAgeMs?: number | undefined;
  /** Of the job, in bytes; absent when not known. */
  readonly payloadSize?: number | undefined;
  /** How long the server asked to wait, in milliseconds; absent where it did not. */
  readonly hintMs?: number | undefined;
}

/** Attempts 1, 2, 3 and all later ones are learned apart: who fails for the third time is a harder case. */
export const ATTEMPT_GROUPS = 4;

/** The group of the attempt that failed, 0–3. */
export function attemptGroupOf(attemptNumber: number): number {
  return Math.min(attemptNumber, ATTEMPT_GROUPS) - 1;
}
