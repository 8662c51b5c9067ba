import { describe, expect, it } from '@jest/globals';
import { NEW_BREAKER, type BreakerRecord } from '@smart-retry/domain';
import { Openings } from './openings.js';

const START_MS = 10_000_000;

/** A dependency with one first try a second, as its openings are noted. */
class Erp {
  readonly openings = new Openings();
  nowMs = START_MS;
  breaker: BreakerRecord = NEW_BREAKER;
  /** Null where nobody knows. */
  firstTriesPerSecond: number | null = 1;
  readonly bookings = { get: () => 2 * this.retriesPerSecond };
  retriesPerSecond = 0;
  readonly pacedFirstTries = () => this.firstTriesPerSecond;

  wait(seconds: number, retriesPerSecond = 0): this {
    this.retriesPerSecond = retriesPerSecond;
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1_000;
      this.openings.look(this, this.nowMs);
    }
    return this;
  }

  /** Its breaker opens, is tried in vain, and is closed: long ago by now, unless `isReleased`. */
  open({ isReleased = false } = {}): this {
    for (const state of ['open', 'half_open', 'open', 'half_open', 'closed', 'closed'] as const) {
      const moved = { ...this.breaker, state, sinceMs: this.nowMs };
      this.openings.note(moved, this);
      this.breaker = moved;
    }
    if (isReleased) this.breaker = { ...this.breaker, releasedAtMs: this.nowMs };
    return this;
  }

  /** So many outages, one after each 50 s without a line. */
  dense(outages: number, changes = {}): this {
    for (let i = 0; i < outages; i++) this.wait(50).open(changes);
    return this;
  }

  /** The same, one after each so many seconds in which a line drains. */
  drain(outages: number, everySeconds: number): this {
    for (let i = 0; i < outages; i++) this.wait(everySeconds, 2).open();
    return this;
  }

  get comeAnyway() {
    return this.openings.comeAnyway();
  }
}

describe('openings of a breaker under many retries', () => {
  it('come anyway where it opens about as often without them', () => {
    expect(new Erp().dense(10).drain(3, 50).comeAnyway).toBe(true);
  });

  it('are blamed on them where it hardly opens otherwise', () => {
    expect(new Erp().wait(500).drain(3, 50).comeAnyway).toBe(false);
  });

  it('are blamed on them where it opens much oftener under them, however often it does otherwise', () => {
    const opensAfter = (seconds: number) => new Erp().dense(10).drain(10, seconds).comeAnyway;
    expect([10, 40].map(opensAfter)).toEqual([false, true]);
  });

  it('are blamed on them until something is known', () => {
    expect([0, 3, 10].map((outages) => new Erp().dense(outages).comeAnyway)).toEqual([false, false, true]);
  });

  it('are compared with none of the first minute after a release, which the line that was let go may have brought about', () => {
    expect(new Erp().dense(10, { isReleased: true }).comeAnyway).toBe(false);
  });

  it('are not compared with the time in which the breaker is open', () => {
    const erp = new Erp().dense(20);
    erp.breaker = { ...erp.breaker, state: 'open' };
    expect(erp.wait(500).comeAnyway).toBe(true);
    erp.breaker = { ...erp.breaker, state: 'closed' };
    expect(erp.wait(1_000).comeAnyway).toBe(false);
  });

  it('are compared with the quiet time, too, where first tries are known in outages only', () => {
    const erp = new Erp().dense(20);
    erp.firstTriesPerSecond = null;
    expect([1, 499].map((seconds) => erp.wait(seconds).comeAnyway)).toEqual([true, false]);
  });

  it('are compared with the time in which nobody asks, too, but for the first minute after a release', () => {
    const lookAfter = (seconds: number, releasedAtMs: number | null) => {
      const erp = new Erp().dense(20);
      erp.nowMs += seconds * 1_000;
      erp.breaker = { ...erp.breaker, releasedAtMs };
      erp.openings.look(erp, erp.nowMs);
      return erp.comeAnyway;
    };
    expect([lookAfter(30, null), lookAfter(1_500, null)]).toEqual([true, false]);
    expect(lookAfter(1_500, START_MS + 20 * 50_000 + 1_500_000 - 90_000)).toBe(true);
  });

  it('are counted on when a clock that was ahead is put right', () => {
    const erp = new Erp();
    erp.nowMs += 86_400_000;
    erp.openings.look(erp, erp.nowMs);
    erp.nowMs -= 86_400_000;
    expect(erp.dense(20).comeAnyway).toBe(true);
    expect(erp.wait(1_500).comeAnyway).toBe(false);
  });

  it('are blamed on them again when what was known is hours old', () => {
    const erp = new Erp().dense(10);
    erp.nowMs += 6 * 3_600_000;
    expect(erp.wait(1).comeAnyway).toBe(false);
  });
});
