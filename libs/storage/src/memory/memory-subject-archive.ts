import type { DataSubject, ErasedRecords, ErasureRequest, SubjectArchive, SubjectRecord } from '@smart-retry/domain';
import { erasureEvent } from '../erasure-event.js';
import type { MemoryAttemptStore } from './memory-attempt-store.js';
import type { MemoryChangeLedger } from './memory-change-ledger.js';
import type { MemoryDecisionStore } from './memory-decision-store.js';
import type { MemoryKeptResponses } from './memory-kept-responses.js';

/** What the stores of this process keep of a tenant or job. */
export class MemorySubjectArchive implements SubjectArchive {
  readonly #attempts: MemoryAttemptStore;
  readonly #decisions: MemoryDecisionStore;
  readonly #ledger: MemoryChangeLedger;
  readonly #keptResponses: MemoryKeptResponses;

  constructor(stores: {
    readonly attempts: MemoryAttemptStore;
    readonly decisions: MemoryDecisionStore;
    readonly ledger: MemoryChangeLedger;
    readonly keptResponses: MemoryKeptResponses;
  }) {
    this.#attempts = stores.attempts;
    this.#decisions = stores.decisions;
    this.#ledger = stores.ledger;
    this.#keptResponses = stores.keptResponses;
  }

  async read(subject: DataSubject, take: (record: SubjectRecord) => Promise<void>): Promise<void> {
    for (const report of this.#attempts.reportsOf(subject)) await take({ kind: 'attempt', report });
    for (const counts of this.#attempts.countsOf(subject)) await take({ kind: 'counts', counts });
    for (const decision of this.#decisions.decisionsOf(subject)) await take({ kind: 'decision', decision });
  }

  async erase(subject: DataSubject, request: ErasureRequest): Promise<ErasedRecords> {
    const { keep } = request;
    if (keep !== undefined) this.#keptResponses.assertFree(keep({ attempts: 0, decisions: 0, counts: 0 }));
    const erased = { ...this.#attempts.erase(subject), decisions: this.#decisions.erase(subject) };
    if (keep !== undefined) this.#keptResponses.keep(keep(erased));
    this.#ledger.enter(erasureEvent(subject, request, erased));
    return erased;
  }
}
