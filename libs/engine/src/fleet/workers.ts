import { LRUCache } from 'lru-cache';
import type { EpochMs } from '@smart-retry/domain';
import { Askers } from './askers.js';

/** About 200 B each. */
const MAX_KINDS = 10_000;

interface OfWorker {
  readonly tenant?: string | undefined;
  readonly jobType: string;
}

/** Whether workers ask again, of each tenant and job type by itself: what those of one do is no news of those of another. */
export class Workers {
  readonly #kinds = new LRUCache<string, Askers>({ max: MAX_KINDS });

  noteAgain(job: OfWorker): void {
    this.#kindOf(job).noteAgain();
  }

  noteNever(job: OfWorker, nowMs: EpochMs): void {
    this.#kindOf(job).noteNever(nowMs);
  }

  askAgain(job: OfWorker, nowMs: EpochMs): boolean {
    return this.#kinds.get(keyOf(job))?.askAgainAt(nowMs) ?? true;
  }

  #kindOf(job: OfWorker): Askers {
    const key = keyOf(job);
    let askers = this.#kinds.get(key);
    if (askers === undefined) {
      askers = new Askers();
      this.#kinds.set(key, askers);
    }
    return askers;
  }
}

function keyOf({ tenant = '', jobType }: OfWorker): string {
  return `${tenant.length}:${tenant}${jobType}`;
}
