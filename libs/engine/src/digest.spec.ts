import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMac, sha256Hex, sha256Words } from './digest.js';

describe('createMac', () => {
  it("equals the platform's HMAC-SHA-256 for any key and message, in any order of messages", () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 96 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), messages, (key, all) => {
        const mac = createMac(key, 96);
        for (const message of all) {
          expect(mac(message)).toBe(createHmac('sha256', key).update(message).digest('binary'));
        }
      }),
    );
  });

  it('refuses keys and messages that are too long', () => {
    expect(() => createMac(new Uint8Array(65), 10)).toThrow(RangeError);
    expect(() => createMac(new Uint8Array(32), 10)(new Uint8Array(11))).toThrow(RangeError);
  });
});

describe('sha256Hex', () => {
  it('is SHA-256 of the UTF-8 text', () => {
    // printf 'abc' | sha256sum
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('sha256Words', () => {
  it('are the first 32 digits of the hash, eight a word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const digits = sha256Words(text).map((word) => word.toString(16).padStart(8, '0'));
        expect(digits.join('')).toBe(sha256Hex(text).slice(0, 32));
      }),
    );
  });
});
