import { LRUCache } from 'lru-cache';
import type { DecisionAction, EpochMs } from '@smart-retry/domain';
import { createMac, sha256Bytes } from './digest.js';
import { writeBytes, writeText } from './short-texts.js';

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
  /** As it was named; absent where it was not. */
  readonly dependency?: string | undefined;
  /** How long the dependency had been failing; kept to 5 % of a second and it together, unknown when absent. */
  readonly incidentAgeMs?: number | undefined;
  /** How long the server asked to wait; kept to 0.02 % of a millisecond and it together. */
  readonly hintMs?: number | undefined;
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
  /** Undefined where it was not known, and in ids of version 1. */
  readonly incidentAgeMs: number | undefined;
  /** Undefined where the server gave none. */
  readonly hintMs: number | undefined;
  /** Null when class and code did not fit into the id; the outcome is then linked by job or shape. */
  readonly failure: { readonly errorClass: string; readonly errorCode: string | undefined } | null;
  /** Undefined where none was named, or it did not fit beside class and code. */
  readonly dependency: string | undefined;
  /** Whether the id was issued for this job type and tenant; for any tenant where none is named. */
  isFor(job: JobScope): boolean;
}

interface JobScope {
  readonly tenant?: string | undefined;
  readonly jobType: string;
}

const WITHOUT_HINT = 2;
const WITH_HINT = 3;
/** Of both kinds there is one that knows the dependency, two versions on. */
const WITH_DEPENDENCY = 2;
/**
 * Where the header ends, by version: version 1 knew no incidents, version 2 knows no hint and is still written without
 * one, as 2 and 3 are without a dependency. Ids live for a day, and replicas are updated one by one.
 */
const HEADER_BYTES_OF: Readonly<Record<number, number>> = {
  1: 28,
  [WITHOUT_HINT]: 29,
  [WITH_HINT]: 31,
  [WITHOUT_HINT + WITH_DEPENDENCY]: 29,
  [WITH_HINT + WITH_DEPENDENCY]: 31,
};
const INCIDENT_AGE_AT = 28;
const HINT_AT = 29;
const MAC_BYTES = 12;
/** 96 bytes are 128 characters of base64url. */
const MAX_BYTES = 96;
const MAX_ID_LENGTH = 128;
const HAS_FAILURE = 0b100;
/** Ids without it, of earlier processes, have one digest of tenant and job type together. */
const HAS_SCOPE_APART = 0b1000;
const DECISIONS: readonly DecisionAction[] = ['retry', 'defer', 'stop'];
const UINT32_MAX = 2 ** 32 - 1;
const UINT16_MAX = 2 ** 16 - 1;
const AGE_STEPS_PER_DOUBLING = 8;
const UNKNOWN_AGE = 255;
const HINT_STEPS_PER_DOUBLING = 2_048;
const SCOPE_AT = 18;
const SCOPE_BYTES = 6;
const TENANT_BYTES = 3;
/** Tenants and job types are few beside jobs: nearly every digest is one that was worked out before. */
const MAX_KNOWN_SCOPES = 1_000;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Answers one character a byte. */
type Mac = (message: Uint8Array) => string;

/**
 * Signs and reads recommendation ids: base64url of
 * `version, flags, issuedAt₄₈, propensity₁₆, attempt₃₂, delay₃₂, tenant digest₂₄, job type digest₂₄, nonce₃₂,
 * incident age₈, [hint₁₆], [dependency], [class, code], HMAC-SHA-256₉₆`.
 */
export class RecommendationIds {
  #current: Mac;
  #earlier: readonly Mac[] = [];
  /** Every id is put together here. */
  readonly #bytes = Buffer.alloc(MAX_BYTES);
  readonly #scopeDigests = new LRUCache<string, string>({ max: MAX_KNOWN_SCOPES });
  /** Failures come in bursts of one kind: most often it is the scope of the id before. */
  #lastScope = { tenant: '', jobType: '', digest: '' };

  /** @param key at least 16 random bytes */
  constructor(key: Uint8Array) {
    this.#current = createMac(key, MAX_BYTES);
  }

  /** Signs with this key from now on; ids signed with an earlier one stay readable. */
  useKey(key: Uint8Array): void {
    this.#earlier = [this.#current, ...this.#earlier];
    this.#current = createMac(key, MAX_BYTES);
  }

  encode(claims: RecommendationClaims): string {
    const bytes = this.#bytes;
    const { hintMs } = claims;
    const version = hintMs === undefined ? WITHOUT_HINT : WITH_HINT;
    const headerEnd = HEADER_BYTES_OF[version] ?? 0;
    const dependencyEnd = writeDependency(bytes, headerEnd, claims);
    const bodyEnd = writeFailure(bytes, dependencyEnd, claims);
    bytes[0] = version + (dependencyEnd > headerEnd ? WITH_DEPENDENCY : 0);
    bytes[1] = DECISIONS.indexOf(claims.decision) | HAS_SCOPE_APART | (bodyEnd > dependencyEnd ? HAS_FAILURE : 0);
    bytes.writeUIntBE(claims.issuedAtMs, 2, 6);
    bytes.writeUInt16BE(Math.round(claims.propensity * UINT16_MAX), 8);
    bytes.writeUInt32BE(Math.min(claims.attemptNumber, UINT32_MAX), 10);
    bytes.writeUInt32BE(Math.min(claims.delayMs, UINT32_MAX), 14);
    writeBytes(bytes, this.#scopeDigest(claims), SCOPE_AT);
    bytes.writeUInt32BE(claims.nonce, 24);
    bytes[INCIDENT_AGE_AT] = packAge(claims.incidentAgeMs);
    if (hintMs !== undefined) bytes.writeUInt16BE(packHint(hintMs), HINT_AT);
    writeBytes(bytes, this.#current(bytes.subarray(0, bodyEnd)), bodyEnd, MAC_BYTES);
    return bytes.toString('base64url', 0, bodyEnd + MAC_BYTES);
  }

  /** Null for anything that was not signed here: forged, truncated, of another version. */
  decode(id: string): DecodedRecommendationId | null {
    if (id.length > MAX_ID_LENGTH) return null;
    const bytes = Buffer.from(id, 'base64url');
    const bodyEnd = bytes.length - MAC_BYTES;
    // Decoding is lenient; only the one spelling that was issued is accepted.
    const version = bytes[0] ?? 0;
    const headerBytes = HEADER_BYTES_OF[version];
    if (headerBytes === undefined || bodyEnd < headerBytes || bytes.toString('base64url') !== id) return null;
    if (!this.#isSigned(bytes.subarray(0, bodyEnd), bytes.subarray(bodyEnd))) return null;
    const flags = bytes.readUInt8(1);
    const decision = DECISIONS[flags & 0b11];
    if (decision === undefined) return null;
    const scope = bytes.toString('latin1', SCOPE_AT, SCOPE_AT + SCOPE_BYTES);
    const hasDependency = version >= WITHOUT_HINT + WITH_DEPENDENCY;
    const dependencyEnd = headerBytes + (hasDependency ? 1 + bytes.readUInt8(headerBytes) : 0);
    return {
      decision,
      issuedAtMs: bytes.readUIntBE(2, 6),
      propensity: bytes.readUInt16BE(8) / UINT16_MAX,
      attemptNumber: bytes.readUInt32BE(10),
      delayMs: bytes.readUInt32BE(14),
      incidentAgeMs: headerBytes > INCIDENT_AGE_AT ? unpackAge(bytes.readUInt8(INCIDENT_AGE_AT)) : undefined,
      hintMs: headerBytes > HINT_AT ? unpackHint(bytes.readUInt16BE(HINT_AT)) : undefined,
      failure: (flags & HAS_FAILURE) === 0 ? null : readFailure(bytes.subarray(dependencyEnd, bodyEnd)),
      dependency: hasDependency ? decoder.decode(bytes.subarray(headerBytes + 1, dependencyEnd)) : undefined,
      isFor: (job) => ((flags & HAS_SCOPE_APART) === 0 ? scope === jointScopeDigest(job) : this.#isInScope(scope, job)),
    };
  }

  #isInScope(scope: string, { tenant, jobType }: JobScope): boolean {
    const own = this.#scopeDigest({ tenant: tenant ?? '', jobType });
    return tenant === undefined ? scope.slice(TENANT_BYTES) === own.slice(TENANT_BYTES) : scope === own;
  }

  /** Six characters of one byte each. */
  #scopeDigest({ tenant, jobType }: { readonly tenant: string; readonly jobType: string }): string {
    const last = this.#lastScope;
    if (last.digest !== '' && last.tenant === tenant && last.jobType === jobType) return last.digest;
    const scope = `${tenant.length}:${tenant}${jobType}`;
    let digest = this.#scopeDigests.get(scope);
    if (digest === undefined) {
      digest =
        sha256Bytes(`recommendation-tenant:${tenant}`).slice(0, TENANT_BYTES) +
        sha256Bytes(`recommendation-job-type:${jobType}`).slice(0, SCOPE_BYTES - TENANT_BYTES);
      this.#scopeDigests.set(scope, digest);
    }
    this.#lastScope = { tenant, jobType, digest };
    return digest;
  }

  #isSigned(message: Uint8Array, mac: Uint8Array): boolean {
    return [this.#current, ...this.#earlier].some((sign) => isEqualInConstantTime(sign(message), mac));
  }
}

function jointScopeDigest({ tenant = '', jobType }: JobScope): string {
  return sha256Bytes(`recommendation-scope:${tenant.length}:${tenant}${jobType}`).slice(0, SCOPE_BYTES);
}

/** Writes the dependency where one is named, and fits beside class and code; answers where it ends. */
function writeDependency(bytes: Buffer, at: number, claims: RecommendationClaims): number {
  const { dependency, errorClass, errorCode = '' } = claims;
  if (dependency === undefined || !fit(MAX_BYTES - MAC_BYTES - at - 2, [dependency, errorClass, errorCode])) return at;
  const written = writeText(bytes, dependency, at + 1);
  bytes[at] = written;
  return at + 1 + written;
}

/** Writes class and code behind that where both fit; answers where the body ends. */
function writeFailure(bytes: Buffer, at: number, { errorClass, errorCode = '' }: RecommendationClaims): number {
  if (!fit(MAX_BYTES - MAC_BYTES - at - 1, [errorClass, errorCode])) return at;
  const classBytes = writeText(bytes, errorClass, at + 1);
  bytes[at] = classBytes;
  return at + 1 + classBytes + writeText(bytes, errorCode, at + 1 + classBytes);
}

function fit(room: number, texts: readonly string[]): boolean {
  let [units, size] = [0, 0];
  for (const text of texts) units += text.length;
  // A UTF-16 unit takes at most three bytes: most texts need no measuring.
  if (3 * units <= room) return true;
  for (const text of texts) size += Buffer.byteLength(text);
  return size <= room;
}

function readFailure(bytes: Uint8Array): DecodedRecommendationId['failure'] {
  const classEnd = 1 + (bytes[0] ?? 0);
  const errorCode = decoder.decode(bytes.subarray(classEnd));
  return {
    errorClass: decoder.decode(bytes.subarray(1, classEnd)),
    errorCode: errorCode === '' ? undefined : errorCode,
  };
}

/** Eight steps to each doubling of one second and the age together: fine for seconds, enough for years. */
function packAge(ageMs: number | undefined): number {
  if (ageMs === undefined) return UNKNOWN_AGE;
  return Math.min(UNKNOWN_AGE - 1, Math.round(AGE_STEPS_PER_DOUBLING * Math.log2(1 + Math.max(0, ageMs) / 1_000)));
}

function unpackAge(packed: number): number | undefined {
  return packed === UNKNOWN_AGE ? undefined : Math.round(1_000 * (2 ** (packed / AGE_STEPS_PER_DOUBLING) - 1));
}

function packHint(hintMs: number): number {
  return Math.min(UINT16_MAX, Math.round(HINT_STEPS_PER_DOUBLING * Math.log2(1 + Math.max(0, hintMs))));
}

function unpackHint(packed: number): number {
  return Math.round(2 ** (packed / HINT_STEPS_PER_DOUBLING) - 1);
}

/** Compares the bytes of `claimed` with as many of `signed`. */
function isEqualInConstantTime(signed: string, claimed: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < claimed.length; i++) difference |= signed.charCodeAt(i) ^ (claimed[i] ?? 0);
  return difference === 0;
}
