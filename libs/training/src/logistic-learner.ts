import {
  Encoder,
  isCategorical,
  LogisticDesign,
  textOf,
  type CategoricalFeature,
  type FeatureSchema,
  type LogisticDesignSettings,
} from '@smart-retry/ml';
import type { Dataset } from './dataset.js';
import { fitLogistic } from './fit-logistic.js';
import type { Fitted, Learner } from './learner.js';
import { frequentValues } from './learn-target-encoding.js';
import { chooseTensorBackend } from './tensor-backend.js';

const CLIP = 4;
/** Frequent values of these features get weights of their own, at most so many each. */
const INDICATED: readonly CategoricalFeature[] = ['error_class', 'error_code', 'job_type', 'dependency'];
const MAX_INDICATORS = 12;

/** Logistic regression over the terms of `LogisticDesign`. */
export const logisticLearner: Learner = {
  prepare: chooseTensorBackend,
  withRounds: (hyperparameters) => hyperparameters,
  async fit({ schema, data, hyperparameters, seed, betweenSteps }): Promise<Fitted> {
    const encoder = new Encoder(schema);
    const settings = designOf(schema, encoder, data);
    const design = new LogisticDesign(encoder, settings);
    const balance = hyperparameters['balanced_classes'] === 1 ? balanceOf(data) : { success: 1, failure: 1 };
    const terms = new Float64Array(design.terms.length);
    const solution = await fitLogistic(
      {
        rows: data.rows.length,
        terms: terms.length,
        writeTerms(i, out, at) {
          design.write((data.rows[i] as Dataset['rows'][number]).context, data.values, i * data.width, terms);
          out.set(terms, at);
        },
        labels: data.labels,
        weights: data.weights.map((weight, i) => weight * (data.labels[i] === 1 ? balance.success : balance.failure)),
        regularization: hyperparameters['regularization'] ?? 1,
      },
      { seed, learningRate: hyperparameters['learning_rate'] ?? 0.01, betweenSteps },
    );
    // Weights of classes shift all logits by the logarithm of their ratio: back to the real share of successes.
    const intercept = solution.intercept - Math.log(balance.success / balance.failure);
    return {
      body: { kind: 'logistic', design: settings, intercept, weights: [...solution.weights] },
      rounds: solution.iterations,
    };
  },
};

function balanceOf({ labels, weights }: Dataset): { readonly success: number; readonly failure: number } {
  let [success, failure] = [0, 0];
  labels.forEach((label, i) => {
    if (label === 1) success += weights[i] as number;
    else failure += weights[i] as number;
  });
  return { success: (success + failure) / (2 * success), failure: (success + failure) / (2 * failure) };
}

function designOf(schema: FeatureSchema, encoder: Encoder, data: Dataset): LogisticDesignSettings {
  const columns = encoder.columns.map((_, column) => momentsOf(data, column));
  const indicators = schema.features
    .filter(isCategorical)
    .filter((feature) => INDICATED.includes(feature))
    .flatMap((feature) =>
      frequentValues(
        data.rows.map(({ context }) => textOf(feature, context)),
        MAX_INDICATORS,
      ).map((value) => [feature, value] as const),
    );
  return {
    centers: columns.map(({ mean }) => mean),
    scales: columns.map(({ deviation }) => deviation),
    clip: CLIP,
    indicators,
  };
}

/** Mean and standard deviation of what is not missing; 0 and 1 where nothing differs. */
function momentsOf(
  { values, width, rows }: Dataset,
  column: number,
): { readonly mean: number; readonly deviation: number } {
  let [count, mean, squares] = [0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    const value = values[i * width + column] as number;
    if (Number.isNaN(value)) continue;
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
  return { mean, deviation: deviation > 1e-9 ? deviation : 1 };
}
