import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@smart-retry/storage/testing';
import { startApi, startApiInVain } from '../support/start-api.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-start-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const SECRET = 'hunter2';

const refuse = async (env: Readonly<Record<string, string>>) => {
  const { exitCode, logs } = await startApiInVain({ env });
  const log = JSON.stringify(logs);
  expect(log).not.toContain(SECRET);
  return { exitCode, settings: logs.map((line) => line['setting']).filter((setting) => setting !== undefined), log };
};

const writeFileOf = async (text: string) => {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  await writeFile(path, text);
  return path;
};

describe('a start', () => {
  it('with invalid variables is refused, naming all of them at once and none of their values', async () => {
    const env = {
      RETRY_PORT: `${SECRET}80`,
      RETRY_ENABLED: SECRET,
      RETRY_SAMPLE_RATE: `1.${SECRET}`,
      RETRY_ML_ENABLED: SECRET,
      RETRY_BAYESIAN_THRESHOLD: `-${SECRET}`,
      RETRY_REDIS_ADDR: `redis://:${SECRET}@host`,
      RETRY_DATABASE_URL: `mysql://root:${SECRET}@host/db`,
      RETRY_ADMIN_KEY: `${SECRET} with spaces`,
      RETRY_CONFIG: join(folder, SECRET, 'missing.json'),
    };
    const { exitCode, settings } = await refuse(env);
    expect(exitCode).not.toBe(0);
    expect([...settings].sort()).toEqual(Object.keys(env).sort());
  });

  it('with a variable that is no setting goes on, and warns of it by name', async () => {
    const api = await startApi({ env: { RETRY_BAYSIAN_THRESHOLD: SECRET, RETRY_SAMPLE_RATE: '1' } });
    await api.stop();
    const warnings = api.logs.filter(({ level, setting }) => level === 40 && setting !== undefined);
    expect(warnings).toEqual([
      expect.objectContaining({
        setting: 'RETRY_BAYSIAN_THRESHOLD',
        msg: 'RETRY_BAYSIAN_THRESHOLD is not a setting: it is ignored',
      }),
    ]);
    expect(JSON.stringify(api.logs)).not.toContain(SECRET);
  });

  // Each start is a process of its own: the values of one list are tried in one.
  it.each([
    [{ RETRY_PORT: '65536', RETRY_SAMPLE_RATE: '1.01', RETRY_BAYESIAN_THRESHOLD: '70', RETRY_ENABLED: 'yes' }],
    [{ RETRY_PORT: '-1', RETRY_SAMPLE_RATE: 'NaN', RETRY_BAYESIAN_THRESHOLD: '-0.1', RETRY_ML_ENABLED: '2' }],
  ])('with %p is refused', async (env) => {
    const { exitCode, settings } = await refuse(env);
    expect(exitCode).toBe(1);
    expect([...settings].sort()).toEqual(Object.keys(env).sort());
  });

  it.each(['0.0.0.0', '127.0.0.1.example.org'])('on %s without a key is refused, with the reason', async (host) => {
    const { exitCode, settings, log } = await refuse({ RETRY_HOST: host });
    expect({ exitCode, settings }).toEqual({ exitCode: 1, settings: ['RETRY_ADMIN_KEY'] });
    expect(log).toContain('loopback');
  });

  it('with a file that is unsound is refused, naming every place in it', async () => {
    const path = await writeFileOf(
      JSON.stringify({
        redis_adr: SECRET,
        redis_db: -1,
        strategy: {
          bayesian_threshold: 2,
          guardrails: { max_attempts: 0, max_delay: 5 },
          data_collection: { sample_rate: SECRET },
        },
        cache: { ttl: 'forever', max_entries: 0 },
        api: { path: 'no slash' },
      }),
    );
    const { exitCode, settings } = await refuse({ RETRY_CONFIG: path });
    expect(exitCode).toBe(1);
    expect([...settings].sort()).toEqual(
      [
        'redis_adr',
        'redis_db',
        'strategy.bayesian_threshold',
        'strategy.guardrails.max_attempts',
        'strategy.guardrails.max_delay',
        'strategy.data_collection.sample_rate',
        'cache.ttl',
        'cache.max_entries',
        'api.path',
      ].sort(),
    );
  });

  it('with a strategy that contradicts itself is refused', async () => {
    const strategy = {
      policies: [{ name: 'p', max_attempts: 2, error_patterns: ['('] }],
      guardrails: { min_delay_ms: 2, max_delay_ms: 1 },
    };
    const { exitCode, settings } = await refuse({ RETRY_CONFIG: await writeFileOf(JSON.stringify({ strategy })) });
    expect(exitCode).toBe(1);
    expect([...settings].sort()).toEqual([
      'strategy.guardrails.min_delay_ms',
      'strategy.policies[0].error_patterns[0]',
    ]);
  });

  it.each([['{'], ['[]']])('with the file %p is refused', async (text) => {
    const { exitCode, settings } = await refuse({ RETRY_CONFIG: await writeFileOf(text) });
    expect({ exitCode, settings }).toEqual({ exitCode: 1, settings: ['RETRY_CONFIG'] });
  });

  it('with a role of its own for migrations that protects nothing is refused, saying why', async () => {
    const database = await createTestDatabase();
    try {
      const { exitCode, log } = await refuse({
        RETRY_DATABASE_URL: database.url,
        RETRY_MIGRATION_DATABASE_URL: database.url,
      });
      expect([exitCode === 0, log.includes('RETRY_DATABASE_URL is a superuser')]).toEqual([false, true]);
    } finally {
      await database.drop();
    }
  });
});
