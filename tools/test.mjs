import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, ROOT } from './bootstrap.mjs';
import { build } from './build.mjs';
import { countTests, formatCounts } from './count-tests.mjs';

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
  const redis = await startRedis(program);
  const postgres = await startPostgres({ binDir: process.env.TEST_POSTGRES_BIN || undefined }).catch(async (error) => {
    await redis.stop();
    throw error;
  });
  return {
    env: {
      TEST_DATABASE_URL: postgres.url,
      TEST_REDIS_ADDR: redis.address,
      TEST_REDIS_SERVER_BIN: program.path,
      TEST_REDIS_LD_LIBRARY_PATH: program.libraryPath ?? '',
    },
    stop: () => Promise.all([redis.stop(), postgres.stop()]),
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
