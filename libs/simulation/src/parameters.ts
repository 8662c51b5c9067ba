import { createRng } from '@smart-retry/domain';
import { logUniform, uniform } from './random.js';

/** Worlds to tune on, and worlds never looked at while tuning: other seeds, and ranges that are wider or shifted. */
export type Split = 'tuning' | 'held-out';

/** From where a parameter is drawn, once per world; `log`: uniform in its logarithm. */
export interface ParameterRange {
  readonly tuning: readonly [lo: number, hi: number];
  readonly heldOut: readonly [lo: number, hi: number];
  readonly scale?: 'linear' | 'log';
}

/** Draws each parameter within the split's range; the same seed, split and ranges give the same values. */
export function drawParameters<Name extends string>(
  ranges: Readonly<Record<Name, ParameterRange>>,
  seed: number,
  split: Split,
): Readonly<Record<Name, number>> {
  const rng = createRng([seed, split === 'tuning' ? 1 : 2, 0x7061, 0x7261]);
  const values: Partial<Record<Name, number>> = {};
  for (const name of keysOf(ranges)) {
    const { tuning, heldOut, scale = 'linear' } = ranges[name];
    const [lo, hi] = split === 'tuning' ? tuning : heldOut;
    values[name] = scale === 'log' ? logUniform(rng, lo, hi) : uniform(rng, lo, hi);
  }
  return values as Record<Name, number>;
}

function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}
