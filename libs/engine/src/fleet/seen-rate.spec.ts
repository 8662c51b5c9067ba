import { describe, expect, it } from '@jest/globals';
import { NEW_BREAKER } from '@smart-retry/domain';
import { CallTally, slotOf, type CountedCall } from './call-tally.js';
import type { FirstTryRate } from './first-try-rate.js';
import { SeenRate } from './seen-rate.js';

const OPEN = { ...NEW_BREAKER, state: 'open', version: 1 } as const;

describe('SeenRate', () => {
  /** A minute of two such questions a second. */
  const askedFor = (call: CountedCall) => {
    const calls = new CallTally();
    for (let i = 0; i < 120; i++) calls.add(call, slotOf(i * 500));
    return calls;
  };

  it('is how many first tries fail and ask while a breaker is not closed, and nothing is known in calm times', () => {
    const calls = askedFor('firstAsked');
    const seen = { perSecond: 2, isOfOutage: true, isRecovering: true };
    expect(new SeenRate().at({ calls, breaker: OPEN, isThrottling: false, firstTries: null }, 60_000)).toEqual(seen);
    expect(
      new SeenRate().at({ calls, breaker: NEW_BREAKER, isThrottling: false, firstTries: null }, 60_000),
    ).toBeNull();
  });

  it('is noted while first tries are reported, for when that ends', () => {
    const [calls, seen] = [askedFor('firstAsked'), new SeenRate()];
    const at = (firstTries: FirstTryRate | null) =>
      seen.at({ calls, breaker: OPEN, isThrottling: false, firstTries }, firstTries === null ? 600_000 : 60_000);
    expect(at({ perSecond: 9, latelyPerSecond: 9, unaskedShare: 0 })).toBeNull();
    expect(at(null)).toMatchObject({ perSecond: 2 });
  });

  it('is how many a limit turns away, unless others fail more', () => {
    const seen = (call: CountedCall) =>
      new SeenRate().at({ calls: askedFor(call), breaker: NEW_BREAKER, isThrottling: true, firstTries: null }, 60_000);
    const throttled = { perSecond: 2, isOfOutage: false, isRecovering: false };
    expect([seen('firstThrottled'), seen('firstAsked')]).toEqual([throttled, null]);
  });

  it('is remembered for an hour, and as long as some wait who waited for the end of the outage they recover', () => {
    const calls = askedFor('firstAsked');
    const seen = new SeenRate();
    const at = (breaker: typeof OPEN | typeof NEW_BREAKER, nowMs: number) =>
      seen.at({ calls, breaker, isThrottling: false, firstTries: null }, nowMs);
    const released = { ...NEW_BREAKER, version: 3, releasedAtMs: 60_000 };
    at(OPEN, 60_000);
    calls.notePutOff(1, 1_200_000);
    expect(at(released, 1_200_000)).toEqual({ perSecond: 2, isOfOutage: true, isRecovering: true });
    expect(at(released, 1_210_000)).toEqual({ perSecond: 2, isOfOutage: true, isRecovering: false });
    expect([at(released, 3_659_000)?.perSecond, at(released, 3_660_000)]).toEqual([2, null]);
  });

  it('says nothing of fewer than twenty', () => {
    const calls = new CallTally();
    for (let i = 0; i < 19; i++) calls.add('firstAsked', slotOf(i * 3_000));
    expect(new SeenRate().at({ calls, breaker: OPEN, isThrottling: false, firstTries: null }, 60_000)).toBeNull();
  });
});
