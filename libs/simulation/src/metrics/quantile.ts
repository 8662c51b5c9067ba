/** The q-quantile of sorted values, interpolated linearly between neighbours; null without any. */
export function quantile(sorted: readonly number[], q: number): number | null {
  const place = q * (sorted.length - 1);
  const lo = sorted[Math.floor(place)];
  const hi = sorted[Math.ceil(place)];
  return lo === undefined || hi === undefined ? null : lo + (hi - lo) * (place - Math.floor(place));
}

/** Null without any. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
