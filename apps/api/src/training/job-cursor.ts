import { SmartRetryError, type TrainingJob } from '@smart-retry/domain';

type Place = Pick<TrainingJob, 'requestedAtMs' | 'id'>;

const CURSOR = /^(\d{1,16})\.([\w-]{1,128})$/;

export function formatJobCursor({ requestedAtMs, id }: Place): string {
  return `${requestedAtMs}.${id}`;
}

/** @throws {INVALID_REQUEST} for a text that no page gave */
export function parseJobCursor(cursor: string): Place {
  const [, requestedAtMs, id] = CURSOR.exec(cursor) ?? [];
  if (requestedAtMs !== undefined && id !== undefined) return { requestedAtMs: Number(requestedAtMs), id };
  const message = 'must be the next_cursor of a page before';
  throw new SmartRetryError('INVALID_REQUEST', `cursor: ${message}`, { fields: [{ path: 'cursor', message }] });
}
