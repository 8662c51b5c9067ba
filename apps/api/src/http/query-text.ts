import { SmartRetryError } from '@smart-retry/domain';
import { Type } from 'typebox';
import { LABEL_LENGTH } from './wire-schemas.js';

/** A label to filter by. */
export const FilterLabel = Type.Optional(Type.String({ maxLength: LABEL_LENGTH }));

/** A label of a query string; empty is absent. @throws {INVALID_REQUEST} for text that no store can hold. */
export function readQueryText(path: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!text.includes('\0') && text.isWellFormed()) return text;
  const message = 'must not contain NUL characters or unpaired surrogates';
  throw new SmartRetryError('INVALID_REQUEST', `${path} ${message}`, { fields: [{ path, message }] });
}
