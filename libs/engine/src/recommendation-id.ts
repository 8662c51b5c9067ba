import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { DecisionAction, EpochMs } from '@smart-retry/domain';

/** What a recommendation id carries, so that an outcome can be linked without a look-up. */
export interface RecommendationClaims {
  readonly decision: DecisionAction;
  readonly issuedAtMs: EpochMs;
  readonly attemptNumber: number;
  readonly delayMs: number;
  /** To 16 bits. */
  readonly propensity: number;
  readonly tenant: string;
  readonly jobType: string;
  readonly errorClass: string;
  readonly errorCode: string | undefined;
  /** Random 32 bits that keep two ids of one millisecond apart. */
  readonly nonce: number;
}

/** What can be read back: names only where they were short enough to fit. */
export interface DecodedRecommendationId {
  readonly decision: DecisionAction;
  readonly issuedAtMs: EpochMs;
  readonly attemptNumber: number;
  readonly delayMs: number;
  readonly propensity: number;
  /** Null when class and code did not fit into the id; the outcome is then linked by job or shape. */
  readonly failure: { readonly errorClass: string; readonly errorCode: string | undefined } | null;
  /** Whether the id was issued for this tenant and job type. */
  isFor(job: { readonly tenant: string; readonly jobType: string }): boolean;
}

const VERSION = 1;
const HEADER_BYTES = 28;
const MAC_BYTES = 12;
/** 96 bytes are 128 characters of base64url. */
const MAX_BYTES = 96;
const MAX_ID_LENGTH = 128;
const HAS_FAILURE = 0b100;
const DECISIONS: readonly DecisionAction[] = ['retry', 'defer', 'stop'];
const UINT32_MAX = 2 ** 32 - 1;
const UINT16_MAX = 2 ** 16 - 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Signs and reads recommendation ids: base64url of
 * `version, flags, issuedAt₄₈, propensity₁₆, attempt₃₂, delay₃₂, scope digest₄₈, nonce₃₂, [class, code], HMAC-SHA-256₉₆`.
 */
export class RecommendationIds {
  #keys: readonly Uint8Array[] = [];
  #sign: (message: Uint8Array) => Uint8Array = () => new Uint8Array();

  /** @param key at least 16 random bytes */
  constructor(key: Uint8Array) {
    this.useKey(key);
  }

  /** Signs with this key from now on; ids signed with an earlier one stay readable. */
  useKey(key: Uint8Array): void {
    const keyed = hmac.create(sha256, key);
    this.#keys = [key, ...this.#keys];
    this.#sign = (message) => keyed.clone().update(message).digest();
  }

  encode(claims: RecommendationClaims): string {
    const bytes = new Uint8Array(MAX_BYTES);
    const view = new DataView(bytes.buffer);
    const bodyEnd = writeFailure(bytes, claims);
    view.setUint8(0, VERSION);
    view.setUint8(1, DECISIONS.indexOf(claims.decision) | (bodyEnd > HEADER_BYTES ? HAS_FAILURE : 0));
    view.setUint16(2, Math.floor(claims.issuedAtMs / 2 ** 32));
    view.setUint32(4, claims.issuedAtMs % 2 ** 32);
    view.setUint16(8, Math.round(claims.propensity * UINT16_MAX));
    view.setUint32(10, Math.min(claims.attemptNumber, UINT32_MAX));
    view.setUint32(14, Math.min(claims.delayMs, UINT32_MAX));
    bytes.set(scopeDigest(claims), 18);
    view.setUint32(24, claims.nonce);
    bytes.set(this.#sign(bytes.subarray(0, bodyEnd)).subarray(0, MAC_BYTES), bodyEnd);
    return Buffer.from(bytes.buffer, 0, bodyEnd + MAC_BYTES).toString('base64url');
  }

  /** Null for anything that was not signed here: forged, truncated, of another version. */
  decode(id: string): DecodedRecommendationId | null {
    if (id.length > MAX_ID_LENGTH) return null;
    const bytes = Buffer.from(id, 'base64url');
    const bodyEnd = bytes.length - MAC_BYTES;
    // Decoding is lenient; only the one spelling that was issued is accepted.
    if (bodyEnd < HEADER_BYTES || bytes[0] !== VERSION || bytes.toString('base64url') !== id) return null;
    if (!this.#isSigned(bytes.subarray(0, bodyEnd), bytes.subarray(bodyEnd))) return null;
    const decision = DECISIONS[bytes.readUInt8(1) & 0b11];
    if (decision === undefined) return null;
    const scope = bytes.subarray(18, 24);
    return {
      decision,
      issuedAtMs: bytes.readUInt16BE(2) * 2 ** 32 + bytes.readUInt32BE(4),
      propensity: bytes.readUInt16BE(8) / UINT16_MAX,
      attemptNumber: bytes.readUInt32BE(10),
      delayMs: bytes.readUInt32BE(14),
      failure: (bytes.readUInt8(1) & HAS_FAILURE) === 0 ? null : readFailure(bytes.subarray(HEADER_BYTES, bodyEnd)),
      isFor: (job) => scope.equals(scopeDigest(job)),
    };
  }

  #isSigned(message: Uint8Array, mac: Uint8Array): boolean {
    return this.#keys.some((key) => isEqualInConstantTime(hmac(sha256, key, message).subarray(0, MAC_BYTES), mac));
  }
}

/** Writes class and code behind the header where both fit; answers where the body ends. */
function writeFailure(bytes: Uint8Array, { errorClass, errorCode }: RecommendationClaims): number {
  const lastByte = MAX_BYTES - MAC_BYTES;
  let end = HEADER_BYTES;
  for (const text of [errorClass, errorCode ?? '']) {
    const room = bytes.subarray(end + 1, lastByte);
    const { read, written } = encoder.encodeInto(text, room);
    if (end >= lastByte || read < text.length) return HEADER_BYTES;
    bytes[end] = written;
    end += 1 + written;
  }
  return end;
}

function readFailure(bytes: Uint8Array): DecodedRecommendationId['failure'] {
  const classEnd = 1 + (bytes[0] ?? 0);
  const errorClass = decoder.decode(bytes.subarray(1, classEnd));
  const errorCode = decoder.decode(bytes.subarray(classEnd + 1));
  return { errorClass, errorCode: errorCode === '' ? undefined : errorCode };
}

function scopeDigest({ tenant, jobType }: { readonly tenant: string; readonly jobType: string }): Uint8Array {
  return sha256(encoder.encode(`recommendation-scope:${tenant.length}:${tenant}${jobType}`)).subarray(0, 6);
}

function isEqualInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
