import { SmartRetryError } from '@smart-retry/domain';

export function modelExists(version: string): SmartRetryError {
  return new SmartRetryError('MODEL_EXISTS', `a model of version "${version}" is registered already`);
}

export function movedMeanwhile(revision: number): SmartRetryError {
  return new SmartRetryError('CONFIGURATION_CHANGED', `models have been moved meanwhile: move ${revision} is taken`);
}
