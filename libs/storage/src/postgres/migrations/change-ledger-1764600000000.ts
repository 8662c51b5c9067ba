import type { Strategy } from '@smart-retry/domain';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { configurationEvent } from '../../configuration-event.js';
import { appendChange } from '../append-change.js';

/*
 * The trigger is for accidents: it stops whoever could delete, the owner included, until they switch it off. Against
 * intent there are the privileges of a separate role, and the chain of hashes. `details` is json, not jsonb: it is sealed
 * as text.
 */
const CHANGE_LEDGER = `
CREATE TABLE change_ledger (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  at_ms bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  target text,
  reason text,
  details json NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL UNIQUE
);
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the change ledger is only ever added to';
END $$;
CREATE TRIGGER change_ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change_ledger
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
`;

/** As many revisions as are brought over at once. */
const REVISIONS = 100;

interface RevisionRow {
  readonly revision: string;
  readonly strategy: Strategy;
  readonly changed_at_ms: string;
  readonly changed_by: string;
  readonly action: string;
  readonly target: string | null;
}

/** A table of every change, each sealed with the one before; those of the configuration so far are entered first. */
export class ChangeLedger1764600000000 implements MigrationInterface {
  readonly name = 'ChangeLedger1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CHANGE_LEDGER);
    for (let after = 0; ;) {
      const rows = (await queryRunner.query(
        `SELECT revision, strategy, changed_at_ms, changed_by, action, target FROM configuration_revisions
         WHERE revision > $1 ORDER BY revision LIMIT ${REVISIONS}`,
        [after],
      )) as readonly RevisionRow[];
      for (const row of rows) await appendChange(queryRunner, toEvent(row));
      if (rows.length < REVISIONS) return;
      after = Number(rows.at(-1)?.revision);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE change_ledger; DROP FUNCTION refuse_ledger_change');
  }
}

function toEvent(row: RevisionRow) {
  return configurationEvent({
    expectedRevision: Number(row.revision) - 1,
    strategy: row.strategy,
    actor: row.changed_by,
    action: row.action,
    target: row.target,
    atMs: Number(row.changed_at_ms),
  });
}
