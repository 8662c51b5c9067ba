import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fieldsOf, piecesOf, RowWriter, type WrittenRow } from './row-writer.js';

const contentOf = (field: Uint8Array) => {
  const bytes = Buffer.from(field);
  return bytes.readInt32BE(0) === -1 ? null : bytes.subarray(4);
};

const writeText = (writer: RowWriter, texts: readonly (string | undefined)[]): WrittenRow => {
  writer.begin(texts.length);
  texts.forEach((text) => writer.text(text));
  return writer.end();
};

describe('RowWriter', () => {
  it('writes any rows of texts, whatever their length, as they are read', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant(undefined),
      fc.constantFrom(80_000, 150_000, 300_000).map((length) => 'é'.repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 4 }), (rows) => {
        const writer = new RowWriter();
        const written = rows.map((row) => writeText(writer, row));
        const read = written.map((row) => fieldsOf(row).map((field) => contentOf(field)?.toString() ?? null));
        expect(read).toEqual(rows.map((row) => row.map((one) => one?.replaceAll('\0', '\u{fffd}') ?? null)));
      }),
      { numRuns: 30 },
    );
  });

  it('writes numbers and truth values as the server reads them', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double(), fc.constantFrom(0, 1), (whole, number, bit) => {
        const writer = new RowWriter();
        writer.begin(3);
        writer.int8(whole);
        writer.float8(number);
        writer.bool(bit);
        const [first, second, third] = fieldsOf(writer.end()).map(contentOf);
        const read = [first?.readBigInt64BE(), second?.readDoubleBE(), third?.readUInt8()];
        expect(read).toEqual([BigInt(whole), number, bit]);
      }),
    );
  });

  it('gives rows that stand side by side as one piece', () => {
    const writer = new RowWriter();
    const rows = ['a', 'bc', 'd'].map((text) => writeText(writer, [text]));
    expect(piecesOf(rows)).toEqual([Buffer.from('\0\x01\0\0\0\x01a\0\x01\0\0\0\x02bc\0\x01\0\0\0\x01d', 'latin1')]);
    expect(piecesOf(rows.toSpliced(1, 1))).toHaveLength(2);
  });

  describe('memory', () => {
    const large = 'é'.repeat(40_000);
    /** Writes 50 rows; how many chunks they stand in. */
    const chunksOf = (writer: RowWriter, isReleased: boolean) => {
      const chunks = new Set<Buffer>();
      for (let i = 0; i < 50; i++) {
        const row = writeText(writer, [large]);
        chunks.add(row.chunk.bytes);
        if (isReleased) writer.release([row]);
      }
      return chunks.size;
    };

    it('is used again for rows that were released, and not for others', () => {
      expect(chunksOf(new RowWriter(), true)).toBeLessThanOrEqual(2);
      expect(chunksOf(new RowWriter(), false)).toBeGreaterThan(10);
    });

    it('is never that of a row which somebody may still read', () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(100_000), fc.nat(5)), { maxLength: 60 }), (steps) => {
          const writer = new RowWriter();
          const held: { readonly row: WrittenRow; readonly text: string }[] = [];
          steps.forEach(([length, toRelease], i) => {
            const text = String(i % 10).repeat(length);
            held.push({ row: writeText(writer, [text]), text });
            writer.release(held.splice(0, toRelease).map(({ row }) => row));
          });
          const read = held.map(({ row }) => fieldsOf(row).map((field) => contentOf(field)?.toString()));
          expect(read.map(([text]) => text)).toEqual(held.map(({ text }) => text));
        }),
        { numRuns: 50 },
      );
    });
  });
});
