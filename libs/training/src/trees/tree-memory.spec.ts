import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NARROW_STRIDE, TreeMemory } from './tree-memory.js';

const slope = fc.float({ noNaN: true, min: -1, max: 1 });
const matrices = fc
  .record({ rows: fc.integer({ min: 1, max: 40 }), wordsOfARow: fc.integer({ min: 1, max: 3 }) })
  .chain(({ rows, wordsOfARow }) =>
    fc.record({
      rows: fc.constant(rows),
      wordsOfARow: fc.constant(wordsOfARow),
      words: fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), {
        minLength: rows * wordsOfARow,
        maxLength: rows * wordsOfARow,
      }),
      slopes: fc.array(slope, { minLength: 2 * rows, maxLength: 2 * rows }),
      order: fc.shuffledSubarray(
        Array.from({ length: rows }, (_, i) => i),
        { minLength: rows },
      ),
      from: fc.integer({ min: 0, max: rows }),
    }),
  );

describe('the loops in WebAssembly', () => {
  it('sum slopes by column and bin exactly as the obvious loop does', () => {
    fc.assert(
      fc.property(matrices, ({ rows, wordsOfARow, words, slopes, order, from }) => {
        const memory = new TreeMemory({ bytes: 200_000, allocations: 4 });
        const held = {
          words: memory.words(words.length),
          slopes: memory.floats(slopes.length),
          order: memory.words(rows),
          histogram: memory.doubles(4 * wordsOfARow * NARROW_STRIDE),
        };
        held.words.set(words);
        held.slopes.set(slopes);
        held.order.set(order);
        const expected = new Float64Array(held.histogram.length);
        const bins = new Uint8Array(Uint32Array.from(words).buffer);
        for (const row of order.slice(from)) {
          for (let column = 0; column < 4 * wordsOfARow; column++) {
            const at = column * NARROW_STRIDE + 2 * (bins[row * 4 * wordsOfARow + column] ?? 0);
            expected[at] = (expected[at] ?? 0) + (held.slopes[2 * row] ?? 0);
            expected[at + 1] = (expected[at + 1] ?? 0) + (held.slopes[2 * row + 1] ?? 0);
          }
        }
        memory.addRows(held.histogram, { ...held, wordsOfARow }, held, from, rows);
        expect(held.histogram).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('sum slopes by two-byte bin of one column exactly as the obvious loop does', () => {
    const cases = fc.array(
      fc.record({ bin: fc.integer({ min: 0, max: 4_095 }), slopes: fc.tuple(slope, slope), key: fc.nat() }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
        const memory = new TreeMemory({ bytes: 100_000, allocations: 4 });
        const [bins, order] = [memory.shorts(rows.length), memory.words(rows.length)];
        const [slopes, histogram] = [memory.floats(2 * rows.length), memory.doubles(2 * 4_096)];
        bins.set(rows.map(({ bin }) => bin));
        slopes.set(rows.flatMap((row) => row.slopes));
        order.set(rows.map((_, i) => i).sort((a, b) => (rows[a]?.key ?? 0) - (rows[b]?.key ?? 0)));
        const from = Math.floor(share * rows.length);
        const expected = new Float64Array(histogram.length);
        for (const row of order.subarray(from)) {
          const at = 2 * (bins[row] ?? 0);
          expected[at] = (expected[at] ?? 0) + (slopes[2 * row] ?? 0);
          expected[at + 1] = (expected[at + 1] ?? 0) + (slopes[2 * row + 1] ?? 0);
        }
        memory.addColumn(histogram, bins, { order, slopes }, from, rows.length);
        expect(histogram).toEqual(expected);
      }),
    );
  });

  it.each([1, 2])(
    'divide rows as a stable filter does, and leave the others where they are: bins of %i bytes',
    (bytes) => {
      const highest = 256 ** bytes - 1;
      const cases = fc.record({
        column: fc.array(fc.integer({ min: 0, max: highest }), { minLength: 1, maxLength: 50 }),
        wrap: fc.constantFrom(0, 1),
        last: fc.integer({ min: -1, max: highest }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      });
      fc.assert(
        fc.property(cases, ({ column, wrap, last, share }) => {
          const memory = new TreeMemory({ bytes: 1_000, allocations: 3 });
          const bins = bytes === 1 ? memory.bytes(column.length) : memory.shorts(column.length);
          const [order, spare] = [memory.words(column.length), memory.words(column.length)];
          bins.set(column);
          order.set(Array.from(column, (_, i) => i));
          const from = Math.floor(share * column.length);
          const [before, rows] = [[...order.subarray(0, from)], [...order.subarray(from)]];
          const goesLeft = (row: number) => (((column[row] ?? 0) - wrap) & highest) <= last;
          const middle = memory.partition(bins, order, spare, { from, to: column.length, wrap, last });
          const [left, right] = [rows.filter(goesLeft), rows.filter((row) => !goesLeft(row))];
          expect([...order]).toEqual([...before, ...left, ...right]);
          expect(middle).toBe(from + left.length);
        }),
      );
    },
  );

  it('refuse more than they could address', () => {
    expect(() => new TreeMemory({ bytes: 2 ** 32, allocations: 1 })).toThrow('more memory than 4 GiB');
  });
});
