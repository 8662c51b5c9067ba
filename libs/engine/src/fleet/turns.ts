import { LRUCache } from 'lru-cache';
import type { EpochMs } from '@smart-retry/domain';
import type { Turn } from '@smart-retry/guardrails';
import { hasJobId, jobAttemptKey, type JobAttempt } from '../job-attempt-key.js';
import type { SpentUnits } from './window-places.js';

export interface BookedTurn extends Turn {
  readonly dependency: string;
  readonly units: number;
  /** What it has taken of limits, beside the dependency's budget. */
  readonly spent: readonly SpentUnits[];
  /** When this process told the job to ask again; null where it did not. */
  readonly asksAtMs: EpochMs | null;
  /** When it asked for the first time; null where another process was asked. */
  readonly failedAtMs: EpochMs | null;
}

type Asked = Omit<JobAttempt, 'jobId'> & { readonly jobId?: string | undefined };

/** What jobs have been promised: a place in the budget, or that they have waited. Bounded: the oldest promises go first. */
export class Turns {
  readonly #turns: LRUCache<string, BookedTurn>;

  constructor({ maxTurns }: { readonly maxTurns: number }) {
    this.#turns = new LRUCache({ max: maxTurns });
  }

  /** Null for a job without an id: it cannot be told from others. */
  find(job: Asked): BookedTurn | null {
    return hasJobId(job) ? (this.#turns.get(jobAttemptKey(job)) ?? null) : null;
  }

  /** A look, which does not keep it any longer. */
  peek(job: Asked): BookedTurn | null {
    return hasJobId(job) ? (this.#turns.peek(jobAttemptKey(job)) ?? null) : null;
  }

  keep(job: Asked, turn: BookedTurn): void {
    if (hasJobId(job)) this.#turns.set(jobAttemptKey(job), turn);
  }

  /** Forgets what jobs that call the dependency were promised. */
  forget(dependency: string): void {
    for (const [key, turn] of this.#turns.entries()) if (turn.dependency === dependency) this.#turns.delete(key);
  }

  /** Answers what was promised. */
  drop(job: Asked): BookedTurn | null {
    const turn = this.find(job);
    if (turn !== null && hasJobId(job)) this.#turns.delete(jobAttemptKey(job));
    return turn;
  }
}
