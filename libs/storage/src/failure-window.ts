import { FAILURE_WINDOW_MS, FAILURE_WINDOW_SLOT_MS, type EpochMs } from '@smart-retry/domain';

/** The slot of the trailing window that `atMs` falls into. */
export function failureSlot(atMs: EpochMs): number {
  return Math.floor(atMs / FAILURE_WINDOW_SLOT_MS);
}

/**
 * The oldest slot still counted at `nowMs`. Slots ahead of `nowMs` count too: they come from processes whose
 * clocks are ahead, and their failures are no less recent.
 */
export function oldestFailureSlot(nowMs: EpochMs): number {
  return failureSlot(nowMs) - FAILURE_WINDOW_MS / FAILURE_WINDOW_SLOT_MS + 1;
}
