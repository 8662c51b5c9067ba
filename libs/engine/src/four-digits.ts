/** A chance or a value as it is shown, 0–1: what lies behind the fourth digit says nothing, and is written for each answer. */
export function toFourDigits(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
