import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NEW_BREAKER, REPLICA_GONE_MS, type FleetLedger, type FleetNews } from '@smart-retry/domain';
import { MemoryFleetLedger } from '../memory/memory-fleet-ledger.js';
import { NOON_MS, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

const PROBES = 3;
const NOTHING = { calls: new Map(), bookings: new Map(), since: new Map(), demand: new Map(), shares: new Map() };
const HALF_OPEN = { ...NEW_BREAKER, version: 2, state: 'half_open' as const, sinceMs: NOON_MS };

const news = (dependency: string, changes: Partial<FleetNews> = {}): FleetNews => ({
  dependency,
  added: NOTHING,
  forgetBelow: { calls: 0, bookings: 0, since: 0, demand: 0, shares: 0 },
  latest: {},
  breaker: NEW_BREAKER,
  wantedProbes: 0,
  mostProbes: PROBES,
  ...changes,
});

export function describeFleetLedger(name: string, open: Open<{ readonly fleetLedger: FleetLedger }>): void {
  describe(`${name} fleet ledger`, () => {
    let stores: Opened<{ readonly fleetLedger: FleetLedger }>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const exchange = async (told: FleetNews) => {
      const [share] = await stores.fleetLedger.exchange([told]);
      if (share === undefined) throw new Error('the ledger left a dependency without an answer');
      return share;
    };

    it('adds up what all tell, by dependency and kind, and answers in order', async () => {
      const [a, b] = [unique('erp'), unique('крм {x}:')];
      const bookings = new Map([[1_800_000_000, 3]]);
      await exchange(news(a, { added: { ...NOTHING, bookings } }));
      const [ofB, ofA] = await stores.fleetLedger.exchange([
        news(b, { added: { ...NOTHING, calls: new Map([[7, 0.5]]) } }),
        news(a, { added: { ...NOTHING, bookings } }),
      ]);
      expect(ofA?.sums).toEqual({ ...NOTHING, bookings: new Map([[1_800_000_000, 6]]) });
      expect(ofB?.sums).toEqual({ ...NOTHING, calls: new Map([[7, 0.5]]) });
    });

    it('keeps a limit apart from a dependency of the same name', async () => {
      const name = unique('apart');
      await exchange(news(name, { kind: 'limit', added: { ...NOTHING, bookings: new Map([[5, 1]]) } }));
      expect((await exchange(news(name))).sums.bookings).toEqual(new Map());
    });

    it('loses none of many that tell at once', async () => {
      const dependency = unique('busy');
      const one = news(dependency, { added: { ...NOTHING, bookings: new Map([[5, 1]]) } });
      await Promise.all(Array.from({ length: 40 }, () => exchange(one)));
      expect((await exchange(news(dependency))).sums.bookings).toEqual(new Map([[5, 40]]));
    });

    it('keeps of two records of the same version the first, and of two versions the higher', async () => {
      const dependency = unique('breaker');
      const open1 = { ...NEW_BREAKER, version: 1, state: 'open' as const, openForMs: 5_000 };
      expect((await exchange(news(dependency))).breaker).toEqual(NEW_BREAKER);
      await exchange(news(dependency, { breaker: open1 }));
      const other = { ...open1, openForMs: 10_000 };
      expect((await exchange(news(dependency, { breaker: other }))).breaker).toEqual(open1);
      expect((await exchange(news(dependency, { breaker: HALF_OPEN }))).breaker).toEqual(HALF_OPEN);
      expect((await exchange(news(dependency, { breaker: open1 }))).breaker).toEqual(HALF_OPEN);
    });

    it('gives out exactly as many probes as the breaker lets through, whoever asks, anew for each version', async () => {
      const dependency = unique('probes');
      const ask = news(dependency, { breaker: HALF_OPEN, wantedProbes: 2 });
      const shares = await Promise.all(Array.from({ length: 10 }, () => exchange(ask)));
      expect(shares.reduce((sum, { probes }) => sum + probes, 0)).toBe(PROBES);
      const later = { ...HALF_OPEN, version: 3 };
      expect((await exchange({ ...ask, breaker: later })).probes).toBe(2);
      expect((await exchange(ask)).probes).toBe(0);
      const alone = { ...ask, breaker: { ...HALF_OPEN, version: 4 }, mostProbes: 1 };
      expect([(await exchange(alone)).probes, (await exchange(alone)).probes]).toEqual([1, 0]);
    });

    it('says whether it knew nothing of a dependency before', async () => {
      const dependency = unique('lost');
      const told = news(dependency, { added: { ...NOTHING, bookings: new Map([[5, 1]]) } });
      expect([(await exchange(told)).isNew, (await exchange(told)).isNew]).toEqual([true, false]);
    });

    it('answers which dependencies any process has news of, the latest first, and forgets the others', async () => {
      const [a, b, c] = [unique('a'), unique('b'), unique('c')];
      const inUse = (names: readonly string[], limit = 100) =>
        stores.fleetLedger.inUse(names, { quietMs: 60_000, limit });
      const later = () => new Promise((resolve) => setTimeout(resolve, 5));
      await inUse([a]);
      await later();
      await inUse([b]);
      await later();
      const known = await inUse([c]);
      expect(known.slice(0, 3)).toEqual([c, b, a]);
      expect(await inUse([], 2)).toEqual([c, b]);
      await later();
      expect(await stores.fleetLedger.inUse([a], { quietMs: 1, limit: 100 })).toEqual([a]);
    });

    it('counts who is there, each in a place of its own, and forgets who is gone', async () => {
      const places = [];
      for (const replica of ['c', 'a', 'b']) places.push(await stores.fleetLedger.join(replica, REPLICA_GONE_MS));
      expect(places.map(({ replicas }) => replicas)).toEqual([1, 2, 3]);
      const nowMs = expect.any(Number);
      expect(await stores.fleetLedger.join('c', REPLICA_GONE_MS)).toEqual({ replicas: 3, rank: 2, nowMs });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await stores.fleetLedger.join('b', 10)).toEqual({ replicas: 1, rank: 0, nowMs });
    });

    it('goes by a clock of its own', async () => {
      const before = await stores.fleetLedger.join('early', REPLICA_GONE_MS);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const after = await stores.fleetLedger.join('late', REPLICA_GONE_MS);
      expect(after.nowMs).toBeGreaterThan(before.nowMs);
    });

    it('answers the same as the one in memory, whatever is told', async () => {
      const sums = fc
        .array(fc.tuple(fc.nat(12), fc.integer({ min: -8, max: 8 })), { maxLength: 4 })
        .map((entries) => new Map(entries.map(([key, quarters]) => [key, quarters / 4])));
      const told = fc.record({
        added: fc.record({ calls: sums, bookings: sums, since: sums, demand: sums, shares: sums }),
        forgetBelow: fc.record({
          calls: fc.nat(8),
          bookings: fc.nat(8),
          since: fc.nat(8),
          demand: fc.nat(8),
          shares: fc.nat(8),
        }),
        latest: fc.dictionary(fc.constantFrom('hint', 'success'), fc.integer({ min: 1, max: NOON_MS })),
        breaker: fc
          .tuple(fc.nat(4), fc.constantFrom('closed' as const, 'open' as const, 'half_open' as const))
          .map(([version, state]) => ({ ...NEW_BREAKER, version, state })),
        wantedProbes: fc.nat(4),
        mostProbes: fc.nat(3),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 8 }), async (commands) => {
          const dependency = unique('twin');
          const twin = new MemoryFleetLedger(Date.now);
          for (const command of commands) {
            const [expected] = await twin.exchange([news(dependency, command)]);
            expect(await exchange(news(dependency, command))).toEqual(expected);
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
