import type { EpochMs } from '@smart-retry/domain';
import type { WaitingLine } from '@smart-retry/guardrails';
import type { FleetPlace } from './budget-places.js';
import { SLOT_MS, slotOf } from './call-tally.js';
import type { SearchTerms } from './full-run.js';
import { SharedSums } from './shared-sums.js';
import { TENANT_GROUPS } from './tenant-groups.js';

/** What is counted of those who wait: jobs, by when they ask again; units of budget, by when those come who never do. */
const COUNTS = { asking: 0, told: 1 } as const;
const COUNTS_PER_SLOT = 2;
/** Where several processes answer, whoever waits asks again within these: a minute until a breaker's probes, and a little. */
const ASKING_SLOTS = 15;
/** Further ahead nobody is told to come. */
const HORIZON_SLOTS = 720;
const SLOT_SECONDS = SLOT_MS / 1_000;

/** How fast a line moves: what there is for all that wait in it. */
export interface Pace {
  unitsPerSecond(second: number): number;
  /** What `unitsPerSecond` depends on. */
  readonly terms: SearchTerms;
}

/** Slots `[fromSlot, atSlot)` that were told to as many as the pace allows, and what they leave `over` for those after them. */
interface Walk {
  readonly terms: SearchTerms;
  readonly fromSlot: number;
  atSlot: number;
  over: number;
}

/**
 * Jobs that wait at one dependency without a place, since several processes answer and none promises any: one line for each
 * group of tenants, so that nobody waits behind those of another.
 */
export class WaitingLines {
  readonly sums = new SharedSums();
  /** Until the next exchange ever more is told: a crowd does not look at every slot on the way, each time. */
  readonly #walks = new Map<number, Walk>();

  /** A job is put off, and will ask again. */
  noteAsking(group: number, asksAtMs: EpochMs): void {
    this.sums.add(keyOf('asking', slotOf(asksAtMs), group), 1);
  }

  /** A job is told to come, if it never asks again. */
  noteTold(group: number, comesAtMs: EpochMs, units: number): void {
    this.sums.add(keyOf('told', slotOf(comesAtMs), group), units);
  }

  /** The line as a job sees it whose retry takes so many units; without a pace nobody waits in it. */
  view(
    group: number,
    { pace, units, place }: { readonly pace: Pace | null; readonly units: number; readonly place: FleetPlace },
    nowMs: EpochMs,
  ): WaitingLine {
    return {
      waiting: this.waitingAt(group, nowMs),
      retriesPerSecond: (second) => (pace?.unitsPerSecond(second) ?? 0) / Math.max(1, units),
      untoldMs: (fromMs, draw) => (pace === null ? fromMs : this.untoldMs(group, { fromMs, draw }, { pace, place })),
    };
  }

  /** Jobs that were put off and will ask again. */
  waitingAt(group: number, nowMs: EpochMs): number {
    const now = slotOf(nowMs);
    let waiting = 0;
    for (let slot = now; slot < now + ASKING_SLOTS; slot++) waiting += this.sums.get(keyOf('asking', slot, group));
    return waiting;
  }

  /** Jobs of all groups that will ask again. */
  allWaiting(nowMs: EpochMs): number {
    const first = this.firstKey(nowMs);
    let waiting = 0;
    for (const key of this.sums.keys()) if (key >= first && isAsking(key)) waiting += this.sums.get(key);
    return waiting;
  }

  /**
   * The first time from `fromMs` on that has not been told to as many of the group as its pace allows.
   *
   * @param draw uniform on [0, 1), within five seconds
   */
  untoldMs(
    group: number,
    { fromMs, draw }: { readonly fromMs: EpochMs; readonly draw: number },
    { pace, place }: { readonly pace: Pace; readonly place: FleetPlace },
  ): EpochMs {
    const first = slotOf(fromMs);
    const walk = this.#walkFrom(first, group, [...pace.terms, this.sums.exchanges]);
    for (; walk.atSlot < first + HORIZON_SLOTS; walk.atSlot++) {
      const held = pace.unitsPerSecond(walk.atSlot * SLOT_SECONDS) * SLOT_SECONDS;
      const over = walk.over + this.#toldIn(walk.atSlot, group, place) - held;
      if (over < 0) return Math.max(fromMs, walk.atSlot * SLOT_MS + draw * SLOT_MS);
      walk.over = over;
    }
    return fromMs + HORIZON_SLOTS * SLOT_MS;
  }

  /** Sums below this key are of no use any more. */
  firstKey(nowMs: EpochMs): number {
    return keyOf('asking', slotOf(nowMs), 0);
  }

  #walkFrom(first: number, group: number, terms: SearchTerms): Walk {
    const known = this.#walks.get(group);
    const goesOn =
      known !== undefined &&
      first >= known.fromSlot &&
      first <= known.atSlot &&
      terms.length === known.terms.length &&
      terms.every((term, i) => term === known.terms[i]);
    if (goesOn) return known;
    const walk = { terms, fromSlot: first, atSlot: first, over: 0 };
    this.#walks.set(group, walk);
    return walk;
  }

  /** What this process has told since the last exchange, the others will have, too. */
  #toldIn(slot: number, group: number, { replicas }: FleetPlace): number {
    const key = keyOf('told', slot, group);
    return this.sums.shared(key) + replicas * this.sums.pending(key);
  }
}

function isAsking(key: number): boolean {
  return Math.floor(key / TENANT_GROUPS) % COUNTS_PER_SLOT === COUNTS.asking;
}

function keyOf(count: keyof typeof COUNTS, slot: number, group: number): number {
  return (slot * COUNTS_PER_SLOT + COUNTS[count]) * TENANT_GROUPS + group;
}
