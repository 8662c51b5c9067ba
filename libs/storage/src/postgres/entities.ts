import type { EpochMs, KeptResponse, Strategy } from '@smart-retry/domain';
import { EntitySchema } from 'typeorm';

export interface ConfigurationRevisionRow {
  revision: number;
  strategy: Strategy;
  changedAtMs: EpochMs;
  changedBy: string;
  action: string;
  target: string | null;
  reason: string | null;
  fileDigest: string | null;
}

export const ConfigurationRevision = new EntitySchema<ConfigurationRevisionRow>({
  name: 'ConfigurationRevision',
  tableName: 'configuration_revisions',
  columns: {
    revision: { type: 'bigint', primary: true },
    strategy: { type: 'json' },
    changedAtMs: { name: 'changed_at_ms', type: 'bigint' },
    changedBy: { name: 'changed_by', type: 'text' },
    action: { type: 'text' },
    target: { type: 'text', nullable: true },
    reason: { type: 'text', nullable: true },
    fileDigest: { name: 'file_digest', type: 'text', nullable: true },
  },
});

export const KeptResponseEntity = new EntitySchema<KeptResponse>({
  name: 'KeptResponse',
  tableName: 'kept_responses',
  columns: {
    key: { type: 'text', primary: true },
    fingerprint: { type: 'text' },
    status: { type: 'integer' },
    body: { type: 'text' },
    keptAtMs: { name: 'kept_at_ms', type: 'bigint' },
  },
});

export interface SigningKeyRow {
  purpose: string;
  key: Buffer;
}

export const SigningKey = new EntitySchema<SigningKeyRow>({
  name: 'SigningKey',
  tableName: 'signing_keys',
  columns: { purpose: { type: 'text', primary: true }, key: { type: 'bytea' } },
});
