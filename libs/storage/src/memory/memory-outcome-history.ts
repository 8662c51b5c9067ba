import {
  taughtOutcomeOf,
  type AttemptRecord,
  type OutcomeHistory,
  type OutcomePage,
  type ReportedOutcome,
  type ReportLookup,
} from '@smart-retry/domain';
import { GroupedIndex } from './grouped-index.js';

/** The outcomes of the attempts that `MemoryAttemptStore` holds, numbered as they come. */
export class MemoryOutcomeHistory implements OutcomeHistory {
  readonly #outcomes = new Map<number, OutcomePage['outcomes'][number]>();
  readonly #numbers = new Map<AttemptRecord, number>();
  readonly #linked = new GroupedIndex<AttemptRecord>();
  #lastNumber = 0;

  add(attempt: AttemptRecord, writeId: number | undefined): void {
    const recommendationId = attempt.link?.recommendationId;
    if (recommendationId !== undefined) this.#linked.add(recommendationId, attempt);
    const outcome = taughtOutcomeOf(attempt);
    if (outcome === null) return;
    this.#lastNumber++;
    this.#numbers.set(attempt, this.#lastNumber);
    this.#outcomes.set(this.#lastNumber, { outcome, ...(writeId !== undefined && { writeId }) });
  }

  remove(attempt: AttemptRecord): void {
    this.#linked.remove(attempt.link?.recommendationId ?? '', attempt);
    const number = this.#numbers.get(attempt);
    if (number === undefined) return;
    this.#numbers.delete(attempt);
    this.#outcomes.delete(number);
  }

  async outcomesAfter(
    cursor: string | null,
    { sinceMs, limit, knownWrites = [] }: Parameters<OutcomeHistory['outcomesAfter']>[1],
  ): Promise<OutcomePage> {
    const [oldestNumber = this.#lastNumber + 1] = this.#outcomes.keys();
    let number = Math.max(oldestNumber - 1, Number(cursor ?? 0));
    const outcomes: OutcomePage['outcomes'][number][] = [];
    while (number < this.#lastNumber && outcomes.length < limit) {
      number++;
      const entry = this.#outcomes.get(number);
      if (entry === undefined || entry.outcome.atMs < sinceMs) continue;
      if (entry.writeId === undefined || !knownWrites.includes(entry.writeId)) outcomes.push(entry);
    }
    return { outcomes, cursor: String(number), isComplete: number === this.#lastNumber };
  }

  async reportedOutcomes(lookups: readonly ReportLookup[]): Promise<readonly (ReportedOutcome | null)[]> {
    return lookups.map(({ recommendationId, fromMs, toMs }) => {
      const [first] = this.#linked
        .get(recommendationId)
        .map(({ report }) => ({ success: report.success, atMs: report.timestampMs }))
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .sort((a, b) => a.atMs - b.atMs);
      return first ?? null;
    });
  }
}
