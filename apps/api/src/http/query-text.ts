import { SmartRetryError } from '@smart-retry/domain';
import { Type } from 'typebox';
import { isStorable, UNSTORABLE_MESSAGE } from './unstorable-text.js';
import { LABEL_LENGTH } from './wire-schemas.js';

/** A label to filter by. */
export const FilterLabel = Type.Optional(Type.String({ maxLength: LABEL_LENGTH }));

/** One of some words; empty is absent, as it is for labels. */
export const FilterWord = (words: readonly string[], options: { readonly description?: string } = {}) =>
  Type.Optional(Type.String({ enum: [...words, ''], ...options }));

/** A label of a query string; empty is absent. @throws {INVALID_REQUEST} for text that no store can hold. */
export function readQueryText(path: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (isStorable(text)) return text;
  const message = UNSTORABLE_MESSAGE;
  throw new SmartRetryError('INVALID_REQUEST', `${path} ${message}`, { fields: [{ path, message }] });
}
