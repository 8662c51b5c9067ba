import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { EVIDENCE_WINDOW_MS } from '@smart-retry/guardrails';
import { hasManyRetries, type Load } from './many-retries.js';

/** How often a breaker opened, and how many first tries there were while it was closed: by those, since it opens by them. */
interface Tally {
  readonly openings: number;
  readonly firstTries: number;
}

/** What is held of the two before anything is known: many retries bring it down as soon as a breaker can tell … */
const UNDER_MANY: Tally = { openings: 8, firstTries: 160 };
/** … and hardly anything else does. */
const OTHERWISE: Tally = { openings: 0, firstTries: 250 };
/** An opening under many retries is blamed on them where they have it open this many times as often. */
const BLAMED_FROM_TIMES = 4;
/** What is known counts half after this long. */
const HALF_LIFE_MS = 3_600_000;
/** An opening this soon after a release is no word of how often others come: what the release let go may have brought it about. */
const RELEASE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Where nobody looks for longer, the rest counts for nothing. */
const MOST_UNSEEN_MS = HALF_LIFE_MS;

interface Looked extends Load {
  /** As it has been since the last look. */
  readonly breaker: BreakerRecord;
}

/**
 * Whether a dependency comes down under many retries because of them, or about as often as it does anyway: a breaker that opens
 * while a line drains has not been opened by the line where outages are dense. Each process works it out, by what is exchanged.
 */
export class Openings {
  #underMany: Tally = { openings: 0, firstTries: 0 };
  #otherwise: Tally = { openings: 0, firstTries: 0 };
  /** As last known. */
  #firstTriesPerSecond = 0;
  #lookedAtMs: EpochMs = 0;

  /** Takes note of the time since the last look. */
  look(called: Looked, nowMs: EpochMs): void {
    const elapsedMs = nowMs - this.#lookedAtMs;
    if (elapsedMs >= 0 && elapsedMs < LOOK_EVERY_MS) return;
    // What was before the first look is not known; and a clock may go back.
    const isKnown = this.#lookedAtMs > 0 && elapsedMs > 0;
    this.#lookedAtMs = nowMs;
    if (!isKnown) return;
    const kept = 2 ** (-elapsedMs / HALF_LIFE_MS);
    this.#underMany = times(this.#underMany, kept);
    this.#otherwise = times(this.#otherwise, kept);
    // Where nobody reports them their number is known in outages and for a while after: what comes later counts, too.
    this.#firstTriesPerSecond = called.pacedFirstTries(nowMs) ?? this.#firstTriesPerSecond;
    const { state, releasedAtMs } = called.breaker;
    if (state !== 'closed') return;
    const inTime = (ms: number): Tally => ({ openings: 0, firstTries: (this.#firstTriesPerSecond * ms) / 1_000 });
    const seenMs = Math.min(EVIDENCE_WINDOW_MS, elapsedMs);
    this.#add(called, inTime(seenMs), nowMs);
    // Nobody asked before that: there were hardly any retries.
    const unseenMs = Math.min(elapsedMs, MOST_UNSEEN_MS, nowMs - (releasedAtMs ?? 0) - RELEASE_MS) - seenMs;
    this.#otherwise = sum(this.#otherwise, inTime(Math.max(0, unseenMs)));
  }

  /** The breaker moves. */
  note({ state, sinceMs }: BreakerRecord, called: Looked): void {
    if (called.breaker.state !== 'closed' || state !== 'open') return;
    this.#add(called, { openings: 1, firstTries: 0 }, sinceMs);
  }

  /** Whether it opens about as often without many retries; false where little is known. */
  comeAnyway(): boolean {
    const rate = (tally: Tally, prior: Tally) =>
      (tally.openings + prior.openings) / (tally.firstTries + prior.firstTries);
    return rate(this.#underMany, UNDER_MANY) < BLAMED_FROM_TIMES * rate(this.#otherwise, OTHERWISE);
  }

  #add(called: Looked, more: Tally, atMs: EpochMs): void {
    const { releasedAtMs } = called.breaker;
    if (hasManyRetries(called, atMs)) this.#underMany = sum(this.#underMany, more);
    else if (atMs - (releasedAtMs ?? 0) >= RELEASE_MS) this.#otherwise = sum(this.#otherwise, more);
  }
}

function times({ openings, firstTries }: Tally, factor: number): Tally {
  return { openings: factor * openings, firstTries: factor * firstTries };
}

function sum(one: Tally, other: Tally): Tally {
  return { openings: one.openings + other.openings, firstTries: one.firstTries + other.firstTries };
}
