import { describe, expect, it } from '@jest/globals';
import { DriftMonitor, populationStability } from './drift.js';

const reference = { columns: [{ name: 'x', edges: [1, 2], shares: [0.25, 0.5, 0.25, 0] }] };

function observed(values: readonly number[]): number {
  const monitor = new DriftMonitor(reference);
  for (const value of values) monitor.observe(Float64Array.of(value));
  return monitor.stability().get('x') ?? Number.NaN;
}

describe('populationStability', () => {
  it('is Σ (a − e) ln(a / e)', () => {
    expect(populationStability([0.5, 0.5], [0.4, 0.6])).toBeCloseTo(-0.1 * Math.log(0.8) + 0.1 * Math.log(1.2), 12);
  });

  it('is finite where a bin is empty', () => {
    expect(populationStability([1, 0], [0, 1])).toBeLessThan(20);
  });
});

describe('DriftMonitor', () => {
  it('finds the population that it knows stable, and another one not', () => {
    expect(observed([0, 1, 1.5, 2])).toBeCloseTo(0, 12);
    expect(observed([2, 3, 4, 5])).toBeGreaterThan(0.25);
  });

  it('finds values that go missing', () => {
    expect(observed([0, Number.NaN, 1.5, Number.NaN])).toBeGreaterThan(0.25);
  });
});
