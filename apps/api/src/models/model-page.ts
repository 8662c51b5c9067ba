import { SmartRetryError, type ModelVersion } from '@smart-retry/domain';

type Place = Pick<ModelVersion, 'trainedAtMs' | 'version'>;

/** The end of a page of models, as opaque text. */
export function formatModelCursor({ trainedAtMs, version }: Place): string {
  return Buffer.from(JSON.stringify([trainedAtMs, version])).toString('base64url');
}

/** @throws {INVALID_REQUEST} for a cursor that no page gave. */
export function readModelCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  const [trainedAtMs, version] = parse(cursor);
  if (Number.isSafeInteger(trainedAtMs) && typeof version === 'string') {
    return { trainedAtMs: Number(trainedAtMs), version };
  }
  throw invalidCursor();
}

/** @throws {INVALID_REQUEST} for a cursor that no page gave. */
export function readRevisionCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalidCursor();
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function invalidCursor(): SmartRetryError {
  const message = 'must be the next_cursor of a page before';
  return new SmartRetryError('INVALID_REQUEST', `cursor ${message}`, { fields: [{ path: 'cursor', message }] });
}
