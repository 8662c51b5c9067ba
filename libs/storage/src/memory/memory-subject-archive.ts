import type { DataSubject, ErasedRecords, SubjectArchive, SubjectRecord } from '@smart-retry/domain';
import { erasureEvent } from '../erasure-event.js';
import type { MemoryAttemptStore } from './memory-attempt-store.js';
import type { MemoryChangeLedger } from './memory-change-ledger.js';
import type { MemoryDecisionStore } from './memory-decision-store.js';

/** What the stores of this process keep of a tenant or job. */
export class MemorySubjectArchive implements SubjectArchive {
  readonly #attempts: MemoryAttemptStore;
  readonly #decisions: MemoryDecisionStore;
  readonly #ledger: MemoryChangeLedger;

  constructor(stores: {
    readonly attempts: MemoryAttemptStore;
    readonly decisions: MemoryDecisionStore;
    readonly ledger: MemoryChangeLedger;
  }) {
    this.#attempts = stores.attempts;
    this.#decisions = stores.decisions;
    this.#ledger = stores.ledger;
  }

  async read(subject: DataSubject, take: (record: SubjectRecord) => Promise<void>): Promise<void> {
    for (const report of this.#attempts.reportsOf(subject)) await take({ kind: 'attempt', report });
    for (const counts of this.#attempts.countsOf(subject)) await take({ kind: 'counts', counts });
    for (const decision of this.#decisions.decisionsOf(subject)) await take({ kind: 'decision', decision });
  }

  async erase(subject: DataSubject, request: Parameters<SubjectArchive['erase']>[1]): Promise<ErasedRecords> {
    const erased = { ...this.#attempts.erase(subject), decisions: this.#decisions.erase(subject) };
    this.#ledger.enter(erasureEvent(subject, request, erased));
    return erased;
  }
}
