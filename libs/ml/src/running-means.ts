import type { EpochMs } from '@smart-retry/domain';

/** Half-lives of the two means, in milliseconds: ten minutes and seven days. */
const FAST_HALF_LIFE_MS = 600_000;
const SLOW_HALF_LIFE_MS = 604_800_000;
/** Evidence that a mean starts from: half a success, half a failure. */
const PRIOR_WEIGHT = 1;

interface Cell {
  atMs: EpochMs;
  fastSuccesses: number;
  fastTotal: number;
  slowSuccesses: number;
  slowTotal: number;
}

export interface Means {
  readonly fastMean?: number;
  readonly slowMean?: number;
}

interface Failure {
  readonly jobType: string;
  readonly errorClass: string;
}

/**
 * Success rates of retries by (error class, job type), decayed by the clock of the attempts. The same class computes
 * them in training, in one pass over the rows by time, and while serving, from the outcomes as they come; ask before
 * the row's own outcome is observed. Bounded: the cells that were observed longest ago go first.
 */
export class RunningMeans {
  readonly #cells = new Map<string, Cell>();
  readonly #maxCells: number;

  constructor({ maxCells = 10_000 }: { readonly maxCells?: number } = {}) {
    this.#maxCells = maxCells;
  }

  /** Counts one outcome. One that comes late counts by its age. */
  observe(failure: Failure, atMs: EpochMs, outcome: { readonly success: boolean }): void {
    const key = keyOf(failure);
    const cell = this.#cells.get(key) ?? { atMs, fastSuccesses: 0, fastTotal: 0, slowSuccesses: 0, slowTotal: 0 };
    const nowMs = Math.max(atMs, cell.atMs);
    const fastKept = 2 ** ((cell.atMs - nowMs) / FAST_HALF_LIFE_MS);
    const slowKept = 2 ** ((cell.atMs - nowMs) / SLOW_HALF_LIFE_MS);
    const fastWeight = 2 ** ((atMs - nowMs) / FAST_HALF_LIFE_MS);
    const slowWeight = 2 ** ((atMs - nowMs) / SLOW_HALF_LIFE_MS);
    const success = outcome.success ? 1 : 0;
    this.#cells.delete(key);
    this.#cells.set(key, {
      atMs: nowMs,
      fastSuccesses: cell.fastSuccesses * fastKept + success * fastWeight,
      fastTotal: cell.fastTotal * fastKept + fastWeight,
      slowSuccesses: cell.slowSuccesses * slowKept + success * slowWeight,
      slowTotal: cell.slowTotal * slowKept + slowWeight,
    });
    if (this.#cells.size <= this.#maxCells) return;
    for (const oldest of this.#cells.keys()) {
      this.#cells.delete(oldest);
      return;
    }
  }

  /** The means as of `atMs`; none for what was never observed. */
  meansOf(failure: Failure, atMs: EpochMs): Means {
    const cell = this.#cells.get(keyOf(failure));
    if (cell === undefined) return {};
    const ageMs = Math.max(0, atMs - cell.atMs);
    const slowMean = smoothed(cell.slowSuccesses, cell.slowTotal, 2 ** (-ageMs / SLOW_HALF_LIFE_MS), 0.5);
    return {
      fastMean: smoothed(cell.fastSuccesses, cell.fastTotal, 2 ** (-ageMs / FAST_HALF_LIFE_MS), slowMean),
      slowMean,
    };
  }
}

function smoothed(successes: number, total: number, kept: number, prior: number): number {
  return (successes * kept + PRIOR_WEIGHT * prior) / (total * kept + PRIOR_WEIGHT);
}

/** Lengths before texts: labels that contain separators stay apart. */
function keyOf({ errorClass, jobType }: Failure): string {
  return `${errorClass.length}:${errorClass}${jobType}`;
}
