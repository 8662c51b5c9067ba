import type { EpochMs } from '@smart-retry/domain';
import type { ClientBase } from 'pg';

/**
 * When the current generation of keys began before `beforeMs`, every key of the previous one is older still: that one is
 * dropped and the current one takes its place. The locks wait for the statements in flight, so no key is missed by both
 * the old and the new generation; they are taken in the order in which recording takes them.
 */
export async function dropOldAttemptKeys(beforeMs: EpochMs, client: ClientBase): Promise<void> {
  if (!Number.isSafeInteger(beforeMs)) throw new TypeError(`beforeMs must be whole milliseconds, got ${beforeMs}`);
  await client.query(`DO $$ BEGIN
    PERFORM FROM attempt_key_generation WHERE started_at_ms < ${beforeMs} FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    LOCK TABLE attempt_keys_current, attempt_keys_previous IN ACCESS EXCLUSIVE MODE;
    DROP TABLE attempt_keys_previous;
    ALTER TABLE attempt_keys_current RENAME TO attempt_keys_previous;
    CREATE TABLE attempt_keys_current (LIKE attempt_keys_previous INCLUDING ALL);
    UPDATE attempt_key_generation SET started_at_ms = floor(extract(epoch FROM clock_timestamp()) * 1000);
  END $$`);
}
