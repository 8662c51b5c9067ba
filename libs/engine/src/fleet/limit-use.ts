import { NEW_BREAKER, type EpochMs, type FleetNews, type FleetShare } from '@smart-retry/domain';
import { CallTally, slotOf } from './call-tally.js';
import { FullRun, type SearchTerms } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import type { WindowPlaces } from './window-places.js';

const KEEP_SECONDS = 60;
const NOTHING: ReadonlyMap<number, number> = new Map();
const NO_SUMS = { calls: NOTHING, since: NOTHING, demand: NOTHING, shares: NOTHING } as const;

/** What the jobs use together that share a limit, by the second in which their retries are due. */
export class LimitUse {
  readonly bookings = new SharedSums();
  readonly full = new FullRun();
  usedAtMs: EpochMs = 0;
  #quota: { readonly terms: SearchTerms; readonly view: WindowPlaces } | null = null;
  readonly #calls = new CallTally();
  #forgottenBefore = 0;

  use(nowMs: EpochMs): void {
    this.usedAtMs = Math.max(this.usedAtMs, nowMs);
    const second = Math.floor(nowMs / 1_000) - KEEP_SECONDS;
    if (second < this.#forgottenBefore + KEEP_SECONDS) return;
    this.#forgottenBefore = second;
    this.bookings.forgetBefore(second);
    this.#calls.forgetBefore(slotOf(nowMs) - 1);
  }

  /** The quota as jobs see it: the same view as long as its terms are the same. */
  quotaView(terms: SearchTerms, make: () => WindowPlaces): WindowPlaces {
    const known = this.#quota;
    if (known !== null && known.terms.every((term, i) => term === terms[i])) return known.view;
    const view = make();
    this.#quota = { terms, view };
    return view;
  }

  /** A job that this process puts off, and when it will ask. */
  notePutOff(asksAtMs: EpochMs): void {
    this.#calls.notePutOff(1, asksAtMs);
  }

  waitingAt(nowMs: EpochMs): number {
    return this.#calls.waitingAt(nowMs);
  }

  news(name: string, forgetAtMs: EpochMs): FleetNews {
    const bookings = Math.floor(forgetAtMs / 1_000) - KEEP_SECONDS;
    return {
      kind: 'limit',
      dependency: name,
      added: { ...NO_SUMS, bookings: this.bookings.unshared() },
      forgetBelow: { calls: 0, bookings, since: 0, demand: 0, shares: 0 },
      latest: {},
      breaker: NEW_BREAKER,
      wantedProbes: 0,
      mostProbes: 0,
    };
  }

  adopt({ sums, isNew }: FleetShare, told: FleetNews): void {
    this.bookings.adopt(sums.bookings, told.added.bookings, isNew);
  }
}
