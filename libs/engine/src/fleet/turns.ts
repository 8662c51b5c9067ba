import { LRUCache } from 'lru-cache';
import type { EpochMs } from '@smart-retry/domain';
import type { Turn } from '@smart-retry/guardrails';
import type { SpentUnits } from './window-places.js';

export interface BookedTurn extends Turn {
  readonly dependency: string;
  readonly units: number;
  /** What it has taken of limits, beside the dependency's budget. */
  readonly spent: readonly SpentUnits[];
  /** When this process told the job to ask again; null where it did not. */
  readonly asksAtMs: EpochMs | null;
}

interface JobAttempt {
  readonly tenant?: string | undefined;
  readonly jobId?: string | undefined;
  readonly attemptNumber: number;
}

/** What jobs have been promised: a place in the budget, or that they have waited. Bounded: the oldest promises go first. */
export class Turns {
  readonly #turns: LRUCache<string, BookedTurn>;
  /** A question is looked up several times while it is decided. */
  #last: { readonly job: JobAttempt; readonly key: string | null } | null = null;

  constructor({ maxTurns }: { readonly maxTurns: number }) {
    this.#turns = new LRUCache({ max: maxTurns });
  }

  /** Null for a job without an id: it cannot be told from others. */
  find(job: JobAttempt): BookedTurn | null {
    const key = this.#keyOf(job);
    return key === null ? null : (this.#turns.get(key) ?? null);
  }

  keep(job: JobAttempt, turn: BookedTurn): void {
    const key = this.#keyOf(job);
    if (key !== null) this.#turns.set(key, turn);
  }

  /** Answers what was promised. */
  drop(job: JobAttempt): BookedTurn | null {
    const key = this.#keyOf(job);
    if (key === null) return null;
    const turn = this.#turns.get(key) ?? null;
    if (turn !== null) this.#turns.delete(key);
    return turn;
  }

  #keyOf(job: JobAttempt): string | null {
    if (this.#last?.job !== job) this.#last = { job, key: keyOf(job) };
    return this.#last.key;
  }
}

/** Lengths before texts: labels that contain separators stay apart. */
function keyOf({ tenant = '', jobId, attemptNumber }: JobAttempt): string | null {
  return jobId === undefined ? null : `${attemptNumber}:${tenant.length}:${tenant}${jobId}`;
}
