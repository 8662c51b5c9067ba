import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReplicaRegistry } from '@smart-retry/domain';
import { NOON_MS, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

export function describeReplicaRegistry(name: string, open: Open<{ readonly replicas: ReplicaRegistry }>): void {
  describe(`${name} replica registry`, () => {
    let stores: Opened<{ readonly replicas: ReplicaRegistry }>;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    it('shows who runs and at which revision, until they leave', async () => {
      const { replicas } = stores;
      const [a, b] = [unique('a'), unique('b')];
      const seen = (id: string, revision: number) => ({
        id,
        revision,
        startedAtMs: NOON_MS,
        seenAgoMs: expect.any(Number),
      });
      expect(await replicas.beat({ id: a, revision: 1, startedAtMs: NOON_MS })).toEqual([seen(a, 1)]);
      expect(await replicas.beat({ id: b, revision: 2, startedAtMs: NOON_MS })).toEqual([seen(a, 1), seen(b, 2)]);
      expect(await replicas.beat({ id: a, revision: 2, startedAtMs: NOON_MS })).toEqual([seen(a, 2), seen(b, 2)]);
      await replicas.leave(b);
      expect(await replicas.beat({ id: a, revision: 2, startedAtMs: NOON_MS })).toEqual([seen(a, 2)]);
    });

    it('takes the beats of many at once', async () => {
      const ids = Array.from({ length: 16 }, () => unique('many'));
      const beatAll = () =>
        Promise.all(ids.map((id) => stores.replicas.beat({ id, revision: 1, startedAtMs: NOON_MS })));
      await beatAll();
      const [seen] = await beatAll();
      expect(seen?.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    });
  });
}
