import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, ROOT } from './bootstrap.mjs';
import { build } from './build.mjs';
import { countTests, formatCounts } from './count-tests.mjs';

// Tests wait for servers and clocks more than they compute: two at a time even where there is one core.
const WORKERS = Math.max(2, Math.floor(availableParallelism() / 2));

// `npm test [paths and flags for jest]`: every test, against servers that this run starts and stops.
const counts = await run(process.argv.slice(2)).catch((error) => {
  console.error(error);
  return { passed: 0, failed: 1 };
});
console.log(formatCounts(counts));
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

async function run(jestArguments) {
  bootstrap();
  build();
  const servers = await startServers();
  try {
    return await runJest(jestArguments, servers.env);
  } finally {
    await servers.stop();
  }
}

async function startServers() {
  // Loaded late: it is the build that makes what they import.
  const [{ findRedisProgram }, { startRedis }, { startPostgres }] = await Promise.all([
    import('./servers/redis-program.mjs'),
    import('./servers/redis.mjs'),
    import('./servers/postgres.mjs'),
  ]);
  const program = findRedisProgram();
  // One for each worker of jest: what API processes say to each other through Redis knows of no databases.
  const redises = await Promise.all(Array.from({ length: WORKERS }, () => startRedis(program)));
  const stopRedises = () => Promise.all(redises.map((redis) => redis.stop()));
  const postgres = await startPostgres({ binDir: process.env.TEST_POSTGRES_BIN || undefined }).catch(async (error) => {
    await stopRedises();
    throw error;
  });
  return {
    env: {
      TEST_DATABASE_URL: postgres.url,
      TEST_REDIS_ADDRS: redises.map((redis) => redis.address).join(','),
      TEST_REDIS_SERVER_BIN: program.path,
      TEST_REDIS_LD_LIBRARY_PATH: program.libraryPath ?? '',
    },
    stop: () => Promise.all([stopRedises(), postgres.stop()]),
  };
}

async function runJest(jestArguments, serverEnv) {
  const folder = await mkdtemp(join(tmpdir(), 'smart-retry-test-'));
  try {
    const reportPath = join(folder, 'report.json');
    const jest = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
        `--maxWorkers=${WORKERS}`,
        '--json',
        `--outputFile=${reportPath}`,
        ...jestArguments,
      ],
      { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...withoutSettings(process.env), ...serverEnv } },
    );
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => jest.kill(signal));
    await once(jest, 'exit');
    return countTests(JSON.parse(await readFile(reportPath, 'utf8')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without the settings of the developer's own server, which would change what tests see. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('RETRY_')));
}
