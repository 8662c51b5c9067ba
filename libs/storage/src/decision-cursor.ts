import { SmartRetryError, type EpochMs } from '@smart-retry/domain';

/** Where a page of decisions ended: the next one starts below it, by time and then by id. */
export interface DecisionPosition {
  readonly decidedAtMs: EpochMs;
  readonly recommendationId: string;
}

const CURSOR_TEXT = /^(\d{1,16})\.([^\0]{1,256})$/s;

export function formatDecisionCursor({ decidedAtMs, recommendationId }: DecisionPosition): string {
  return `${decidedAtMs}.${recommendationId}`;
}

/** @throws {INVALID_REQUEST} for a text that `formatDecisionCursor` does not write. */
export function parseDecisionCursor(cursor: string): DecisionPosition {
  const [, decidedAt, recommendationId] = CURSOR_TEXT.exec(cursor) ?? [];
  if (decidedAt === undefined || recommendationId === undefined) {
    const message = 'must be the next_cursor of a page before';
    throw new SmartRetryError('INVALID_REQUEST', `cursor: ${message}`, { fields: [{ path: 'cursor', message }] });
  }
  return { decidedAtMs: Number(decidedAt), recommendationId };
}

/** Newest first, ties by id: the order of pages, negative when `a` comes before `b`. */
export function compareNewestFirst(a: DecisionPosition, b: DecisionPosition): number {
  if (a.decidedAtMs !== b.decidedAtMs) return b.decidedAtMs - a.decidedAtMs;
  if (a.recommendationId === b.recommendationId) return 0;
  return a.recommendationId < b.recommendationId ? 1 : -1;
}
