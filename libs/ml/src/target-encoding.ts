import { hashText } from './hash-text.js';

/**
 * What each value of a categorical feature says of success: smoothed success rates, as logits. Frequent values have an
 * entry of their own, the others share one of a fixed number of buckets by their hash.
 */
export interface TargetEncoding {
  /** `[value, logit]`, sorted by value. */
  readonly values: readonly (readonly [string, number])[];
  /** The logit of each bucket. */
  readonly buckets: readonly number[];
}

/** How a `TargetEncoding` is asked. */
export class TargetEncoder {
  readonly #values: ReadonlyMap<string, number>;
  readonly #buckets: readonly number[];

  constructor({ values, buckets }: TargetEncoding) {
    this.#values = new Map(values);
    this.#buckets = buckets;
  }

  /** The logit of a value; NaN for a missing one. */
  encode(value: string | undefined): number {
    if (value === undefined) return Number.NaN;
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    return this.#buckets[hashText(value) % this.#buckets.length] ?? Number.NaN;
  }
}
