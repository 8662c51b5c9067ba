import type { SeenReplica, StoredConfiguration } from '@smart-retry/domain';
import { Type } from 'typebox';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';
import { GuardrailsPatch } from './guardrails.dto.js';
import { StrategyBody } from './strategy.dto.js';

const keptFields = {
  revision: Type.Integer({ description: 'Grows by one with each change of the configuration.' }),
  updated_at: Timestamp,
  updated_by: Type.String(),
};

export const StrategyResponse = Type.Object({ ...StrategyBody.properties, ...keptFields });
const Replica = Type.Object({
  name: Type.String(),
  revision: Type.Integer({ description: 'That it decides by.' }),
  is_current: Type.Boolean({ description: 'Whether that is the newest one that the answering process knows.' }),
  started_at: Timestamp,
  seen_ago_ms: Type.Integer({ description: 'Without a sign of life for 5 s it is left out.' }),
});
const { reason: _reason, replicas: _replicas, ...shownGuardrails } = GuardrailsPatch.properties;
export const GuardrailsResponse = Type.Object({ ...shownGuardrails, ...keptFields });
export const GuardrailsInForceResponse = Type.Object({
  ...GuardrailsResponse.properties,
  replicas: Type.Array(Replica, { description: 'The processes that run, and what each decides by.' }),
});

/** What each process decides by. */
export function fromReplicas(replicas: readonly SeenReplica[], revision: number) {
  return replicas.map((replica) => ({
    name: replica.id,
    revision: replica.revision,
    is_current: replica.revision === revision,
    started_at: formatTimestamp(replica.startedAtMs),
    seen_ago_ms: replica.seenAgoMs,
  }));
}

/** What the server adds to configuration that it answers. */
export function fromRevision(configuration: Omit<StoredConfiguration, 'strategy'>) {
  return {
    revision: configuration.revision,
    updated_at: formatTimestamp(configuration.changedAtMs),
    updated_by: configuration.changedBy,
  };
}
