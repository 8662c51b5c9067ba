import { SmartRetryError } from '@smart-retry/domain';

/** For a rotation that another one, or a revocation, was faster than. */
export function keyEnded(selector: string): SmartRetryError {
  return new SmartRetryError('KEY_ENDED', `the key ${selector} has ended or is being rotated out`);
}
