import { DELAY_BUCKETS, delayBucketIndex } from '@smart-retry/domain';

/** What can be done about a failure: wait as long as one of the delay buckets says, by its index, or stop. */
export type Action = number;

export const STOP_ACTION: Action = DELAY_BUCKETS.length;
export const ACTION_COUNT = DELAY_BUCKETS.length + 1;

export function waitAction(delayMs: number): Action {
  return delayBucketIndex(delayMs);
}

/** For people: `waiting 5-15s`, `stopping`. */
export function describeAction(action: Action): string {
  const bucket = DELAY_BUCKETS[action];
  return bucket === undefined ? 'stopping' : `waiting ${bucket.label}`;
}
