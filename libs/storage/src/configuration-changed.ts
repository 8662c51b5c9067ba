import { SmartRetryError } from '@smart-retry/domain';

export function configurationChanged(expectedRevision: number): SmartRetryError {
  return new SmartRetryError(
    'CONFIGURATION_CHANGED',
    `the configuration is no longer at revision ${expectedRevision}: read it again and repeat the change`,
  );
}
