import {
  HYPERPARAMETERS,
  hyperparameterProblems,
  MODEL_TYPES,
  SmartRetryError,
  throwIfProblems,
  type FieldProblem,
  type ModelType,
  type TrainingOrder,
} from '@smart-retry/domain';
import { isFeatureName } from '@smart-retry/ml';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { readDurationMs } from '../http/wire-duration.js';
import { OptionalDuration } from '../http/wire-schemas.js';

const MAX_FEATURES = 200;
const DAY_MS = 86_400_000;
const DEFAULTS = { trainingPeriodMs: 30 * DAY_MS, validationShare: 0.2, crossValidation: 5, seed: 1 };
const ALIASES: Readonly<Record<string, ModelType>> = { gradient_boost: 'gradient_boosting' };
const Nullable = (schema: object) => Type.Optional(Type.Unsafe<number | null>({ ...schema }));

export const TrainBody = named(
  'TrainRequest',
  Type.Object(
    {
      model_type: Type.String({
        enum: [...MODEL_TYPES, ...Object.keys(ALIASES)],
        description: '`gradient_boost` is another name of `gradient_boosting`.',
      }),
      features: Type.Array(Type.String({ minLength: 1, maxLength: 120 }), {
        minItems: 1,
        maxItems: MAX_FEATURES,
        uniqueItems: true,
        description: '`delay_ms` is always an input, listed or not; `health.<name>` is the signal of that name.',
      }),
      training_period: OptionalDuration,
      validation_set: Nullable({
        type: ['number', 'null'],
        minimum: 0.05,
        maximum: 0.5,
        description: 'Share of the retries, the latest, that the model is measured on; default 0.2.',
      }),
      cross_validation: Nullable({
        type: ['integer', 'null'],
        minimum: 0,
        maximum: 20,
        description: 'Folds; 0 or 1: none; default 5.',
      }),
      hyperparameters: Type.Optional(
        Type.Record(
          Type.String({ maxLength: 64 }),
          Type.Unsafe<number | readonly number[]>({
            type: ['number', 'array'],
            items: { type: 'number' },
            minItems: 1,
            maxItems: 10,
          }),
          {
            maxProperties: 20,
            description: `A value, or a list of which the best is searched. ${describeHyperparameters()}`,
          },
        ),
      ),
      seed: Nullable({ type: ['integer', 'null'], description: 'Same data and seed, same model; default 1.' }),
    },
    { additionalProperties: false },
  ),
);
export type TrainBody = Static<typeof TrainBody>;

/** @throws {INVALID_REQUEST} @throws {INVALID_DURATION} naming the field */
export function toTrainingOrder(body: TrainBody): TrainingOrder {
  const modelType = toModelType(body.model_type);
  const hyperparameters = body.hyperparameters ?? {};
  const problems: FieldProblem[] = body.features.flatMap((name, i) =>
    isFeatureName(name) ? [] : [{ path: `features[${i}]`, message: 'is not the name of a feature' }],
  );
  throwIfProblems('INVALID_REQUEST', [...problems, ...hyperparameterProblems(modelType, hyperparameters)]);
  const trainingPeriodMs = readDurationMs('training_period', body.training_period) ?? DEFAULTS.trainingPeriodMs;
  if (!(trainingPeriodMs > 0)) {
    const message = 'must be longer than nothing';
    throw new SmartRetryError('INVALID_REQUEST', `training_period ${message}`, {
      fields: [{ path: 'training_period', message }],
    });
  }
  return {
    modelType,
    features: body.features,
    trainingPeriodMs,
    validationShare: body.validation_set ?? DEFAULTS.validationShare,
    crossValidation: body.cross_validation ?? DEFAULTS.crossValidation,
    hyperparameters,
    seed: body.seed ?? DEFAULTS.seed,
  };
}

/** What each type of model can be told. */
function describeHyperparameters(): string {
  const each = MODEL_TYPES.map((type) => {
    const ranges = Object.entries(HYPERPARAMETERS[type]).map(
      ([name, { min, max, initial }]) => `\`${name}\` ${min} to ${max} (default ${initial})`,
    );
    return `\`${type}\`: ${ranges.join(', ')}`;
  });
  return `${each.join('; ')}.`;
}

function toModelType(text: string): ModelType {
  return MODEL_TYPES.find((type) => type === text) ?? ALIASES[text] ?? 'logistic';
}
