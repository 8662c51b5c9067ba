import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NOTHING_DEPLOYED, type CanaryJudgement, type CanaryJudgements, type ModelRegistry } from '@smart-retry/domain';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly judgements: CanaryJudgements;
  readonly models: ModelRegistry;
}

const START_MS = Date.UTC(2026, 1, 3, 10);

export function describeCanaryJudgements(name: string, open: Open<Stores>): void {
  describe(`${name} canary judgements`, () => {
    let stores: Opened<Stores>;
    beforeAll(async () => {
      stores = await open();
      for (const revision of [1, 2]) {
        await stores.models.move({
          revision,
          atMs: START_MS,
          actor: 'test',
          action: 'shadowed',
          version: null,
          reason: null,
          rollout: NOTHING_DEPLOYED,
          previousRevision: null,
        });
      }
    });
    afterAll(() => stores.close());

    it('give one look in each interval to one of those that ask at the same time', async () => {
      const claim = (atMs: number) => stores.judgements.claimLook({ revision: 1, atMs, intervalMs: 1_000 });
      const claims = await Promise.all([1, 2, 3, 4].map(() => claim(START_MS)));
      expect(claims.filter((isClaimed) => isClaimed)).toHaveLength(1);
      expect(await claim(START_MS + 999)).toBe(false);
      expect(await claim(START_MS + 1_000)).toBe(true);
      expect(await stores.judgements.claimLook({ revision: 2, atMs: START_MS, intervalMs: 1_000 })).toBe(true);
    });

    it('show what was noted last of the newest move that was judged', async () => {
      expect(await stores.judgements.latest()).toBeNull();
      const judgement: CanaryJudgement = {
        revision: 2,
        version: 'v2',
        atMs: START_MS,
        verdict: 'inconclusive',
        reason: 'too few',
        difference: null,
        pWorse: 1,
      };
      const worse = { ...judgement, verdict: 'worse', reason: 'clear', difference: -0.25, pWorse: 1e-9 } as const;
      await stores.judgements.note(judgement);
      await stores.judgements.note(worse);
      await stores.judgements.note({ ...judgement, revision: 1 });
      expect(await stores.judgements.latest()).toEqual(worse);
    });
  });
}
