import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Redis } from 'ioredis';
import pg from 'pg';

const CLOCK_TICKS_A_SECOND = 100;
const BYTES_PER_MIB = 2 ** 20;
/** Of each table what its partitions hold, and each partition by itself. */
const TABLES = `
SELECT c.relname AS name, parent.relname AS parent, s.n_live_tup::float8 AS rows, pg_total_relation_size(c.oid)::float8 AS bytes
FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
WHERE c.relkind = 'r'`;

/** Looks at everything that could grow. */
export async function openSampler(server) {
  const database = new pg.Client({ connectionString: server.databaseUrl });
  await database.connect();
  const [host, port] = server.redisAddress.split(':');
  const redis = new Redis({ host, port: Number(port) });
  let before = { cpuSeconds: readCpuSeconds(server.pid) };
  return {
    /** @param {{ collects: boolean, load: { durations: number[], echoes: number[] } }} options */
    async take({ collects, load }) {
      const memory = await server.askMemory({ collects });
      const now = { cpuSeconds: readCpuSeconds(server.pid), atMs: performance.now() };
      const cpuMs = 1_000 * (now.cpuSeconds - before.cpuSeconds);
      before = now;
      const { rows: tables } = await database.query(TABLES);
      const redisMemory = await redis.info('memory');
      return {
        atMs: now.atMs,
        rssMib: memory.rssBytes / BYTES_PER_MIB,
        ...(collects && {
          heapMib: memory.heapBytes / BYTES_PER_MIB,
          externalMib: memory.externalBytes / BYTES_PER_MIB,
        }),
        lagP99Ms: memory.lagP99Ms,
        cpuMsPerRequest: cpuMs / load.durations.length,
        requests: load.durations.length,
        p50Ms: quantile(load.durations, 0.5),
        p99Ms: quantile(load.durations, 0.99),
        echoP50Ms: quantile(load.echoes, 0.5),
        echoP99Ms: quantile(load.echoes, 0.99),
        machineLoad: loadavg()[0],
        redisKeys: await redis.dbsize(),
        // Without the buffers of whoever happens to be connected.
        redisMib: Number(/used_memory_dataset:(\d+)/.exec(redisMemory)[1]) / BYTES_PER_MIB,
        tables,
      };
    },
    async countRows(name) {
      const { rows } = await database.query(`SELECT count(*)::float8 AS rows FROM ${database.escapeIdentifier(name)}`);
      return rows[0].rows;
    },
    async close() {
      redis.disconnect();
      await database.end();
    },
  };
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function readCpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / CLOCK_TICKS_A_SECOND;
}
