import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COLUMN_STRIDE } from './histogram.js';
import { TreeMemory } from './tree-memory.js';

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
      slopes: fc.array(fc.float({ noNaN: true, min: -1, max: 1 }), { minLength: 2 * rows, maxLength: 2 * rows }),
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
          histogram: memory.doubles(4 * wordsOfARow * COLUMN_STRIDE),
        };
        held.words.set(words);
        held.slopes.set(slopes);
        held.order.set(order);
        const expected = new Float64Array(held.histogram.length);
        const bins = new Uint8Array(Uint32Array.from(words).buffer);
        for (const row of order.slice(from)) {
          for (let column = 0; column < 4 * wordsOfARow; column++) {
            const at = column * COLUMN_STRIDE + 2 * (bins[row * 4 * wordsOfARow + column] ?? 0);
            expected[at] = (expected[at] ?? 0) + (held.slopes[2 * row] ?? 0);
            expected[at + 1] = (expected[at + 1] ?? 0) + (held.slopes[2 * row + 1] ?? 0);
          }
        }
        memory.addRows(held.histogram, { ...held, wordsOfARow }, held.order, from, rows);
        expect(held.histogram).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('divide rows as a stable filter does, and leave the others where they are', () => {
    const cases = fc.record({
      column: fc.uint8Array({ minLength: 1, maxLength: 50 }),
      wrap: fc.constantFrom(0, 1),
      last: fc.integer({ min: -1, max: 255 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ column, wrap, last, share }) => {
        const memory = new TreeMemory({ bytes: 1_000, allocations: 3 });
        const [bins, order, spare] = [
          memory.bytes(column.length),
          memory.words(column.length),
          memory.words(column.length),
        ];
        bins.set(column);
        order.set(Array.from(column, (_, i) => i));
        const from = Math.floor(share * column.length);
        const [before, rows] = [[...order.subarray(0, from)], [...order.subarray(from)]];
        const goesLeft = (row: number) => (((column[row] ?? 0) - wrap) & 255) <= last;
        const middle = memory.partition(bins, order, spare, { from, to: column.length, wrap, last });
        const [left, right] = [rows.filter(goesLeft), rows.filter((row) => !goesLeft(row))];
        expect([...order]).toEqual([...before, ...left, ...right]);
        expect(middle).toBe(from + left.length);
      }),
    );
  });

  it('refuse more than they could address', () => {
    expect(() => new TreeMemory({ bytes: 2 ** 32, allocations: 1 })).toThrow('more memory than 4 GiB');
  });
});
