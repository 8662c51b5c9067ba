import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILURE_WINDOW_MS, FAILURE_WINDOW_SLOT_MS, type FailureCounters } from '@smart-retry/domain';
import { NOON_MS, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

export function describeFailureCounters(name: string, open: Open<{ readonly failureCounters: FailureCounters }>): void {
  describe(`${name} failure counters`, () => {
    let stores: Opened<{ readonly failureCounters: FailureCounters }>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const add = async (key: string, increment: number, nowMs: number) =>
      (await stores.failureCounters.add(new Map([[key, increment]]), nowMs)).get(key);

    it('answers the sum for each key asked for, and for no other', async () => {
      const [a, b, c] = [unique('a:b'), unique('c'), unique('ключ {🔑}')];
      await add(a, 5, NOON_MS);
      expect(
        await stores.failureCounters.add(
          new Map([
            [b, 2],
            [a, 1],
            [c, 0],
          ]),
          NOON_MS,
        ),
      ).toEqual(
        new Map([
          [b, 2],
          [a, 6],
          [c, 0],
        ]),
      );
    });

    it('keeps keys apart that would be equal when joined', async () => {
      const prefix = unique('p');
      await add(`${prefix}:a`, 1, NOON_MS);
      expect(await add(`${prefix}`, 0, NOON_MS)).toBe(0);
      expect(await add(`${prefix}:a:`, 0, NOON_MS)).toBe(0);
    });

    it('counts an increment until the window has moved past its slot', async () => {
      const key = unique('window');
      const slotStartMs = Math.floor(NOON_MS / FAILURE_WINDOW_SLOT_MS) * FAILURE_WINDOW_SLOT_MS;
      await add(key, 3, slotStartMs);
      expect(await add(key, 0, slotStartMs + FAILURE_WINDOW_MS - 1)).toBe(3);
      expect(await add(key, 0, slotStartMs + FAILURE_WINDOW_MS)).toBe(0);
    });

    it('adds up over slots', async () => {
      const key = unique('slots');
      for (let slot = 0; slot < 40; slot++) await add(key, 1, NOON_MS + slot * FAILURE_WINDOW_SLOT_MS);
      expect(await add(key, 0, NOON_MS + 39 * FAILURE_WINDOW_SLOT_MS)).toBe(FAILURE_WINDOW_MS / FAILURE_WINDOW_SLOT_MS);
    });

    it('loses none of many concurrent increments', async () => {
      const key = unique('concurrent');
      await Promise.all(Array.from({ length: 50 }, () => add(key, 2, NOON_MS)));
      expect(await add(key, 0, NOON_MS)).toBe(100);
    });

    it('answers an empty map for no keys', async () => {
      expect(await stores.failureCounters.add(new Map(), NOON_MS)).toEqual(new Map());
    });
  });
}
