import { describe, expect, it } from '@jest/globals';
import { FixedClock, someFeatures, T0 } from '@smart-retry/domain/testing';
import { RecentRecommendations } from './recent-recommendations.js';

const ADVISED = { errorClass: 'timeout', attemptNumber: 1, delayMs: 1, recommendationId: 'r1', atMs: T0 };

describe('RecentRecommendations', () => {
  it('forgets after its time to live and beyond its size', () => {
    const clock = new FixedClock();
    const recent = new RecentRecommendations({ maxEntries: 2, ttlMs: 1_000, clock: clock.read });
    const lookup = (jobId: string) => ({ tenant: '', jobType: 'email_send', jobId, attemptNumber: 2, sinceMs: 0 });
    for (const jobId of ['a', 'b', 'c']) recent.remember(someFeatures({ jobId }), ADVISED);
    expect(recent.stats.entries).toBe(2);
    expect(recent.find(lookup('a'))).toBeNull();
    expect(recent.find(lookup('c'))?.recommendedForJob).toHaveLength(1);
    clock.advance(1_001);
    expect(recent.find(lookup('c'))).toBeNull();
  });

  it('finds of a shape what was advised since a time, and knows nothing where all was before', () => {
    const recent = new RecentRecommendations({ maxEntries: 2, ttlMs: 1_000, clock: new FixedClock().read });
    const lookup = { tenant: '', jobType: 'email_send', jobId: 'j', attemptNumber: 1, delayMs: ADVISED.delayMs };
    for (const atMs of [T0 - 100, T0]) recent.remember(someFeatures({ attemptNumber: 1 }), { ...ADVISED, atMs });
    expect(recent.find({ ...lookup, sinceMs: T0 - 100 })?.recommendedForShape).toHaveLength(2);
    expect(recent.find({ ...lookup, sinceMs: T0 })?.recommendedForShape).toEqual([ADVISED]);
    expect(recent.find({ ...lookup, sinceMs: T0 + 1 })).toBeNull();
  });

  it('finds a stop by its job, and by no shape', () => {
    const recent = new RecentRecommendations({ maxEntries: 2, ttlMs: 1_000, clock: new FixedClock().read });
    const stop = { errorClass: 'timeout', attemptNumber: 1, atMs: T0 };
    for (const jobId of ['j', undefined]) recent.remember(someFeatures({ jobId, attemptNumber: 1 }), stop);
    expect(recent.stats.entries).toBe(1);
    const lookup = { tenant: '', jobType: 'email_send', jobId: 'j', attemptNumber: 2, sinceMs: 0 };
    expect(recent.find(lookup)?.recommendedForJob).toEqual([stop]);
  });

  it('counts hits and misses as it is told', () => {
    const recent = new RecentRecommendations({ maxEntries: 2, ttlMs: 1_000, clock: new FixedClock().read });
    recent.count(null);
    recent.count({ recommendedForJob: [ADVISED], recordedForJob: [], recommendedForShape: [] });
    recent.count(null);
    expect(recent.stats).toEqual({ entries: 0, hits: 1, misses: 2 });
  });

  it('keeps ("a:b", "c") and ("a", "b:c") apart', () => {
    const recent = new RecentRecommendations({ maxEntries: 9, ttlMs: 1_000, clock: new FixedClock().read });
    recent.remember(someFeatures({ tenant: 'a:b', jobType: 'c', jobId: 'j' }), ADVISED);
    expect(recent.find({ tenant: 'a', jobType: 'b:c', jobId: 'j', attemptNumber: 2, sinceMs: 0 })).toBeNull();
  });
});
