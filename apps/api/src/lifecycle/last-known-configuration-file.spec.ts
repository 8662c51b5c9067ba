import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, type StoredConfiguration } from '@smart-retry/domain';
import { LastKnownConfigurationFile } from './last-known-configuration-file.js';

let path: string;

beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'smart-retry-last-known-')), 'configuration.json');
});

afterAll(async () => {
  await rm(join(path, '..'), { recursive: true, force: true });
});

const KNOWN: StoredConfiguration = {
  revision: 3,
  changedAtMs: 1_700_000_000_000,
  changedBy: 'someone',
  strategy: {
    ...DEFAULT_STRATEGY,
    objective: { valueHalfLifeMs: 60_000, attemptCost: 0.1 },
    learning: { mode: 'observe', jobTypes: [{ jobType: 'j', pinnedAtMs: 5 }], excludedWindows: [] },
    learnedMaxAttempts: 12,
  },
};

describe('LastKnownConfigurationFile', () => {
  it('answers what it was given', async () => {
    const file = new LastKnownConfigurationFile(path);
    await file.save(KNOWN);
    expect(await file.load()).toEqual(KNOWN);
  });

  it('completes what an older version wrote', async () => {
    const file = new LastKnownConfigurationFile(path);
    await file.save(KNOWN);
    const { strategy, ...rest } = JSON.parse(await readFile(path, 'utf8')) as { strategy: Record<string, unknown> };
    for (const later of ['objective', 'exploration', 'learning', 'learned_max_attempts']) {
      expect(strategy).toHaveProperty(later);
      delete strategy[later];
    }
    await writeFile(path, JSON.stringify({ ...rest, strategy }));
    expect(await file.load()).toEqual({ ...KNOWN, strategy: DEFAULT_STRATEGY });
  });

  it('answers nothing where there is none, or half of one', async () => {
    expect(await new LastKnownConfigurationFile(`${path}.none`).load()).toBeNull();
    await writeFile(path, '{"revision": 3, "stra');
    expect(await new LastKnownConfigurationFile(path).load()).toBeNull();
  });
});
