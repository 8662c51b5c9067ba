import { SmartRetryError } from '@smart-retry/domain';

export function keyExists(selector: string): SmartRetryError {
  return new SmartRetryError('KEY_EXISTS', `there is a key ${selector} already`);
}
