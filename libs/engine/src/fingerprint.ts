import { sha256Hex } from './digest.js';

/** What differs between two occurrences of one error: UUIDs, other long hexadecimal runs, numbers. */
const VARIABLE_PARTS = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:0x[0-9a-f]+|[0-9a-f]{16,})\b|\d+/gi;
const FINGERPRINT_DIGITS = 16;

/**
 * A digest (16 hexadecimal digits) that two messages share when they differ only in numbers, ids, case and white space.
 * The message itself, which may hold personal data, is never kept.
 */
export function fingerprintErrorMessage(message: string): string {
  const shape = message.replace(VARIABLE_PARTS, '#').replace(/\s+/g, ' ').trim().toLowerCase();
  return sha256Hex(`error-message:${shape}`).slice(0, FINGERPRINT_DIGITS);
}
