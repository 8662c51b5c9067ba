import { LRUCache } from 'lru-cache';
import { dependencyOf, type AttemptCounts, type AttemptRecord, type EpochMs } from '@smart-retry/domain';
import { Fleet, type FleetOptions } from './fleet.js';

const REPLAY_AGE_MS = 600_000;
/** Of one replay is what lies this near to where it is; as long as calls are remembered. */
const NEAR_MS = 900_000;
/** How many times at once one dependency can be replayed at. */
const MAX_PASTS = 3;
/** Jobs that wait in one past. */
const MAX_TURNS = 10_000;

/** Where the replay of one dependency is. */
interface Moment {
  nowMs: EpochMs;
  /** The higher, the later was it asked about. */
  turn: number;
}

/** A fleet for those who live through it once more; each dependency has a clock of its own there. */
interface Past {
  readonly fleet: Fleet;
  readonly moments: LRUCache<string, Moment>;
}

/**
 * The fleet of the present, and some of the past: a replay sees only what happened about then, by the clock of then, and is
 * handed breakers and places of its own, so that it is answered as it would have been, while the present neither notices it
 * nor has a say in it. Replays begin with a question, and are known to this process only.
 */
export class FleetInTime {
  readonly present: Fleet;
  readonly #options: FleetOptions;
  readonly #pasts: Past[] = [];
  #turns = 0;

  constructor(options: FleetOptions) {
    this.present = new Fleet(options);
    this.#options = options;
  }

  /** Where a failure of `failedAtMs` at a dependency belongs that is asked about at `receivedAtMs`. */
  at(dependency: string, failedAtMs: EpochMs, receivedAtMs: EpochMs): Fleet {
    if (!isReplay(failedAtMs, receivedAtMs)) return this.present;
    const past = this.#pastNear(dependency, failedAtMs) ?? this.#begin(dependency, failedAtMs);
    moveOn(past, dependency, failedAtMs).turn = ++this.#turns;
    return past.fleet;
  }

  /** The same for who only looks: undefined where no replay is near. */
  peek(dependency: string, failedAtMs: EpochMs, receivedAtMs: EpochMs): Fleet | undefined {
    return isReplay(failedAtMs, receivedAtMs) ? this.#pastNear(dependency, failedAtMs)?.fleet : this.present;
  }

  /** Attempts that have just become durable. */
  noteReports(records: readonly AttemptRecord[], nowMs: EpochMs): void {
    const present = records.filter(({ report }) => !isReplay(report.timestampMs, nowMs));
    this.present.noteReports(present, nowMs);
    if (present.length === records.length || this.#pasts.length === 0) return;
    for (const record of records) {
      const { timestampMs } = record.report;
      if (isReplay(timestampMs, nowMs))
        this.#tell(dependencyOf(record.report), timestampMs, (fleet, thenMs) => fleet.noteReports([record], thenMs));
    }
  }

  /** First tries reported as counts. */
  noteCounts(counts: readonly AttemptCounts[], nowMs: EpochMs): void {
    for (const count of counts) {
      const { windowEndMs } = count;
      if (!isReplay(windowEndMs, nowMs)) this.present.noteCounts([count], nowMs);
      else this.#tell(dependencyOf(count), windowEndMs, (fleet, thenMs) => fleet.noteCounts([count], thenMs));
    }
  }

  /** News of a time that nobody lives through are of no use: history that is imported is no replay. */
  #tell(dependency: string, atMs: EpochMs, tell: (fleet: Fleet, nowMs: EpochMs) => void): void {
    const past = this.#pastNear(dependency, atMs);
    if (past === undefined) return;
    const { nowMs } = moveOn(past, dependency, atMs);
    tell(past.fleet, nowMs);
  }

  #pastNear(dependency: string, atMs: EpochMs): Past | undefined {
    return this.#pasts.find(({ moments }) => {
      const moment = moments.peek(dependency);
      return moment !== undefined && Math.abs(atMs - moment.nowMs) <= NEAR_MS;
    });
  }

  /** Where the dependency is not replayed yet, or has been left for longest. */
  #begin(dependency: string, atMs: EpochMs): Past {
    const turnIn = ({ moments }: Past) => moments.peek(dependency)?.turn ?? 0;
    const [known] = [...this.#pasts].sort((a, b) => turnIn(a) - turnIn(b));
    const past = known === undefined || (turnIn(known) > 0 && this.#pasts.length < MAX_PASTS) ? this.#add() : known;
    past.fleet.forget(dependency);
    past.moments.set(dependency, { nowMs: atMs, turn: 0 });
    return past;
  }

  #add(): Past {
    const { objective, maxDependencies } = this.#options;
    // Operators hold breakers of the present.
    const guardrails = () => ({ ...this.#options.guardrails(), breakerOverrides: [] });
    const past = {
      fleet: new Fleet({ guardrails, objective, maxDependencies, maxTurns: MAX_TURNS }),
      moments: new LRUCache<string, Moment>({ max: maxDependencies }),
    };
    this.#pasts.push(past);
    return past;
  }
}

/** Answers where the replay is then: it never goes back. */
function moveOn({ moments }: Past, dependency: string, atMs: EpochMs): Moment {
  const moment = moments.get(dependency) as Moment;
  moment.nowMs = Math.max(moment.nowMs, atMs);
  return moment;
}

/** Whether what is told now happened so long ago that it says nothing of how a dependency is doing. */
export function isReplay(atMs: EpochMs, nowMs: EpochMs): boolean {
  return nowMs - atMs > REPLAY_AGE_MS;
}
