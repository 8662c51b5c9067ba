import { createHash } from 'node:crypto';
import type { ChangeEvent, ConfigurationChange } from '@smart-retry/domain';

/** What the ledger says of a change of the configuration. The digest seals the strategy that the history keeps. */
export function configurationEvent(change: ConfigurationChange): ChangeEvent {
  return {
    atMs: change.atMs,
    actor: change.actor,
    action: change.action,
    target: change.target,
    reason: null,
    details: {
      revision: change.expectedRevision + 1,
      strategy_sha256: createHash('sha256').update(JSON.stringify(change.strategy)).digest('hex'),
    },
  };
}
