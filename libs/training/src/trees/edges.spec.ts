import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import fc from 'fast-check';
import { binMatrix } from './binned.js';
import { isWide, learnEdges } from './edges.js';

const edgesOf = (column: Float64Array) => learnEdges(column, 1)[0] ?? new Float64Array();

/** `ids` different values, each in `rowsOfAnId` rows. */
const idsOf = (ids: number, rowsOfAnId: number) => Float64Array.from({ length: ids * rowsOfAnId }, (_, i) => i % ids);

describe('learnEdges', () => {
  it('divide any column into at most 255 bins, each value on the side of its bin', () => {
    const values = fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(Number.NaN)), {
      minLength: 1,
      maxLength: 600,
    });
    fc.assert(
      fc.property(values, (column) => {
        const edges = edgesOf(Float64Array.from(column));
        expect(edges.length).toBeLessThan(255);
        expect([...edges]).toEqual([...new Set(edges)].sort((a, b) => a - b));
        const present = column.filter((value) => !Number.isNaN(value));
        for (const edge of edges) {
          expect(present.some((value) => value <= edge)).toBe(true);
          expect(present.some((value) => value > edge)).toBe(true);
        }
      }),
    );
  });

  it('give each of some thousand values a bin of its own where they repeat', () => {
    const edges = edgesOf(idsOf(3_000, 8));
    expect([...edges]).toEqual(Array.from({ length: 2_999 }, (_, id) => id + 0.5));
    const { columns } = binMatrix(Float64Array.of(Number.NaN, -7, 0, 1_234, 2_999, 4_000), [edges]);
    expect([...(columns[0] ?? [])]).toEqual([0, 1, 1, 1_235, 3_000, 3_000]);
  });

  it('leave 255 bins where values hardly repeat, and where they are estimates', () => {
    expect(isWide(edgesOf(idsOf(3_000, 7)))).toBe(false);
    const rng = createRng([1, 2, 3, 4]);
    expect(edgesOf(Float64Array.from({ length: 10_000 }, rng))).toHaveLength(254);
    expect(learnEdges(idsOf(3_000, 8), 1, new Set([0]))[0]).toHaveLength(254);
  });

  it('hold more different values than bins in quantiles', () => {
    const edges = edgesOf(idsOf(8_000, 8));
    expect(edges).toHaveLength(4_094);
    expect([...edges]).toEqual([...new Set(edges)].sort((a, b) => a - b));
  });

  it('share what a histogram may hold where many columns are wide: never more than 65,520 bins, never fewer than 255', () => {
    const binsOf = (width: number) => {
      const ids = idsOf(500, 8);
      const values = Float64Array.from({ length: ids.length * width }, (_, i) => ids[Math.floor(i / width)] ?? 0);
      return learnEdges(values, width).map(({ length }) => length + 1);
    };
    expect(binsOf(100)).toEqual(new Array(100).fill(500));
    expect(binsOf(200)).toEqual(new Array(200).fill(327));
    expect(binsOf(300)).toEqual(new Array(300).fill(255));
  });
});
