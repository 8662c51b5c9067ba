import { hashText, logitOf, type TargetEncoding } from '@smart-retry/ml';

/** Values seen less often share buckets. */
const MIN_ROWS_OF_A_VALUE = 20;
const MAX_VALUES = 256;
const BUCKETS = 32;
/** Rows' worth of the overall rate that every rate is mixed with. */
const SMOOTHING = 20;

/** A value with an outcome and its weight. */
export interface Labelled {
  readonly value: string | undefined;
  readonly success: boolean;
  readonly weight: number;
}

/** The values that get an entry of their own, sorted: the most frequent ones. Looks at no outcome. */
export function frequentValues(values: Iterable<string | undefined>, most = MAX_VALUES): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= MIN_ROWS_OF_A_VALUE)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([value]) => value)
    .sort();
}

/** Smoothed success rates of the values, as logits. */
export function learnTargetEncoding(rows: Iterable<Labelled>, frequent: readonly string[]): TargetEncoding {
  const cells = new Map(frequent.map((value) => [value, { successes: 0, total: 0 }]));
  const buckets = Array.from({ length: BUCKETS }, () => ({ successes: 0, total: 0 }));
  const overall = { successes: 0, total: 0 };
  for (const { value, success, weight } of rows) {
    const cell = value === undefined ? undefined : (cells.get(value) ?? buckets[hashText(value) % BUCKETS]);
    for (const counted of [overall, cell]) {
      if (counted === undefined) continue;
      counted.total += weight;
      if (success) counted.successes += weight;
    }
  }
  const prior = overall.total === 0 ? 0.5 : overall.successes / overall.total;
  const logit = ({ successes, total }: { successes: number; total: number }) =>
    logitOf((successes + SMOOTHING * prior) / (total + SMOOTHING));
  return { values: [...cells].map(([value, cell]) => [value, logit(cell)] as const), buckets: buckets.map(logit) };
}
