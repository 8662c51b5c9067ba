import { dependencyOf } from '@smart-retry/domain';
import { HEALTH_PREFIX, isCategorical, type CategoricalFeature } from './feature-names.js';
import { columnsOf, type FeatureSchema, type FeatureSpec } from './feature-schema.js';
import type { ModelContext } from './model-context.js';
import { TargetEncoder } from './target-encoding.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;
const DAYS = 7;
/** 1970-01-01 was a Thursday: day 4, where Sunday is 0. */
const FIRST_DAY = 4;

type Writer = (context: ModelContext, out: Float64Array, at: number) => void;

/** Turns contexts and delays into numbers; the same code where a model is trained and where it serves. NaN is "missing". */
export class Encoder {
  readonly columns: readonly FeatureSpec[];
  /** Columns in a row. */
  readonly width: number;
  readonly #writers: readonly (readonly [number, Writer])[];
  readonly #delayColumn: number;
  readonly #hourColumn: number;
  readonly #retryHourColumn: number;
  readonly #ageColumn: number;
  readonly #retryAgeColumn: number;
  #age = 0;
  #ageMs = 0;

  constructor(schema: FeatureSchema) {
    this.columns = columnsOf(schema);
    this.width = this.columns.length;
    const indexOf = (wanted: string) => this.columns.findIndex(({ name }) => name === wanted);
    this.#delayColumn = indexOf('delay_ms');
    this.#hourColumn = indexOf('time_of_day');
    this.#retryHourColumn = indexOf('time_of_day.at_retry');
    this.#ageColumn = indexOf('incident_age_ms');
    this.#retryAgeColumn = indexOf('incident_age_ms.at_retry');
    this.#writers = this.columns.flatMap((column, i) => {
      const writer = writerOf(column, schema);
      return writer === undefined ? [] : [[i, writer] as const];
    });
  }

  /** Writes the columns that do not depend on the delay to `out`, from index `at`. */
  encodeContext(context: ModelContext, out: Float64Array, at = 0): void {
    for (const [i, write] of this.#writers) write(context, out, at + i);
  }

  /** Writes the columns that depend on the delay (ms, ≥ 0) beside those of its context, which `out` holds from index `at`. */
  encodeDelay(delayMs: number, out: Float64Array, at = 0): void {
    const waited = Math.log1p(delayMs);
    out[at + this.#delayColumn] = waited;
    if (this.#retryAgeColumn !== -1) {
      const age = out[at + this.#ageColumn] ?? Number.NaN;
      // The same for all delays of a failure.
      if (age !== this.#age) [this.#age, this.#ageMs] = [age, Math.expm1(age)];
      out[at + this.#retryAgeColumn] = Math.log1p(this.#ageMs + delayMs);
    }
    if (this.#retryHourColumn === -1) return;
    const hour = (out[at + this.#hourColumn] ?? Number.NaN) + delayMs / HOUR_MS;
    out[at + this.#retryHourColumn] = hour < HOURS ? hour : hour % HOURS;
  }
}

function writerOf({ name, feature }: FeatureSpec, schema: FeatureSchema): Writer | undefined {
  if (isCategorical(feature)) {
    const encoder = new TargetEncoder(schema.targetEncodings[feature] ?? { values: [], buckets: [] });
    return (context, out, at) => {
      out[at] = encoder.encode(textOf(feature, context));
    };
  }
  const cycle = CYCLES[name];
  if (cycle !== undefined) return cycle;
  const read = name.startsWith(HEALTH_PREFIX) ? healthReader(name.slice(HEALTH_PREFIX.length)) : NUMBERS[name];
  if (read === undefined) return undefined;
  return (context, out, at) => {
    out[at] = read(context) ?? Number.NaN;
  };
}

/** The value of a categorical feature. */
export function textOf(feature: CategoricalFeature, context: ModelContext): string | undefined {
  switch (feature) {
    case 'job_type':
      return context.jobType;
    case 'error_class':
      return context.errorClass;
    case 'error_code':
      return context.errorCode;
    case 'queue':
      return context.queue;
    case 'tenant':
      return context.tenant;
    case 'worker_version':
      return context.workerVersion;
    case 'dependency':
      return dependencyOf(context);
  }
}

function healthReader(signal: string): (context: ModelContext) => number | undefined {
  return ({ health }) => (health !== undefined && Object.hasOwn(health, signal) ? health[signal] : undefined);
}

/** Where the sine and the cosine of each day of the week are: asked for at every failure. */
const DAY_ANGLES = Array.from({ length: DAYS }, (_, day) => (2 * Math.PI * day) / DAYS);
const DAY_SINES = Float64Array.from(DAY_ANGLES, (angle) => Math.sin(angle));
const DAY_COSINES = Float64Array.from(DAY_ANGLES, (angle) => Math.cos(angle));

/** Columns that come in threes: a place on a circle, its sine and its cosine. */
const CYCLES: Readonly<Record<string, Writer>> = {
  time_of_day(context, out, at) {
    const hour = hourOf(context);
    const angle = (2 * Math.PI * hour) / HOURS;
    out[at] = hour;
    out[at + 1] = Math.sin(angle);
    out[at + 2] = Math.cos(angle);
  },
  day_of_week(context, out, at) {
    const day = dayOf(context);
    out[at] = day;
    out[at + 1] = DAY_SINES[day] ?? Number.NaN;
    out[at + 2] = DAY_COSINES[day] ?? Number.NaN;
  },
};

const NUMBERS: Readonly<Record<string, (context: ModelContext) => number | undefined>> = {
  attempt_number: (context) => context.attemptNumber,
  payload_size: (context) => log1p(context.payloadSize),
  since_last_failure_ms: (context) => log1p(context.sinceLastFailureMs),
  recent_failures: (context) => log1p(context.recentFailures),
  incident_age_ms: (context) => log1p(context.incidentAgeMs),
  avg_processing_time_ms: (context) => log1p(context.avgProcessingTimeMs),
  fast_mean: (context) => context.fastMean,
  slow_mean: (context) => context.slowMean,
};

function log1p(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.log1p(Math.max(0, value));
}

/** Hour of the day in UTC, [0, 24), with its fraction where the moment is known, whoever told the hour; NaN when nothing is. */
function hourOf({ failedAtMs, timeOfDay }: ModelContext): number {
  if (failedAtMs === undefined) return timeOfDay ?? Number.NaN;
  const hour = (failedAtMs / HOUR_MS) % HOURS;
  return timeOfDay === undefined ? hour : Math.floor(timeOfDay) + (hour % 1);
}

/** Day of the week in UTC, Sunday 0; NaN when the moment is not known. */
function dayOf({ failedAtMs }: ModelContext): number {
  if (failedAtMs === undefined) return Number.NaN;
  return (Math.floor(failedAtMs / (HOUR_MS * HOURS)) + FIRST_DAY) % DAYS;
}
