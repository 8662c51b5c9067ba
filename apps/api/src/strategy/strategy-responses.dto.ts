import type { StoredConfiguration } from '@smart-retry/domain';
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
export const GuardrailsResponse = Type.Object({ ...GuardrailsPatch.properties, ...keptFields });

/** What the server adds to configuration that it answers. */
export function fromRevision(configuration: Omit<StoredConfiguration, 'strategy'>) {
  return {
    revision: configuration.revision,
    updated_at: formatTimestamp(configuration.changedAtMs),
    updated_by: configuration.changedBy,
  };
}
