import type { ClientBase } from 'pg';

/** Without partitions (they depend on the day) and the migrations' own table. */
const TABLES = `
SELECT oid::regclass::text AS "table", pg_get_partkeydef(oid) AS partition_key,
  (SELECT array_agg(format('  %I %s%s%s%s', attname, format_type(atttypid, atttypmod),
      CASE WHEN attcollation <> typcollation THEN format(' COLLATE %I', collname) END,
      CASE WHEN attnotnull THEN ' NOT NULL' END,
      ' DEFAULT ' || pg_get_expr(adbin, adrelid)) ORDER BY attnum)
    FROM pg_attribute
    JOIN pg_type ON pg_type.oid = atttypid
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped) AS columns,
  -- Newer servers list NOT NULL here as well.
  (SELECT array_agg(format('  CONSTRAINT %I %s', conname, pg_get_constraintdef(pg_constraint.oid)) ORDER BY conname)
    FROM pg_constraint WHERE conrelid = pg_class.oid AND contype <> 'n') AS constraints,
  (SELECT array_agg(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') || ';' ORDER BY indexrelid::regclass::text)
    FROM pg_index WHERE indrelid = pg_class.oid
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)) AS indexes
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'migrations'
ORDER BY relname`;

interface TableRow {
  readonly table: string;
  readonly partition_key: string | null;
  readonly columns: readonly string[];
  readonly constraints: readonly string[] | null;
  readonly indexes: readonly string[] | null;
}

/** The schema as SQL, from the catalog: the same text on every supported version of the server. */
export async function describeSchema(client: ClientBase): Promise<string> {
  const { rows } = await client.query<TableRow>(TABLES);
  return rows.map(describeTable).join('\n');
}

function describeTable({ table, partition_key: partitionKey, columns, constraints, indexes }: TableRow): string {
  const body = [...columns, ...(constraints ?? [])].join(',\n');
  const partitioning = partitionKey === null ? '' : ` PARTITION BY ${partitionKey}`;
  return [`CREATE TABLE ${table} (\n${body}\n)${partitioning};`, ...(indexes ?? []), ''].join('\n');
}
