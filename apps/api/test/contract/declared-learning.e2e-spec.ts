import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from '../support/client.js';
import { startApi, startApiInVain, type RunningApi } from '../support/start-api.js';

const WINDOW = { from: '2026-01-15T10:00:00.000Z', to: '2026-01-15T12:00:00.000Z', reason: 'incident' };
const JOB_TYPES = [{ job_type: 'mail', mode: 'off' }];

let folder: string;
let api: RunningApi | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smart-retry-declared-'));
});

afterAll(async () => {
  await api?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const declare = async (strategy: object) => {
  const path = join(folder, 'configuration.json');
  await writeFile(path, JSON.stringify({ strategy }));
  return { RETRY_CONFIG: path };
};

const restart = async (env: Readonly<Record<string, string>>): Promise<Client> => {
  await api?.stop();
  api = await startApi({ env, dataDir: folder });
  return createClient(api.baseUrl);
};

describe('the settings for learning in the configuration file', () => {
  it('are laid over what is in force one by one, and once', async () => {
    const file = await declare({
      objective: { value_half_life: '00:10:00' },
      exploration: { max_share: 0.1 },
      learning: { excluded_windows: [WINDOW] },
      learned_max_attempts: 12,
    });
    let client = await restart(file);
    const declared = {
      objective: { value_half_life: '10m', attempt_cost: 0.03 },
      exploration: { enabled: true, max_share: 0.1, anchor_share: 0.02 },
      learning: { mode: 'on', job_types: [], excluded_windows: [WINDOW] },
      learned_max_attempts: 12,
    };
    const { body } = await client.get('/strategy');
    expect(body).toMatchObject(declared);

    await client.put('/strategy', { ...body, learning: { mode: 'observe', job_types: JOB_TYPES } });
    client = await restart(file);
    const learning = { mode: 'observe', job_types: JOB_TYPES, excluded_windows: [] };
    expect((await client.get('/strategy')).body).toMatchObject({ ...declared, learning });

    client = await restart(await declare({ learning: { mode: 'on' } }));
    expect((await client.get('/strategy')).body).toMatchObject({ ...declared, learning: { ...learning, mode: 'on' } });
  }, 120_000);

  it('stop the start where they are unsound, naming each', async () => {
    const env = await declare({
      objective: { attempt_cost: 0.1 },
      exploration: { max_share: 0.7, anchor_share: 0.7 },
      learning: {
        job_types: [{ job_type: 'a' }, { job_type: 'a' }],
        excluded_windows: [{ ...WINDOW, to: WINDOW.from }],
      },
    });
    const { exitCode, logs } = await startApiInVain({ env });
    expect(exitCode).not.toBe(0);
    const told = JSON.stringify(logs);
    for (const path of ['exploration.max_share', 'learning.job_types[1].job_type', 'learning.excluded_windows[0].to']) {
      expect(told).toContain(`strategy.${path}`);
    }
    expect(told).not.toContain('attempt_cost');
  });
});

describe('RETRY_SAMPLE_RATE', () => {
  it('is applied at each start, also where nothing else was declared', async () => {
    await (await restart({})).put('/guardrails', { max_attempts: 9 });
    const { body } = await (await restart({ RETRY_SAMPLE_RATE: '0.25' })).get('/strategy');
    expect(body).toMatchObject({ data_collection: { sample_rate: 0.25 }, guardrails: { max_attempts: 9 } });
  }, 60_000);
});
