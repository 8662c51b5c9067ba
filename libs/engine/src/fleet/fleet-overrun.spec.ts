import { describe, expect, it } from '@jest/globals';
import { ErpCallers } from '../testing/fleet.js';

/** Calls of a dependency that gets a first try every other second, told each minute. */
class FewCallers extends ErpCallers {
  #second = 0;
  #told = { succeeded: 0, failed: 0 };

  /** So many seconds in which all first tries come through, or fail. */
  call(seconds: number, outcome: 'succeeded' | 'failed'): this {
    for (let i = 0; i < seconds; i++) {
      this.nowMs += 1_000;
      this.#second++;
      if (this.#second % 2 === 0) {
        this.#told[outcome]++;
        if (outcome === 'failed') this.ask();
      }
      // To look is what moves a breaker, and what is noted of it.
      void this.state;
      if (this.#second % 60 === 0) this.#tell();
    }
    return this;
  }

  #tell(): void {
    const window = { windowStartMs: this.nowMs - 60_000, windowEndMs: this.nowMs };
    this.fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', ...this.#told, ...window }], this.nowMs);
    this.#told = { succeeded: 0, failed: 0 };
  }
}

/** Retries in a minute that there is room for after an outage that began while a line of retries drained. */
function roomAfterOverrun(before: { readonly outages: number; readonly apartSeconds: number }): number {
  const callers = new FewCallers();
  callers.reportFirstTries(0.5);
  for (let i = 0; i < before.outages; i++) callers.call(30, 'failed').call(before.apartSeconds, 'succeeded');
  callers.call(120, 'succeeded');
  for (let job = 0; job < 80; job++) callers.ask({ attemptNumber: 2 });
  callers.call(20, 'succeeded').call(30, 'failed').call(150, 'succeeded');
  return callers.state.budgetLeftRetries ?? 0;
}

describe('a dependency that came down while many more retries came than first tries', () => {
  it('has room for as many retries as first tries', () => {
    expect(roomAfterOverrun({ outages: 0, apartSeconds: 0 })).toBe(30);
  });

  it('has room for more where it comes down as often without', () => {
    expect(roomAfterOverrun({ outages: 15, apartSeconds: 90 })).toBe(75);
  });

  it('control: has not where it comes down as many times in a longer time', () => {
    expect(roomAfterOverrun({ outages: 15, apartSeconds: 600 })).toBe(30);
  });
});
