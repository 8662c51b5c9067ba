/** `1 / (1 + e^(−z))`. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** `ln(p / (1 − p))`, of p kept within [1e-9, 1 − 1e-9]. */
export function logitOf(probability: number): number {
  const p = Math.min(1 - 1e-9, Math.max(1e-9, probability));
  return Math.log(p / (1 - p));
}
