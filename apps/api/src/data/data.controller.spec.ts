import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { SubjectArchive } from '@smart-retry/domain';
import { createSmartRetry } from '@smart-retry/engine';
import { openMemory } from '@smart-retry/storage/memory';
import { Idempotency } from '../http/idempotency.js';
import { DataController } from './data.controller.js';

describe('exports and erasures', () => {
  it('of one process are two at a time: a third is refused before it takes a connection, and served after one ends', async () => {
    const stores = openMemory();
    const { audit, learning } = createSmartRetry({ stores });
    const finish: (() => void)[] = [];
    const slow: SubjectArchive = {
      read: () => new Promise((resolve) => finish.push(resolve)),
      erase: () => Promise.reject(new Error('is not reached')),
    };
    const controller = new DataController(
      audit,
      learning,
      new Idempotency(stores.configuration, Date.now),
      slow,
      Date.now,
    );
    const first = await controller.export({ tenant: 'acme' });
    await controller.export({ tenant: 'other' });
    const refused = { code: 'OVERLOADED', retryAfterMs: 10_000 };
    await expect(controller.export({ job_id: '1' })).rejects.toMatchObject(refused);
    const request = { caller: { actor: 'x', tenant: null }, headers: {} };
    await expect(controller.erase({ tenant: 'acme' }, request as never, {} as never)).rejects.toMatchObject(refused);
    expect(finish).toHaveLength(2);
    finish[0]?.();
    expect(await text(first.getStream())).toBe('{"kind":"end","records":0}\n');
    await controller.export({ job_id: '1' });
    expect(finish).toHaveLength(3);
  });
});
