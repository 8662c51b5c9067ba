import { createHash } from 'node:crypto';
import type { ChangeEvent, ConfigurationChange, Deployment } from '@smart-retry/domain';

/** What the ledger says of a change of the configuration. The digest seals the strategy that the history keeps. */
export function configurationEvent(change: ConfigurationChange): ChangeEvent {
  return {
    atMs: change.atMs,
    actor: change.actor,
    action: change.action,
    target: change.target,
    reason: change.reason ?? null,
    details: {
      revision: change.expectedRevision + 1,
      strategy_sha256: createHash('sha256').update(JSON.stringify(change.strategy)).digest('hex'),
    },
  };
}

/**
 * What the ledger says of a model's move.
 *
 * @param noted the entry of the configuration's history that tells of it, absent where there is no history yet
 */
export function modelMoveEvent(deployment: Deployment, noted: object = {}): ChangeEvent {
  const { atMs, actor, action, version, reason, revision, previousRevision, rollout } = deployment;
  return {
    atMs,
    actor,
    action: `model.${action}`,
    target: version,
    reason,
    details: { ...noted, deployment: revision, previous_deployment: previousRevision, rollout },
  };
}
