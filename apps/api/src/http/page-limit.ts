import { SmartRetryError } from '@smart-retry/domain';
import { Type } from 'typebox';

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** Entries of a page; query strings are text. */
export const PageLimit = Type.Optional(
  Type.String({ description: `Entries of the page, 1 to ${MAX_LIMIT}; default ${DEFAULT_LIMIT}.` }),
);

/** @throws {INVALID_REQUEST} */
export function readPageLimit(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_LIMIT;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  const message = `must be a whole number from 1 to ${MAX_LIMIT}`;
  throw new SmartRetryError('INVALID_REQUEST', `limit ${message}`, { fields: [{ path: 'limit', message }] });
}
