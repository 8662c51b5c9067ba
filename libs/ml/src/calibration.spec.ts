import { describe, expect, it } from '@jest/globals';
import { calibrate } from './calibration.js';

describe('calibrate', () => {
  it('leaves a logit alone without a calibration', () => {
    expect(calibrate({ kind: 'none' }, 0)).toBe(0.5);
  });

  it('stretches and shifts logits by Platt', () => {
    expect(calibrate({ kind: 'platt', slope: 2, intercept: 1 }, -0.5)).toBe(0.5);
  });
});
