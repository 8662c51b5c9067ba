import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Runs that differ between two occurrences of one error: UUIDs and other long hexadecimal runs, then numbers. */
const VARIABLE_PARTS = /\b[0-9a-f]{8}(?:-?[0-9a-f]{4,}){2,}\b|\b0x[0-9a-f]+\b|\d+/gi;
const FINGERPRINT_BYTES = 8;

/**
 * A digest (16 hexadecimal digits) that two messages share when they differ only in numbers, ids, case and white space.
 * The message itself, which may hold personal data, is never kept.
 */
export function fingerprintErrorMessage(message: string): string {
  const shape = message.replace(VARIABLE_PARTS, '#').replace(/\s+/g, ' ').trim().toLowerCase();
  return bytesToHex(sha256(utf8ToBytes(`error-message:${shape}`)).subarray(0, FINGERPRINT_BYTES));
}
