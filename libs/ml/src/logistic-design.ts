import { textOf, type Encoder } from './encoder.js';
import type { CategoricalFeature } from './feature-names.js';
import type { LogisticDesignSettings } from './logistic-body.js';
import type { ModelContext } from './model-context.js';

/** Delays (ms) at which the effect of waiting may bend. */
const KNOTS_MS = [2_000, 10_000, 60_000, 300_000];
const LOG_KNOTS = KNOTS_MS.map(Math.log1p);
/** The knot at which it may bend differently from context to context. */
const SHARED_KNOT = 2;
const TERMS_PER_COLUMN = 4;
const TERMS_PER_INDICATOR = 3;

/** One term of a logistic regression: where it comes from. */
export interface LogisticTerm {
  readonly name: string;
  readonly feature: string;
}

/**
 * The terms of a logistic regression over (context, delay), in this order. For each column j that does not depend on
 * the delay: `z_j`, `missing_j`, `z_j·z_d`, `z_j·h`; for each indicator: `1`, `z_d`, `h`; then each column that depends
 * on the delay, and each knot's hinge. `z_d` is the standardised log-delay, `h` the hinge at one minute: waiting may help
 * one error and not another.
 */
export class LogisticDesign {
  readonly terms: readonly LogisticTerm[];
  readonly #centers: Float64Array;
  readonly #scales: Float64Array;
  readonly #clip: number;
  readonly #contextColumns: readonly number[];
  readonly #delayColumns: readonly number[];
  readonly #delayColumn: number;
  readonly #firstDelayTerm: number;
  readonly #indicators: LogisticDesignSettings['indicators'];
  /** By feature: where the terms of each of its indicated values begin. */
  readonly #indicated: readonly (readonly [CategoricalFeature, ReadonlyMap<string, number>])[];

  constructor(encoder: Encoder, settings: LogisticDesignSettings) {
    const { columns } = encoder;
    this.#centers = Float64Array.from(settings.centers);
    this.#scales = Float64Array.from(settings.scales);
    this.#clip = settings.clip;
    this.#contextColumns = columns.flatMap(({ dependsOnDelay }, i) => (dependsOnDelay ? [] : [i]));
    this.#delayColumns = columns.flatMap(({ dependsOnDelay }, i) => (dependsOnDelay ? [i] : []));
    this.#delayColumn = columns.findIndex(({ name }) => name === 'delay_ms');
    this.#indicators = settings.indicators;
    const indicated = new Map<CategoricalFeature, Map<string, number>>();
    settings.indicators.forEach(([feature, value], i) => {
      const starts = indicated.get(feature) ?? new Map<string, number>();
      starts.set(value, this.#contextColumns.length * TERMS_PER_COLUMN + i * TERMS_PER_INDICATOR);
      indicated.set(feature, starts);
    });
    this.#indicated = [...indicated];
    this.#firstDelayTerm =
      this.#contextColumns.length * TERMS_PER_COLUMN + settings.indicators.length * TERMS_PER_INDICATOR;
    const contextTerms = columns
      .filter(({ dependsOnDelay }) => !dependsOnDelay)
      .flatMap(({ name, feature }) =>
        [name, `${name} missing`, `${name} × delay`, `${name} × delay beyond 1m`].map((term) => ({
          name: term,
          feature,
        })),
      );
    const indicatorTerms = settings.indicators.flatMap(([feature, value]) =>
      [`${feature} = ${value}`, `${feature} = ${value} × delay`, `${feature} = ${value} × delay beyond 1m`].map(
        (name) => ({ name, feature }),
      ),
    );
    const delayTerms = columns
      .filter(({ dependsOnDelay }) => dependsOnDelay)
      .map(({ name, feature }) => ({ name, feature }));
    const hinges = KNOTS_MS.map((knotMs) => ({ name: `delay beyond ${knotMs} ms`, feature: 'delay_ms' }));
    this.terms = [...contextTerms, ...indicatorTerms, ...delayTerms, ...hinges];
  }

  /** Writes the terms of an encoded row (`row`, from index `at`) to `out`, shape [terms]. */
  write(context: ModelContext, row: Float64Array, at: number, out: Float64Array): void {
    const waited = this.#standardised(row, at, this.#delayColumn);
    const beyond = this.#hinge(row, at, SHARED_KNOT);
    let term = 0;
    for (const column of this.#contextColumns) {
      const z = this.#standardised(row, at, column);
      out[term++] = z;
      out[term++] = Number.isNaN(row[at + column]) ? 1 : 0;
      out[term++] = z * waited;
      out[term++] = z * beyond;
    }
    for (const [feature, value] of this.#indicators) {
      const one = textOf(feature, context) === value ? 1 : 0;
      out[term++] = one;
      out[term++] = one * waited;
      out[term++] = one * beyond;
    }
    for (const column of this.#delayColumns) out[term++] = this.#standardised(row, at, column);
    for (let knot = 0; knot < KNOTS_MS.length; knot++) out[term++] = this.#hinge(row, at, knot);
  }

  /** `[constant, per z_d, per h]`: what the context makes of a logit, to be asked once for all its delays. */
  contextLogits(context: ModelContext, row: Float64Array, weights: Float64Array, out: Float64Array): void {
    let [constant, perWaited, perBeyond] = [0, 0, 0];
    let term = 0;
    for (const column of this.#contextColumns) {
      const value = row[column] ?? Number.NaN;
      if (value !== value) constant += weights[term + 1] ?? 0;
      else {
        const z = this.#standardised(row, 0, column);
        constant += z * (weights[term] ?? 0);
        perWaited += z * (weights[term + 2] ?? 0);
        perBeyond += z * (weights[term + 3] ?? 0);
      }
      term += TERMS_PER_COLUMN;
    }
    for (const [feature, starts] of this.#indicated) {
      const value = textOf(feature, context);
      const first = value === undefined ? undefined : starts.get(value);
      if (first === undefined) continue;
      constant += weights[first] ?? 0;
      perWaited += weights[first + 1] ?? 0;
      perBeyond += weights[first + 2] ?? 0;
    }
    out[0] = constant;
    out[1] = perWaited;
    out[2] = perBeyond;
  }

  /** The logit (without intercept) of one delay, encoded in `row`, after `contextLogits`. */
  delayLogit(row: Float64Array, weights: Float64Array, contextLogits: Float64Array): number {
    const waited = this.#standardised(row, 0, this.#delayColumn);
    let term = this.#firstDelayTerm;
    let logit = (contextLogits[0] ?? 0) + (contextLogits[1] ?? 0) * waited;
    logit += (contextLogits[2] ?? 0) * this.#hinge(row, 0, SHARED_KNOT);
    for (const column of this.#delayColumns) logit += (weights[term++] ?? 0) * this.#standardised(row, 0, column);
    for (let knot = 0; knot < KNOTS_MS.length; knot++) {
      const beyond = this.#hinge(row, 0, knot);
      // Knots rise: the rest is beyond none of them.
      if (beyond === 0) break;
      logit += (weights[term++] ?? 0) * beyond;
    }
    return logit;
  }

  #standardised(row: Float64Array, at: number, column: number): number {
    const clip = this.#clip;
    const z = ((row[at + column] ?? Number.NaN) - (this.#centers[column] ?? 0)) / (this.#scales[column] ?? 1);
    return z !== z ? 0 : z > clip ? clip : z < -clip ? -clip : z;
  }

  #hinge(row: Float64Array, at: number, knot: number): number {
    const beyond = (row[at + this.#delayColumn] ?? 0) - (LOG_KNOTS[knot] ?? 0);
    return beyond > 0 ? beyond : 0;
  }
}
