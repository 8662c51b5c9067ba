import { describe, expect, it } from '@jest/globals';
import { createRng } from '@smart-retry/domain';
import { BayesianMemory } from './bayesian-memory.js';
import { delayBinIndex } from './delay-grid.js';
import { PayloadSizes, sizeBandOf } from './payload-sizes.js';
import { LEAST_CELLS } from './subject-store.js';
import { someContext, T0 } from './testing/builders.js';

const rng = createRng([0x7061, 0x796c, 0x6f61, 0x6473]);

/** First retries of payloads from 200 to 20,000 bytes, and of as many that are a hundred times as large. */
function countRetries(sizes: PayloadSizes, count: number, chanceOf: (isLarge: boolean) => number) {
  for (let i = 0; i < count; i++) {
    const isLarge = i % 2 === 1;
    sizes.count(200 * 100 ** rng() * (isLarge ? 100 : 1), { success: rng() < chanceOf(isLarge) });
  }
}

const teach = (memory: BayesianMemory, count: number, canLargeSucceed: boolean) => {
  for (let i = 0; i < count; i++) {
    const isLarge = i % 2 === 1;
    const context = someContext({ payloadSize: isLarge ? 1e6 : 1e3 });
    memory.learn({ context, delayMs: 2_000, success: canLargeSucceed || !isLarge, atMs: T0 });
  }
};
const chanceOf = (memory: BayesianMemory, payloadSize?: number) => {
  const context = someContext({ payloadSize });
  return memory.refresh(context, T0)?.posteriorFor(context).means[delayBinIndex(2_000)] ?? Number.NaN;
};

describe('PayloadSizes', () => {
  it('finds the size beyond which jobs fail', () => {
    const sizes = new PayloadSizes();
    countRetries(sizes, 60, (isLarge) => (isLarge ? 0 : 0.8));
    const border = sizes.border(null) ?? 0;
    expect(border).toBeGreaterThan(sizeBandOf(10_000));
    expect(border).toBeLessThanOrEqual(sizeBandOf(60_000));
  });

  it.each([
    { worse: 16_000, better: 1_000 },
    { worse: 1_000, better: 16_000 },
  ])('leaves what is not known to fare worse to the half that fares better: $better bytes', ({ worse, better }) => {
    const sizes = new PayloadSizes();
    const between = 4_000;
    const isWithBetter = (bytes: number) => {
      const border = sizes.border(null) ?? Number.NaN;
      return sizeBandOf(bytes) < border === sizeBandOf(better) < border;
    };
    for (let i = 0; i < 30; i++) {
      sizes.count(better, { success: i % 10 !== 0 });
      sizes.count(worse, { success: false });
    }
    expect([isWithBetter(between), isWithBetter(worse)]).toEqual([true, false]);
    // May be bad luck.
    for (let i = 0; i < 2; i++) sizes.count(between, { success: false });
    expect(isWithBetter(between)).toBe(true);
    for (let i = 0; i < 10; i++) sizes.count(between, { success: false });
    expect(isWithBetter(between)).toBe(false);
  });

  it('tells no sizes apart that fare alike', () => {
    const sizes = new PayloadSizes();
    for (let i = 0; i < 100; i++) {
      countRetries(sizes, 20, () => 0.5);
      expect(sizes.border(null)).toBeNull();
    }
  });

  it('stays where it is while both halves teach, though one fares somewhat worse', () => {
    const sizes = new PayloadSizes();
    let border = sizes.border(null);
    let moves = 0;
    for (let i = 1; i <= 8_000; i++) {
      // Log-uniform from 100 bytes to 100 kB.
      const bytes = 100 * 1_000 ** rng();
      sizes.count(bytes, { success: rng() < (bytes < 10_000 ? 0.5 : 0.7) });
      if (i % 10 > 0) continue;
      const next = sizes.border(border);
      const isMove = next === null || border === null || sizes.shareBetween(next, border) > 0.05;
      if (next !== border && isMove) moves++;
      border = next;
    }
    expect(border).not.toBeNull();
    expect(moves).toBeLessThan(4);
  });

  it('does not leave what fails to the half of what does not because some that is larger does not fail either', () => {
    const sizes = new PayloadSizes();
    for (let i = 0; i < 55; i++) sizes.count(1_000, { success: true });
    for (let i = 0; i < 20; i++) sizes.count(100_000, { success: false });
    for (let i = 0; i < 50; i++) sizes.count(10_000_000, { success: true });
    const border = sizes.border(null) ?? Number.NaN;
    expect(border).toBeGreaterThan(sizeBandOf(1_000));
    expect(border).toBeLessThanOrEqual(sizeBandOf(100_000));
  });

  it('keeps a border while it tells anything, and gives it up when sizes have come to fare alike', () => {
    const sizes = new PayloadSizes();
    countRetries(sizes, 60, (isLarge) => (isLarge ? 0 : 0.8));
    const border = sizes.border(null);
    countRetries(sizes, 100, () => 0.5);
    expect(sizes.border(border)).not.toBeNull();
    for (let i = 0; i < 100; i++) countRetries(sizes, 1_000, () => 0.5);
    expect(sizes.border(border)).toBeNull();
  });
});

describe('what BayesianMemory knows of payloads', () => {
  it('is that large ones never succeed and small ones do, where that is so', () => {
    const memory = new BayesianMemory({ maxCells: 1_000 });
    teach(memory, 100, false);
    expect(chanceOf(memory, 1e3)).toBeGreaterThan(0.9);
    expect(chanceOf(memory, 1e6)).toBeLessThan(0.1);
    // Of a job whose payload nobody told, all of the kind are known together.
    expect(chanceOf(memory)).toBeCloseTo(0.5, 1);
  });

  it('holds for delays that were never waited: what failed after minutes is not expected to succeed at once', () => {
    const memory = new BayesianMemory({ maxCells: 1_000 });
    for (let i = 0; i < 300; i++) {
      const isLarge = i % 3 === 0;
      const context = someContext({ payloadSize: isLarge ? 1e6 : 1e3 });
      memory.learn({ context, delayMs: i % 3 === 1 ? 2_000 : 300_000, success: !isLarge, atMs: T0 });
    }
    expect(chanceOf(memory, 1e6)).toBeLessThan(0.2);
    expect(chanceOf(memory, 1e3)).toBeGreaterThan(0.9);
  });

  it('is kept by both halves where the border moves past a few payloads only', () => {
    const memory = new BayesianMemory({ maxCells: 10_000 });
    teach(memory, 400, false);
    const before = chanceOf(memory, 1e6);
    // The first of them fall on the side of the small ones, until the border moves.
    for (let i = 0; i < 15; i++) {
      const context = someContext({ payloadSize: 20_000 });
      memory.learn({ context, delayMs: 2_000, success: false, atMs: T0 });
    }
    expect([chanceOf(memory, 20_000) < 0.1, chanceOf(memory, 1e6) <= before]).toEqual([true, true]);
  });

  it('is one thing for all where they fare alike', () => {
    const memory = new BayesianMemory({ maxCells: 1_000 });
    teach(memory, 100, true);
    const [small, large, all] = [1e3, 1e6, undefined].map((bytes) =>
      memory.refresh(someContext({ payloadSize: bytes }), T0)?.posterior(1, 0),
    );
    expect(small).toEqual(all);
    expect(large).toEqual(all);
  });

  it('is forgotten first where there is no room for it', () => {
    const memory = new BayesianMemory({ maxCells: LEAST_CELLS });
    for (let i = 0; i < 2_000; i++) {
      const context = someContext({
        payloadSize: i % 2 === 1 ? 1e6 : 1e3,
        attemptNumber: 1 + (i % 4),
        incidentAgeMs: 10 ** (i % 8),
        tenant: `tenant ${i}`,
      });
      memory.learn({ context, delayMs: 2_000, success: i % 2 === 0, atMs: T0 });
      expect(memory.size).toBeLessThanOrEqual(LEAST_CELLS);
    }
  });
});
