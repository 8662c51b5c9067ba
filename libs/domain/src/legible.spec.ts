import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { legible } from './legible.js';

describe('legible', () => {
  it.each([
    ['a line break', 'time\nout\r', String.raw`time\u000aout\u000d`],
    ['a terminal sequence', '\u001b[31mred\u009b', String.raw`\u001b[31mred\u009b`],
    ['a separator of lines', 'a\u2028b\u2029', String.raw`a\u2028b\u2029`],
    ['what turns the direction of reading', 'a\u202eb\u2066\u200f', String.raw`a\u202eb\u2066\u200f`],
  ])('writes out %s', (_, sentence, written) => {
    expect(legible(sentence)).toBe(written);
  });

  it('leaves what people write as it is', () => {
    for (const sentence of ['Müller – 90 % “ok”', 'פעולה', '再試行', '👩‍🔧 \\n'])
      expect(legible(sentence)).toBe(sentence);
  });

  it('leaves one line, and is the same when done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sentence) => {
        const once = legible(sentence);
        expect(once).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(legible(once)).toBe(once);
      }),
    );
  });
});
