import { readFile } from 'node:fs/promises';
import { KEY_SCOPES, type ApiKey, type KeyList, type KeyScope } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { compileSchema } from '../http/compile-schema.js';
import { replaceFile } from '../lifecycle/replace-file.js';
import type { LastKnownKeys } from './live-keys.js';

const nullableTime = Type.Unsafe<number | null>({ type: ['number', 'null'] });
const Saved = Type.Object({
  revision: Type.Integer({ minimum: 0 }),
  keys: Type.Array(
    Type.Object({
      selector: Type.String(),
      digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      name: Type.String(),
      scopes: Type.Array(Type.Unsafe<KeyScope>({ type: 'string', enum: [...KEY_SCOPES] })),
      tenant: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      requestsPerSecond: nullableTime,
      createdAtMs: Type.Number(),
      createdBy: Type.String(),
      expiresAtMs: nullableTime,
      revokedAtMs: nullableTime,
      lastUsedAtMs: nullableTime,
      // Absent in a file of an older version.
      replaces: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
    }),
  ),
});
const checkSaved = compileSchema<Static<typeof Saved>>(Saved);

function fromSaved({ replaces = null, ...key }: Static<typeof Saved>['keys'][number]): ApiKey {
  return { ...key, replaces, digest: Buffer.from(key.digest, 'hex') };
}

/** A copy of the keys' digests in a file that only this user can read, for a start without the store. */
export class LastKnownKeysFile implements LastKnownKeys {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<KeyList | null> {
    try {
      const { revision, keys } = checkSaved(JSON.parse(await readFile(this.#path, 'utf8')));
      return { revision, keys: keys.map(fromSaved) };
    } catch {
      // Missing, half written or of another version.
      return null;
    }
  }

  async save({ revision, keys }: KeyList): Promise<void> {
    const saved = keys.map((key: ApiKey) => ({ ...key, digest: Buffer.from(key.digest).toString('hex') }));
    await replaceFile(this.#path, JSON.stringify({ revision, keys: saved }));
  }
}
