import type { Failure } from '../decider.js';

/** Whether the server says that it is asked too often. */
export function isThrottling({ errorCode }: Failure): boolean {
  return errorCode === '429';
}
