import type { Alternative } from '@smart-retry/domain';
import { toFourDigits } from './four-digits.js';
import { correctChance, type Correction } from './odds-correction.js';

type Alternatives = readonly Alternative[];

interface Shown extends Pick<Correction, 'shift' | 'deviation'> {
  readonly alternatives: Alternatives;
}

/** What was last shown of alternatives that are said to many jobs: between two outcomes the correction is the same for all. */
const lastShown = new WeakMap<Alternatives, Shown>();

/**
 * Alternatives as the answer beside them is shown: with the same shift of log-odds, so that of two delays the one looks likelier that
 * was thought likelier. Their values are those that decided. Frozen, and the very same ones again, where the given ones are frozen.
 */
export function correctAlternatives(alternatives: Alternatives, correction: Correction): Alternatives {
  const { shift, deviation } = correction;
  if (shift === 0) return alternatives;
  const last = lastShown.get(alternatives);
  if (last !== undefined && last.shift === shift && last.deviation === deviation) return last.alternatives;
  const shown = alternatives.map(({ delayMs, estimatedSuccess, value, whyNot }) => ({
    delayMs,
    estimatedSuccess: toFourDigits(correctChance(estimatedSuccess, correction)),
    value,
    whyNot,
  }));
  if (Object.isFrozen(alternatives))
    lastShown.set(alternatives, { shift, deviation, alternatives: Object.freeze(shown) });
  return shown;
}
