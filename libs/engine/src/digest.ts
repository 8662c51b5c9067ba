import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

// The one file that knows the platform's hash functions: in JavaScript they cost twice to three times as much.

/** SHA-256 of a UTF-8 text, as 64 hexadecimal digits. Begin the text with its purpose, so that no two purposes share a hash. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A function that answers HMAC-SHA-256 (32 bytes) under `key`. */
export function createMac(key: Uint8Array): (message: Uint8Array) => Buffer {
  const secret: KeyObject = createSecretKey(key);
  return (message) => createHmac('sha256', secret).update(message).digest();
}
