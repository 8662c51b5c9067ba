import type { EpochMs } from './features.js';

/**
 * What a key allows. `recommend`: ask what to do with failed jobs. `record`: report attempts. `read`: see statistics,
 * decisions and configuration. `operate`: change how jobs are retried. `admin`: all of these, and keys.
 */
export const KEY_SCOPES = ['recommend', 'record', 'read', 'operate', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** A key as it is kept: everything but the secret itself. */
export interface ApiKey {
  /** The public part of the key, by which people and stores name it. */
  readonly selector: string;
  /** SHA-256 of the whole key, 32 bytes. The secret has 256 random bits, so the digest needs no salt. */
  readonly digest: Uint8Array;
  /** For people: who or what uses it. */
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** The one tenant that the key may see and touch; null for all of them. */
  readonly tenant: string | null;
  /** Requests a second in each process; null for what the process allows by default. */
  readonly requestsPerSecond: number | null;
  readonly createdAtMs: EpochMs;
  readonly createdBy: string;
  /** From this instant on the key is refused; null for never. */
  readonly expiresAtMs: EpochMs | null;
  /** From this instant on the key is refused because somebody said so; ahead where it is being rotated out. */
  readonly revokedAtMs: EpochMs | null;
  /** About when it was last used, to the minute and not before it was made; null for never. */
  readonly lastUsedAtMs: EpochMs | null;
  /** Selector of the key that it was rotated from; null for one that was made anew. */
  readonly replaces: string | null;
}

/** Whether a key is good at an instant. */
export function isLive(key: Pick<ApiKey, 'expiresAtMs' | 'revokedAtMs'>, nowMs: EpochMs): boolean {
  return nowMs < (key.revokedAtMs ?? Infinity) && nowMs < (key.expiresAtMs ?? Infinity);
}
