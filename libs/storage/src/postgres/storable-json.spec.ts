import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toStorableJson } from './storable-json.js';

describe('toStorableJson', () => {
  it('replaces NUL and halves of characters, and nothing else', () => {
    const value = { a: ['x\0y', '\ud83d', '\udd11🔑'], b: '\u0001\n', n: 1.5, absent: undefined };
    expect(JSON.parse(toStorableJson(value))).toEqual({ a: ['x\ufffdy', '\ufffd', '\ufffd🔑'], b: '\u0001\n', n: 1.5 });
  });

  it('leaves text alone that only looks like an escape', () => {
    expect(JSON.parse(toStorableJson('\\u0000 \\ud83d'))).toBe('\\u0000 \\ud83d');
  });

  it('writes whole characters as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(JSON.parse(toStorableJson([text]))).toEqual([text.replaceAll('\0', '\ufffd')]);
      }),
    );
  });
});
