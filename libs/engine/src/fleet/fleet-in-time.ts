import type { AttemptCounts, AttemptRecord, EpochMs } from '@smart-retry/domain';
import { Fleet, type FleetOptions } from './fleet.js';

/** What happened longer ago than this when it is told is a replay: it says nothing of how a dependency is doing now. */
export const REPLAY_AGE_MS = 600_000;
/** Questions of one replay come in about their order: one that is earlier by more than this begins another. */
const MAX_STEP_BACK_MS = 900_000;

interface Replay {
  readonly fleet: Fleet;
  /** Of its latest question. */
  nowMs: EpochMs;
}

/**
 * The fleet of the present, and one for those who live through the past once more: it sees only what happened then, by
 * the clock of then, and hands out breakers and places of its own, so that a replay is answered as it would have been
 * while the present neither notices it nor has a say in it. A replay is known to this process only.
 */
export class FleetInTime {
  readonly present: Fleet;
  readonly #options: FleetOptions;
  #replay: Replay | null = null;

  constructor(options: FleetOptions) {
    this.present = new Fleet(options);
    this.#options = options;
  }

  /** Where a failure of `failedAtMs` belongs that is asked about at `receivedAtMs`. */
  at(failedAtMs: EpochMs, receivedAtMs: EpochMs): Fleet {
    if (!isReplay(failedAtMs, receivedAtMs)) return this.present;
    const isAnother = this.#replay === null || failedAtMs < this.#replay.nowMs - MAX_STEP_BACK_MS;
    if (isAnother) this.#replay = null;
    const replay = this.#opened(failedAtMs);
    replay.nowMs = Math.max(replay.nowMs, failedAtMs);
    return replay.fleet;
  }

  /** Attempts that have just become durable. */
  noteReports(records: readonly AttemptRecord[], nowMs: EpochMs): void {
    const present = records.filter(({ report }) => !isReplay(report.timestampMs, nowMs));
    this.present.noteReports(present, nowMs);
    if (present.length === records.length) return;
    for (const record of records) {
      const { timestampMs } = record.report;
      if (!isReplay(timestampMs, nowMs)) continue;
      const replay = this.#opened(timestampMs);
      replay.fleet.noteReports([record], Math.max(replay.nowMs, timestampMs));
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
      const replay = this.#opened(windowEndMs);
      replay.fleet.noteCounts([count], Math.max(replay.nowMs, windowEndMs));
    }
  }

  /** Operators hold breakers of the present. */
  #opened(atMs: EpochMs): Replay {
    const guardrails = () => ({ ...this.#options.guardrails(), breakerOverrides: [] });
    this.#replay ??= { fleet: new Fleet({ ...this.#options, guardrails }), nowMs: atMs };
    return this.#replay;
  }
}

function isReplay(atMs: EpochMs, nowMs: EpochMs): boolean {
  return nowMs - atMs > REPLAY_AGE_MS;
}
