import { LRUCache } from 'lru-cache';
import type { Turn } from '@smart-retry/guardrails';

export interface BookedTurn extends Turn {
  readonly dependency: string;
  readonly units: number;
}

interface JobAttempt {
  readonly tenant?: string | undefined;
  readonly jobId?: string | undefined;
  readonly attemptNumber: number;
}

/** What jobs have been promised: a place in the budget, or that they have waited. Bounded: the oldest promises go first. */
export class Turns {
  readonly #turns: LRUCache<string, BookedTurn>;

  constructor({ maxTurns }: { readonly maxTurns: number }) {
    this.#turns = new LRUCache({ max: maxTurns });
  }

  /** Null for a job without an id: it cannot be told from others. */
  find(job: JobAttempt): BookedTurn | null {
    const key = keyOf(job);
    return key === null ? null : (this.#turns.get(key) ?? null);
  }

  keep(job: JobAttempt, turn: BookedTurn): void {
    const key = keyOf(job);
    if (key !== null) this.#turns.set(key, turn);
  }

  /** Answers what was promised. */
  drop(job: JobAttempt): BookedTurn | null {
    const key = keyOf(job);
    if (key === null) return null;
    const turn = this.#turns.get(key) ?? null;
    if (turn !== null) this.#turns.delete(key);
    return turn;
  }
}

/** Lengths before texts: labels that contain separators stay apart. */
function keyOf({ tenant = '', jobId, attemptNumber }: JobAttempt): string | null {
  return jobId === undefined ? null : `${attemptNumber}:${tenant.length}:${tenant}${jobId}`;
}
