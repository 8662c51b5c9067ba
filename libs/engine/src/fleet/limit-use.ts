import { NEW_BREAKER, type EpochMs, type FleetNews, type FleetShare } from '@smart-retry/domain';
import { FullRun, type SearchTerms } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { NO_TENANT } from './tenant-groups.js';
import { WaitingLines } from './waiting-lines.js';
import type { WindowPlaces } from './window-places.js';

const KEEP_SECONDS = 60;
const NOTHING: ReadonlyMap<number, number> = new Map();
const NO_SUMS = { calls: NOTHING, since: NOTHING, demand: NOTHING, shares: NOTHING, lines: NOTHING } as const;

/** What the jobs use together that share a limit, by the second in which their retries are due. */
export class LimitUse {
  readonly bookings = new SharedSums();
  readonly full = new FullRun();
  usedAtMs: EpochMs = 0;
  #quota: { readonly terms: SearchTerms; readonly view: WindowPlaces } | null = null;
  /** Of this process alone: one line, whoever waits. */
  readonly #line = new WaitingLines();
  #forgottenBefore = 0;

  use(nowMs: EpochMs): void {
    this.usedAtMs = Math.max(this.usedAtMs, nowMs);
    const second = Math.floor(nowMs / 1_000) - KEEP_SECONDS;
    if (second < this.#forgottenBefore + KEEP_SECONDS) return;
    this.#forgottenBefore = second;
    this.bookings.forgetBefore(second);
    this.#line.sums.forgetBefore(this.#line.firstKey(nowMs));
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
    this.#line.noteAsking(NO_TENANT, asksAtMs);
  }

  waitingAt(nowMs: EpochMs): number {
    return this.#line.waitingAt(NO_TENANT, nowMs);
  }

  news(name: string, forgetAtMs: EpochMs): FleetNews {
    const bookings = Math.floor(forgetAtMs / 1_000) - KEEP_SECONDS;
    return {
      kind: 'limit',
      dependency: name,
      added: { ...NO_SUMS, bookings: this.bookings.unshared() },
      forgetBelow: { calls: 0, bookings, since: 0, demand: 0, shares: 0, lines: 0 },
      latest: {},
      breaker: NEW_BREAKER,
      wantedProbes: 0,
    };
  }

  adopt({ sums, isNew }: FleetShare, told: FleetNews): void {
    this.bookings.adopt(sums.bookings, told.added.bookings, isNew);
  }
}
