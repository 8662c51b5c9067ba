import { hash } from 'node:crypto';
import { writeBytes } from './short-texts.js';

// The one file that knows the platform's hash function: in JavaScript it costs twice to three times as much.

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** SHA-256 of a UTF-8 text, as 64 hexadecimal digits. Begin the text with its purpose, so that no two purposes share a hash. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** SHA-256 of a UTF-8 text, one character a byte: the cheapest form in which the platform hands a hash over. */
export function sha256Bytes(text: string): string {
  return hash('sha256', text, 'binary');
}

/** The first 128 bits of SHA-256 of a UTF-8 text, as four 32-bit words. */
export function sha256Words(text: string): readonly [number, number, number, number] {
  const bytes = sha256Bytes(text);
  return [wordAt(bytes, 0), wordAt(bytes, 4), wordAt(bytes, 8), wordAt(bytes, 12)];
}

function wordAt(bytes: string, i: number): number {
  const low = (bytes.charCodeAt(i + 1) << 16) | (bytes.charCodeAt(i + 2) << 8) | bytes.charCodeAt(i + 3);
  return ((bytes.charCodeAt(i) << 24) | low) >>> 0;
}

/**
 * A function that answers HMAC-SHA-256 under `key` (at most 64 bytes) of messages of at most `maxBytes`, as 32
 * characters of one byte each: `H((K ⊕ opad) ‖ H((K ⊕ ipad) ‖ message))`.
 *
 * Node's own Hmac makes a stream and a native handle for each message, and a hash that is handed over as a buffer makes
 * memory outside the heap: all of it has to be collected. Two one-shot hashes over buffers that are kept make texts.
 *
 * @see RFC 2104
 */
export function createMac(key: Uint8Array, maxBytes: number): (message: Uint8Array) => string {
  if (key.length > BLOCK_BYTES) throw new RangeError(`a key has at most ${BLOCK_BYTES} bytes, got ${key.length}`);
  const inner = Buffer.alloc(BLOCK_BYTES + maxBytes, 0x36, 'latin1');
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c, 'latin1');
  key.forEach((byte, i) => {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  });
  return (message) => {
    if (message.length > maxBytes)
      throw new RangeError(`a message has at most ${maxBytes} bytes, got ${message.length}`);
    inner.set(message, BLOCK_BYTES);
    writeBytes(outer, hash('sha256', inner.subarray(0, BLOCK_BYTES + message.length), 'binary'), BLOCK_BYTES);
    return hash('sha256', outer, 'binary');
  };
}
