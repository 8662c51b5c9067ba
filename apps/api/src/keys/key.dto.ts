import { isLive, KEY_SCOPES, SmartRetryError, type ApiKey, type EpochMs, type KeyScope } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import {
  LABEL_LENGTH,
  NullableInteger,
  NullableObject,
  NullableText,
  OptionalDuration,
  Timestamp,
} from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';
import { formatTimestamp, readTimestampMs } from '../http/wire-time.js';
import { readDurationMs } from '../http/wire-duration.js';
import type { IssuedKey, WantedKey } from './key-administration.js';

export const MAX_REQUESTS_PER_SECOND = 1_000_000;
const DEFAULT_GRACE_MS = 86_400_000;
const Scopes = Type.Array(Type.Unsafe<KeyScope>({ type: 'string', enum: [...KEY_SCOPES] }), {
  minItems: 1,
  maxItems: KEY_SCOPES.length,
  uniqueItems: true,
  description: '`admin` includes the others. `operate` and `admin` are not for keys bound to a tenant.',
});
const NullableTime = Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'RFC 3339.' });

export const NewKeyBody = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'Who or what uses it; changes are ascribed to it, by name and selector.',
    }),
    scopes: Scopes,
    tenant: Type.Optional(
      NullableText({
        // Of a variable that is not set; a key for all tenants is made by leaving this out.
        minLength: 1,
        maxLength: LABEL_LENGTH,
        description: 'The one tenant that it may see and touch; absent: all.',
      }),
    ),
    requests_per_second: Type.Optional(
      NullableInteger({
        minimum: 1,
        maximum: MAX_REQUESTS_PER_SECOND,
        description: 'In each process; absent: what the process allows by default.',
      }),
    ),
    expires_at: Type.Optional(NullableText({ maxLength: 64, description: 'RFC 3339; absent: never.' })),
  },
  { additionalProperties: false },
);
export type NewKeyBody = Static<typeof NewKeyBody>;

export const RotationBody = NullableObject({ grace: OptionalDuration });
export type RotationBody = Static<typeof RotationBody> | undefined;

export const KeyParams = Type.Object({ selector: Type.String() });

const KeyResponse = named(
  'ApiKey',
  Type.Object({
    selector: Type.String({ description: 'The public part of the key.' }),
    name: Type.String(),
    scopes: Scopes,
    tenant: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    requests_per_second: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    state: Type.String({ enum: ['live', 'ending', 'ended'], description: '`ending`: being rotated out.' }),
    created_at: Timestamp,
    created_by: Type.String(),
    expires_at: NullableTime,
    revoked_at: NullableTime,
    last_used_at: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'To the minute.' }),
    replaces: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Selector of the key that it was rotated from.',
    }),
  }),
);
export type KeyResponse = Static<typeof KeyResponse>;

export const KeyListResponse = Type.Object({ keys: Type.Array(KeyResponse) });
export const KeyRevokedResponse = Type.Object({ status: Type.String(), key: KeyResponse });
export const KeyIssuedResponse = Type.Object({
  status: Type.String(),
  secret: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description:
      'The key itself, to be sent with each request. Shown this once, and kept nowhere: `null` in the answer to a repeat.',
  }),
  key: KeyResponse,
  replaced: Type.Optional(KeyResponse),
});
export type KeyIssuedResponse = Static<typeof KeyIssuedResponse>;

/** @throws {INVALID_REQUEST} */
export function toWantedKey(body: NewKeyBody): WantedKey {
  const expiresAt = optionalText(body.expires_at);
  return {
    name: body.name,
    scopes: body.scopes,
    tenant: optionalText(body.tenant) ?? null,
    requestsPerSecond: body.requests_per_second ?? null,
    expiresAtMs: expiresAt === undefined ? null : readTimestampMs('expires_at', expiresAt),
  };
}

/** @throws {INVALID_REQUEST} @throws {INVALID_DURATION} */
export function toGraceMs(body: RotationBody): number {
  const graceMs = readDurationMs('grace', body?.grace) ?? DEFAULT_GRACE_MS;
  if (graceMs >= 0) return graceMs;
  const message = 'must not be negative';
  throw new SmartRetryError('INVALID_REQUEST', `grace ${message}`, { fields: [{ path: 'grace', message }] });
}

export function fromApiKey(key: ApiKey, nowMs: EpochMs): KeyResponse {
  const time = (atMs: EpochMs | null) => (atMs === null ? null : formatTimestamp(atMs));
  return {
    selector: key.selector,
    name: key.name,
    scopes: [...key.scopes],
    tenant: key.tenant,
    requests_per_second: key.requestsPerSecond,
    state: !isLive(key, nowMs) ? 'ended' : key.revokedAtMs === null ? 'live' : 'ending',
    created_at: formatTimestamp(key.createdAtMs),
    created_by: key.createdBy,
    expires_at: time(key.expiresAtMs),
    revoked_at: time(key.revokedAtMs),
    last_used_at: time(key.lastUsedAtMs),
    replaces: key.replaces,
  };
}

/** As it was issued, or without its text, to be shown again. */
export type ShownKey = Pick<IssuedKey, 'key'> & { readonly text: string | null };

export function fromIssuedKey({ key, text }: ShownKey, replaced: ApiKey | null, nowMs: EpochMs): KeyIssuedResponse {
  return {
    status: 'created',
    secret: text,
    key: fromApiKey(key, nowMs),
    ...(replaced !== null && { replaced: fromApiKey(replaced, nowMs) }),
  };
}
