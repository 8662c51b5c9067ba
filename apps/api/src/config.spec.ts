import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig, type Config } from './config.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-config-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function fileWith(content: unknown): Promise<string> {
  const path = join(folder, 'config.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function load(env: Record<string, string>, file?: unknown): Promise<Config> {
  const loaded = await loadConfig(file === undefined ? env : { ...env, RETRY_CONFIG: await fileWith(file) });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

async function problemsOf(env: Record<string, string>, file?: unknown) {
  const loaded = await loadConfig(file === undefined ? env : { ...env, RETRY_CONFIG: await fileWith(file) });
  if ('config' in loaded) throw new Error('nothing was refused');
  return loaded.problems;
}

/** The seed's example, without comments. */
const SEED_FILE = {
  enabled: true,
  redis_addr: 'localhost:6379',
  redis_password: '',
  redis_db: 0,
  strategy: {
    name: 'production',
    enabled: true,
    bayesian_threshold: 0.7,
    ml_enabled: true,
    guardrails: {
      max_attempts: 10,
      max_delay_ms: 300000,
      max_budget_percent: 20.0,
      per_tenant_limits: true,
      emergency_stop: false,
      explainability_required: true,
    },
    data_collection: {
      enabled: true,
      sample_rate: 1.0,
      retention_days: 30,
      aggregation_interval: '5m',
      feature_extraction: true,
    },
  },
  cache: { enabled: true, ttl: '5m', max_entries: 1000 },
  api: { enabled: true, port: 8080, path: '/api/v1/retry' },
};

describe('loadConfig', () => {
  it('needs nothing', async () => {
    expect(await load({})).toMatchObject({
      enabled: true,
      host: '127.0.0.1',
      port: 8080,
      path: '/api/v1/retry',
      dataDir: '.smart-retry',
      databaseUrl: undefined,
      redisAddr: undefined,
      cacheTtlMs: 300_000,
      declared: { file: null, environment: {} },
    });
  });

  it('reads the documented example', async () => {
    expect(await load({}, SEED_FILE)).toMatchObject({
      redisAddr: 'localhost:6379',
      redisPassword: undefined,
      redisDb: 0,
      redisKeyPrefix: 'smart-retry:',
      cacheMaxEntries: 1_000,
      declared: {
        file: {
          strategy: {
            name: 'production',
            bayesianThreshold: 0.7,
            guardrails: { maxAttempts: 10, maxBudgetPercent: 20 },
            dataCollection: { aggregationIntervalMs: 300_000 },
          },
        },
      },
    });
  });

  it('refuses a role for migrations without a database of its own', async () => {
    const migrations = { RETRY_MIGRATION_DATABASE_URL: 'postgres://owner@db/retry' };
    expect(await problemsOf(migrations)).toEqual([
      { path: 'RETRY_MIGRATION_DATABASE_URL', message: 'needs RETRY_DATABASE_URL' },
    ]);
    expect((await load({ ...migrations, RETRY_DATABASE_URL: 'postgres://api@db/retry' })).migrationDatabaseUrl).toBe(
      'postgres://owner@db/retry',
    );
  });

  it('lets the environment win over the file', async () => {
    const env = {
      RETRY_PORT: '9090',
      RETRY_ENABLED: 'false',
      RETRY_SAMPLE_RATE: '0.5',
      RETRY_ML_ENABLED: '0',
      RETRY_BAYESIAN_THRESHOLD: '.9',
    };
    expect(await load(env, SEED_FILE)).toMatchObject({
      port: 9090,
      enabled: false,
      declared: { environment: { mlEnabled: false, bayesianThreshold: 0.9, sampleRate: 0.5 } },
    });
  });

  it('takes an address without a host, as Go spells it, for one of this machine', async () => {
    expect(await load({ RETRY_REDIS_ADDR: ':6379' })).toMatchObject({ redisAddr: 'localhost:6379' });
    expect(await load({}, { redis_addr: ':6380' })).toMatchObject({ redisAddr: 'localhost:6380' });
    expect(await load({ RETRY_REDIS_ADDR: 'cache:6379' })).toMatchObject({ redisAddr: 'cache:6379' });
    expect(await problemsOf({ RETRY_REDIS_ADDR: ':' })).toEqual([
      expect.objectContaining({ path: 'RETRY_REDIS_ADDR' }),
    ]);
  });

  it('notices a change of the strategy in the file', async () => {
    const digestOf = async (name: string) => (await load({}, { strategy: { name } })).declared.file?.digest;
    expect(await digestOf('a')).toBe(await digestOf('a'));
    expect(await digestOf('a')).not.toBe(await digestOf('b'));
  });

  it('reports every problem at once, and no value', async () => {
    const secret = 'hunter2 with spaces';
    const problems = await problemsOf(
      {
        RETRY_PORT: 'eighty',
        RETRY_SAMPLE_RATE: '1.5',
        RETRY_ADMIN_KEY: secret,
        RETRY_DATABASE_URL: `mysql://${secret}`,
      },
      {
        redis_db: -1,
        cache: { ttl: 'soon', size: 1 },
        strategy: { guardrails: { max_attempts: 0 } },
        colour: 'red',
        api: 7,
      },
    );
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'RETRY_ADMIN_KEY',
      'RETRY_DATABASE_URL',
      'RETRY_PORT',
      'RETRY_SAMPLE_RATE',
      'api',
      'cache.size',
      'cache.ttl',
      'colour',
      'redis_db',
      'strategy.guardrails.max_attempts',
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('finds the mistake in the file where the environment wins', async () => {
    const problems = await problemsOf({ RETRY_PORT: '9090' }, { api: { port: 'eighty' } });
    expect(problems).toEqual([expect.objectContaining({ path: 'api.port' })]);
  });

  it.each([
    ['strategy.guardrails.min_delay_ms', { guardrails: { min_delay_ms: 2, max_delay_ms: 1 } }],
    ['strategy.policies[0].error_patterns[0]', { policies: [{ name: 'p', max_attempts: 2, error_patterns: ['('] }] }],
    ['strategy.data_collection.aggregation_interval', { data_collection: { aggregation_interval: '7m' } }],
  ])('refuses a strategy for its %s', async (path, strategy) => {
    expect(await problemsOf({}, { strategy })).toEqual([expect.objectContaining({ path })]);
  });

  it.each([
    ['is missing', { RETRY_CONFIG: '/nowhere/config.json' }, undefined],
    ['is no JSON', {}, '{"enabled":'],
    ['is no object', {}, [1]],
  ])('refuses a file that %s', async (_name, env, file) => {
    expect(await problemsOf(env, file)).toEqual([expect.objectContaining({ path: 'RETRY_CONFIG' })]);
  });

  it.each(['127.0.0.1', 'localhost', '::1', '0.0.0.0', '10.0.0.1'])('names %s as the address', async (host) => {
    expect((await load({ RETRY_HOST: host })).host).toBe(host);
  });

  it('refuses an admin key that can be guessed where others than this machine can try', async () => {
    const short = { RETRY_ADMIN_KEY: 'fifteen-letters' };
    const problem = expect.objectContaining({ path: 'RETRY_ADMIN_KEY', message: expect.stringMatching(/at least 16/) });
    expect(await problemsOf({ ...short, RETRY_HOST: '0.0.0.0' })).toEqual([problem]);
    expect((await load(short)).adminKey).toBe('fifteen-letters');
    expect((await load({ RETRY_ADMIN_KEY: 'sixteen-letters-', RETRY_HOST: '0.0.0.0' })).adminKey).toHaveLength(16);
  });
});
