import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { numberText, quote } from './json-text.js';

describe('JSON text', () => {
  it('of any string is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (any, printable) => {
        expect(quote(any)).toBe(JSON.stringify(any));
        expect(quote(printable)).toBe(JSON.stringify(printable));
      }),
    );
  });

  it('of each single UTF-16 unit is what JSON.stringify writes', () => {
    const units = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));
    expect(units.filter((unit) => quote(unit) !== JSON.stringify(unit))).toEqual([]);
  });

  it('of any number is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(numberText(value)).toBe(JSON.stringify(value));
      }),
    );
  });
});
