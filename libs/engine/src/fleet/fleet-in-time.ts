import { LRUCache } from 'lru-cache';
import { dependencyOf, type AttemptCounts, type AttemptRecord, type EpochMs } from '@smart-retry/domain';
import { Fleet, type FleetOptions } from './fleet.js';

/** What happened longer ago than this when it is told is a replay: it says nothing of how a dependency is doing now. */
export const REPLAY_AGE_MS = 600_000;
/** Questions of one replay come in about their order: one that is earlier by more than this begins another. */
const MAX_STEP_BACK_MS = 900_000;
/** Dependencies that are replayed at once; the one unheard of for longest goes first. */
const MAX_REPLAYS = 50;
/** About 100 B each; of one dependency. */
const MAX_TURNS = 10_000;

interface Replay {
  readonly fleet: Fleet;
  /** Of its latest question. */
  nowMs: EpochMs;
}

/**
 * The fleet of the present, and one for each dependency whose past is lived through once more: it sees only what happened
 * then, by the clock of then, and hands out breakers and places of its own, so that a replay is answered as it would have
 * been while the present neither notices it nor has a say in it. Replays are known to this process only.
 */
export class FleetInTime {
  readonly present: Fleet;
  readonly #options: FleetOptions;
  readonly #replays = new LRUCache<string, Replay>({ max: MAX_REPLAYS });

  constructor(options: FleetOptions) {
    this.present = new Fleet(options);
    this.#options = options;
  }

  /** Where a failure of `failedAtMs` at a dependency belongs that is asked about at `receivedAtMs`. */
  at(dependency: string, failedAtMs: EpochMs, receivedAtMs: EpochMs): Fleet {
    if (!isReplay(failedAtMs, receivedAtMs)) return this.present;
    const known = this.#replays.get(dependency);
    const replay = isContinued(known, failedAtMs) ? known : this.#begin(dependency, failedAtMs);
    replay.nowMs = Math.max(replay.nowMs, failedAtMs);
    return replay.fleet;
  }

  /** The same for who only looks: undefined where nothing is known of a replay. */
  peek(dependency: string, failedAtMs: EpochMs, receivedAtMs: EpochMs): Fleet | undefined {
    if (!isReplay(failedAtMs, receivedAtMs)) return this.present;
    const known = this.#replays.peek(dependency);
    return isContinued(known, failedAtMs) ? known.fleet : undefined;
  }

  /** Attempts that have just become durable. */
  noteReports(records: readonly AttemptRecord[], nowMs: EpochMs): void {
    const present = records.filter(({ report }) => !isReplay(report.timestampMs, nowMs));
    this.present.noteReports(present, nowMs);
    if (present.length === records.length) return;
    for (const record of records) {
      const { report } = record;
      if (!isReplay(report.timestampMs, nowMs)) continue;
      const { fleet, nowMs: thenMs } = this.#replayOf(dependencyOf(report), report.timestampMs);
      fleet.noteReports([record], Math.max(thenMs, report.timestampMs));
    }
  }

  /** First tries reported as counts. */
  noteCounts(counts: readonly AttemptCounts[], nowMs: EpochMs): void {
    for (const count of counts) {
      const { windowEndMs } = count;
      if (!isReplay(windowEndMs, nowMs)) {
        this.present.noteCounts([count], nowMs);
        continue;
      }
      const { fleet, nowMs: thenMs } = this.#replayOf(dependencyOf(count), windowEndMs);
      fleet.noteCounts([count], Math.max(thenMs, windowEndMs));
    }
  }

  #replayOf(dependency: string, atMs: EpochMs): Replay {
    return this.#replays.get(dependency) ?? this.#begin(dependency, atMs);
  }

  #begin(dependency: string, atMs: EpochMs): Replay {
    // Operators hold breakers of the present.
    const guardrails = () => ({ ...this.#options.guardrails(), breakerOverrides: [] });
    const replay = { fleet: new Fleet({ guardrails, maxDependencies: 1, maxTurns: MAX_TURNS }), nowMs: atMs };
    this.#replays.set(dependency, replay);
    return replay;
  }
}

function isContinued(replay: Replay | undefined, failedAtMs: EpochMs): replay is Replay {
  return replay !== undefined && failedAtMs >= replay.nowMs - MAX_STEP_BACK_MS;
}

function isReplay(atMs: EpochMs, nowMs: EpochMs): boolean {
  return nowMs - atMs > REPLAY_AGE_MS;
}
