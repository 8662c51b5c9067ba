import type { ChangeEntry, ChangeEvent } from '@smart-retry/domain';
import { CHAIN_ORIGIN, sealChange, type ChainHead } from '../change-chain.js';
import { toStorableJson } from './storable-json.js';

/** Any constant will do; it must only be the same in every replica. */
const LEDGER_LOCK = 7_203_116;

/** What runs statements inside a transaction: TypeORM's manager or query runner. */
export interface Transaction {
  query(text: string, parameters?: unknown[]): Promise<unknown>;
}

const INSERT = `
INSERT INTO change_ledger (sequence, at_ms, actor, action, target, reason, details, previous_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/**
 * Enters a change into the ledger, in the transaction of the change itself: both happen, or neither. Until that
 * transaction ends all others that enter something wait, so it should do this last.
 */
export async function appendChange(transaction: Transaction, event: ChangeEvent): Promise<ChangeEntry> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [LEDGER_LOCK]);
  const [head] = (await transaction.query(
    'SELECT sequence, hash FROM change_ledger ORDER BY sequence DESC LIMIT 1',
  )) as readonly { readonly sequence: number | string; readonly hash: string }[];
  const entry = sealChange(asStored(event), head === undefined ? CHAIN_ORIGIN : toHead(head));
  const { sequence, atMs, actor, action, target, reason, details, previousHash, hash } = entry;
  const row = [sequence, atMs, actor, action, target, reason, JSON.stringify(details), previousHash, hash];
  await transaction.query(INSERT, row);
  return entry;
}

/** What is sealed must be what comes back: without the characters that Postgres cannot keep. */
function asStored(event: ChangeEvent): ChangeEvent {
  return JSON.parse(toStorableJson(event)) as ChangeEvent;
}

/** Migrations read bigint columns as text. */
function toHead({ sequence, hash }: { readonly sequence: number | string; readonly hash: string }): ChainHead {
  return { sequence: Number(sequence), hash };
}
