import { SmartRetryError, type ChangeEntry, type EpochMs } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { PageLimit } from '../http/page-limit.js';
import { FilterLabel } from '../http/query-text.js';
import { readAll } from '../http/read-all.js';
import { LABEL_LENGTH, Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp, readTimestampMs } from '../http/wire-time.js';

const FilterTime = (what: string) => Type.Optional(Type.String({ maxLength: 64, description: `${what}, RFC 3339.` }));

const ACTOR =
  '`key:<name>/<selector>`, `admin_key`, `api` where no key is asked for, `cli:<user>` of `npm run keys`, or the part of the system that decided: `startup`, `judge`.';

export const AuditParams = Type.Object({
  actor: Type.Optional(Type.String({ maxLength: LABEL_LENGTH, description: ACTOR })),
  action: FilterLabel,
  target: FilterLabel,
  since: FilterTime('From this instant on'),
  until: FilterTime('Before this instant'),
  limit: PageLimit,
  cursor: Type.Optional(Type.String({ maxLength: 64, description: '`next_cursor` of the page before.' })),
});
export type AuditParams = Static<typeof AuditParams>;

const nullableText = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description });

export const AuditEntry = named(
  'AuditEntry',
  Type.Object({
    sequence: Type.Integer({ description: 'Position in the ledger, from 1, without gaps.' }),
    at: Timestamp,
    actor: Type.String({ description: ACTOR }),
    action: Type.String({ description: 'For example `policy.added`.' }),
    target: nullableText("For example a policy's name."),
    reason: nullableText('Why, in the words of whoever did it.'),
    details: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    previous_hash: Type.String(),
    hash: Type.String({ description: 'SHA-256 of everything else in the entry, `previous_hash` included.' }),
  }),
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPageResponse = Type.Object({
  entries: Type.Array(AuditEntry),
  next_cursor: nullableText('Of the next page; null after the last one.'),
});
export type AuditPageResponse = Static<typeof AuditPageResponse>;

export function fromChangeEntry(entry: ChangeEntry): AuditEntry {
  const { sequence, atMs, actor, action, target, reason, details, previousHash, hash } = entry;
  return {
    sequence,
    at: formatTimestamp(atMs),
    actor,
    action,
    target,
    reason,
    details,
    previous_hash: previousHash,
    hash,
  };
}

/** The window `[sinceMs, untilMs)` that is asked for. @throws {INVALID_REQUEST} naming what is no time, and an empty window. */
export function readWindow({ since, until }: Pick<AuditParams, 'since' | 'until'>): {
  readonly sinceMs: EpochMs | undefined;
  readonly untilMs: EpochMs | undefined;
} {
  const { sinceMs, untilMs } = readAll({
    sinceMs: () => readTime('since', since),
    untilMs: () => readTime('until', until),
  });
  if (sinceMs === undefined || untilMs === undefined || sinceMs < untilMs) return { sinceMs, untilMs };
  const message = 'must be earlier than until';
  throw new SmartRetryError('INVALID_REQUEST', `since ${message}`, { fields: [{ path: 'since', message }] });
}

function readTime(path: string, text: string | undefined): EpochMs | undefined {
  return text === undefined || text === '' ? undefined : readTimestampMs(path, text);
}

/** @throws {INVALID_REQUEST} for a cursor that no page gave. */
export function readSequenceCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  const message = 'must be the next_cursor of a page before';
  throw new SmartRetryError('INVALID_REQUEST', `cursor ${message}`, { fields: [{ path: 'cursor', message }] });
}
