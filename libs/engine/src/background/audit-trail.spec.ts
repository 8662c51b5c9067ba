import { describe, expect, it } from '@jest/globals';
import { createRng, SmartRetryError, type DecisionRecord } from '@smart-retry/domain';
import { someFeatures, someStrategy, T0 } from '@smart-retry/domain/testing';
import { compileSnapshot } from '../configuration-snapshot.js';
import { decide } from '../decide.js';
import { UNTAUGHT_LAYERS } from '../layers.js';
import { AuditTrail } from './audit-trail.js';

const configuration = compileSnapshot(
  { revision: 1, strategy: someStrategy(), changedAtMs: T0, changedBy: 'test' },
  { isEnabled: true },
);

const record = (recommendationId: string): DecisionRecord => ({
  recommendationId,
  decidedAtMs: T0,
  features: someFeatures(),
  ...decide(
    someFeatures(),
    { configuration, learnedLayers: UNTAUGHT_LAYERS, canAudit: true, explores: false },
    T0,
    createRng([1, 2, 3, 4]),
  ),
  rngSeed: [1, 2, 3, 4],
});

const sealById = ({ recommendationId }: DecisionRecord) => {
  if (recommendationId === 'unsealable') throw new RangeError('no row can hold it');
  return recommendationId;
};

const trail = (append: (ids: string[]) => Promise<void>, maxPendingRecords = 10) => {
  const errors: unknown[] = [];
  const audit = new AuditTrail({
    store: { seal: sealById, append: (ids) => append([...ids]) },
    flushIntervalMs: 60_000,
    maxBatchRecords: 4,
    maxPendingRecords,
    onError: (error) => errors.push(error),
  });
  return { audit, errors };
};

const fill = (audit: AuditTrail, count: number) => {
  for (let i = 0; i < count; i++) audit.append(record(`r${i}`));
};

describe('AuditTrail', () => {
  it('writes in order, in batches', async () => {
    const batches: string[][] = [];
    const { audit } = trail(async (ids) => void batches.push(ids));
    fill(audit, 3);
    await audit.flush();
    expect(batches).toEqual([['r0', 'r1', 'r2']]);
    expect(audit.stats).toEqual({ written: 3, dropped: 0, pending: 0 });
  });

  it('keeps what a store that is away did not take, and writes it when it is back', async () => {
    let isAway = true;
    const written: string[] = [];
    const { audit, errors } = trail(async (ids) => {
      if (isAway) throw new SmartRetryError('STORE_UNAVAILABLE', 'away');
      written.push(...ids);
    });
    fill(audit, 6);
    await audit.flush();
    expect(audit.stats).toMatchObject({ written: 0, pending: 6 });
    expect(errors.length).toBeGreaterThan(0);
    isAway = false;
    await audit.flush();
    expect(written).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5']);
  });

  it('is bounded: what does not fit is dropped and counted', async () => {
    const { audit } = trail(() => Promise.reject(new SmartRetryError('STORE_UNAVAILABLE', 'away')), 5);
    fill(audit, 8);
    await audit.flush();
    expect(audit.canTake).toBe(false);
    expect(audit.stats).toEqual({ written: 0, dropped: 3, pending: 5 });
  });

  it('drops a batch that the store can never take rather than blocking those behind it', async () => {
    const written: string[] = [];
    const { audit } = trail(async (ids) => {
      if (ids.includes('r0')) throw new TypeError('unstorable');
      written.push(...ids);
    });
    fill(audit, 6);
    await audit.close();
    expect(written).toEqual(['r4', 'r5']);
    expect(audit.stats).toEqual({ written: 2, dropped: 4, pending: 0 });
  });

  it('writes a full batch without being told to, and drops alone what cannot be sealed', async () => {
    const written: string[] = [];
    const { audit, errors } = trail(async (ids) => void written.push(...ids));
    fill(audit, 3);
    audit.append(record('unsealable'));
    fill(audit, 4);
    expect(written).toEqual(['r0', 'r1', 'r2', 'r0']);
    expect(errors).toEqual([new RangeError('no row can hold it')]);
    await audit.close();
    expect(audit.stats).toEqual({ written: 7, dropped: 1, pending: 0 });
  });
});
