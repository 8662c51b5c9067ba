import type { EpochMs } from '@smart-retry/domain';
import { sharersOf, type LimitView } from '@smart-retry/guardrails';
import { describeRoom, HORIZON_SECONDS, type FleetPlace } from './budget-places.js';
import type { FullRun, SearchTerms } from './full-run.js';
import type { SharedSums } from './shared-sums.js';

/** Room that is given out window by window, and what is booked of it. */
export interface WindowTerms {
  readonly scope: string;
  readonly windowSeconds: number;
  /** Units that the window holds which begins with a second. */
  readonly capacityOf: (fromSecond: number) => number;
  /** What this retry takes, and what an ordinary one takes. */
  readonly units: number;
  readonly unitsPerRetry: number;
  readonly booked: SharedSums;
  /** Under which a second's units are kept in `booked`. */
  readonly keyOf: (second: number) => number;
  readonly place: FleetPlace;
  /** What one of several processes may book of what is left of a window. */
  readonly partOf: (
    left: number,
    window: { readonly fromSecond: number; readonly windowSeconds: number },
    place: FleetPlace,
  ) => number;
  readonly full: FullRun;
  /** What capacities depend on. */
  readonly capacityTerms: SearchTerms;
  /** Whether capacities are 0 for good. */
  readonly isClosed: boolean;
  /** Whether those who wait for it are in a line of their own, and not in that of the dependency. */
  readonly waitsApart: boolean;
  /** How many jobs wait for it without a place, where several processes answer. */
  readonly waitingAt: (nowMs: EpochMs) => number;
  /** Called for a job that is put off, with when it will ask again. */
  readonly notePutOff: (asksAtMs: EpochMs) => void;
}

/** Units that a retry has taken somewhere. */
export interface SpentUnits {
  readonly sums: SharedSums;
  readonly key: number;
  readonly units: number;
}

/** A limit as one process sees it: its part of the room of each aligned window. */
export class WindowPlaces implements LimitView {
  readonly scope: string;
  readonly waitsApart: boolean;
  readonly isClosed: boolean;
  readonly #terms: WindowTerms;
  readonly terms: SearchTerms;
  /** The last window that was added up, as long as nobody else has booked since. */
  readonly #added = { changes: -1, fromSecond: 0, shared: 0, pending: 0 };

  constructor(terms: WindowTerms) {
    this.scope = terms.scope;
    this.isClosed = terms.isClosed;
    this.waitsApart = terms.waitsApart;
    this.#terms = terms;
    this.terms = [...terms.capacityTerms, terms.place.replicas, terms.place.rank];
  }

  firstPlace(wanted: number, draw: number): number | null {
    const { windowSeconds, units, full, booked } = this.#terms;
    const from = full.firstFree({
      from: wanted - (wanted % windowSeconds),
      until: wanted + HORIZON_SECONDS,
      windowSeconds,
      units,
      terms: this.terms,
      version: booked.version,
      hasRoom: (second) => this.#leftIn(second) >= units,
    });
    if (from === null) return null;
    return from <= wanted ? wanted : from + Math.floor(draw * windowSeconds);
  }

  describeLeft(nowMs: EpochMs): string {
    const { windowSeconds, unitsPerRetry, place } = this.#terms;
    const second = Math.floor(nowMs / 1_000);
    const fromSecond = second - (second % windowSeconds);
    let left = 0;
    for (let from = fromSecond; from < fromSecond + 60; from += windowSeconds) left += Math.max(0, this.#leftIn(from));
    const retries = Math.floor(left / unitsPerRetry);
    return describeRoom(retries, place);
  }

  retriesPerSecond(second: number): number {
    return this.unitsPerSecond(second) / this.#terms.units;
  }

  unitsPerSecond(second: number): number {
    const { windowSeconds, capacityOf } = this.#terms;
    return capacityOf(second - (second % windowSeconds)) / windowSeconds;
  }

  waitingAt(nowMs: EpochMs): number {
    return this.#terms.waitingAt(nowMs);
  }

  notePutOff(asksAtMs: EpochMs): void {
    this.#terms.notePutOff(asksAtMs);
  }

  /** Books the retry's units in a second. */
  spend(second: number): SpentUnits {
    const { booked, keyOf, units, windowSeconds } = this.#terms;
    const key = keyOf(second);
    const added = this.#added;
    const isAddedUp = added.changes === booked.changes;
    booked.add(key, units);
    if (isAddedUp) {
      added.changes = booked.changes;
      if (second >= added.fromSecond && second < added.fromSecond + windowSeconds) added.pending += units;
    }
    return { sums: booked, key, units };
  }

  #leftIn(fromSecond: number): number {
    const { windowSeconds, capacityOf, place, partOf } = this.#terms;
    const { shared, pending } = this.#addUp(fromSecond);
    const left = capacityOf(fromSecond) - shared;
    return partOf(Math.max(0, left), { fromSecond, windowSeconds }, place) - pending;
  }

  /** What is booked in a window: a minute has sixty sums, and whoever asks asks about the same one. */
  #addUp(fromSecond: number): { readonly shared: number; readonly pending: number } {
    const added = this.#added;
    const { windowSeconds, booked, keyOf, capacityOf, place } = this.#terms;
    if (added.changes === booked.changes && added.fromSecond === fromSecond) return added;
    const sharers = sharersOf(capacityOf(fromSecond), place);
    let [shared, pending] = [0, 0];
    for (let second = fromSecond; second < fromSecond + windowSeconds; second++) {
      const key = keyOf(second);
      shared += booked.likelyShared(key, sharers);
      pending += booked.pending(key);
    }
    return Object.assign(added, { changes: booked.changes, fromSecond, shared, pending });
  }
}
