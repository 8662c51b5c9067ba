import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which key each was rotated from, so that of a chain of rotations no more than two are good. */
export class KeyPredecessors1764750000000 implements MigrationInterface {
  readonly name = 'KeyPredecessors1764750000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE api_keys ADD COLUMN replaces text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE api_keys DROP COLUMN replaces');
  }
}
