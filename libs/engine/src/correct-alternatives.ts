import type { Alternative } from '@smart-retry/domain';
import { toFourDigits } from './four-digits.js';
import { correctChance, type Correction } from './odds-correction.js';

/**
 * Alternatives as the answer beside them is shown: with the same shift of log-odds, so that of two delays the one looks likelier that
 * was thought likelier. Their values are those that decided.
 */
export function correctAlternatives(
  alternatives: readonly Alternative[],
  correction: Correction,
): readonly Alternative[] {
  if (correction.shift === 0) return alternatives;
  return alternatives.map(({ delayMs, estimatedSuccess, value, whyNot }) => ({
    delayMs,
    estimatedSuccess: toFourDigits(correctChance(estimatedSuccess, correction)),
    value,
    whyNot,
  }));
}
