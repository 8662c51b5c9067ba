import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import fc from 'fast-check';
import { Likeness } from './likeness.js';

/** Even chances, of which runs of the given length come out the same. */
function independenceOf({ runLength, runs = 400 }: { readonly runLength: number; readonly runs?: number }): number {
  const rng = createRng([1, 2, 3, 4]);
  const likeness = new Likeness();
  for (let run = 0; run < runs; run++) {
    const success = rng() < 0.5;
    for (let i = 0; i < runLength; i++) likeness.note(0.5, { success });
  }
  return likeness.independence;
}

describe('Likeness', () => {
  it('takes outcomes for independent before anything is known', () => {
    expect(new Likeness().independence).toBe(1);
  });

  it('counts outcomes that come in runs for fewer, the fewer the longer the runs', () => {
    expect(independenceOf({ runLength: 1 })).toBeGreaterThan(0.7);
    const [short, long] = [independenceOf({ runLength: 3 }), independenceOf({ runLength: 8 })];
    expect(short).toBeLessThan(0.5);
    expect(long).toBeLessThan(short);
  });

  it('holds some that were picked out for as alike as all, until they show how alike they are themselves', () => {
    const [all, some] = [new Likeness(), new Likeness()];
    const rng = createRng([1, 2, 3, 4]);
    for (let run = 0; run < 100; run++) {
      const success = rng() < 0.5;
      for (let i = 0; i < 8; i++) all.note(0.5, { success });
      if (run === 0) expect(some.independenceAmong(all)).toBeCloseTo(all.independence, 12);
      some.note(0.5, { success });
    }
    expect(all.independence).toBeLessThan(0.2);
    expect(some.independenceAmong(all)).toBeGreaterThan(0.6);
  });

  it('finds nothing alike in what was expected, however long it goes on', () => {
    const likeness = new Likeness();
    for (let i = 0; i < 500; i++) likeness.note(0.999, { success: true });
    expect(likeness.independence).toBeGreaterThan(0.99);
  });

  it('is above 0 and at most 1, whatever is noted', () => {
    const notes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()));
    fc.assert(
      fc.property(notes, (all) => {
        const likeness = new Likeness();
        for (const [expected, success] of all) likeness.note(expected, { success });
        expect(likeness.independence).toBeGreaterThan(0.05);
        expect(likeness.independence).toBeLessThanOrEqual(1);
      }),
    );
  });
});
