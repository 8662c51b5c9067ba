import type { Confusion, ModelMetrics } from '@smart-retry/domain';

/** Predictions on rows that a model was not trained on. */
export interface Judged {
  readonly probabilities: ArrayLike<number>;
  /** 1: success. */
  readonly labels: ArrayLike<number>;
  readonly jobIds: readonly string[];
  /** Share of successes in training. */
  readonly trainingRate: number;
}

const THRESHOLD = 0.5;
const CALIBRATION_BINS = 10;
const CERTAIN = 1e-9;

/** Every figure that a model is judged by. */
export function measure(judged: Judged): ModelMetrics {
  const { probabilities, labels, trainingRate } = judged;
  const rows = labels.length;
  const confusion = confusionOf(judged);
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion;
  const precision = ratio(truePositives, truePositives + falsePositives);
  const recall = ratio(truePositives, truePositives + falseNegatives);
  const losses = Float64Array.from({ length: rows }, (_, i) => lossOf(probabilities[i] as number, labels[i] as number));
  const baseLosses = Float64Array.from({ length: rows }, (_, i) => lossOf(trainingRate, labels[i] as number));
  const gains = losses.map((loss, i) => (baseLosses[i] as number) - loss);
  const squares = Float64Array.from(
    { length: rows },
    (_, i) => ((probabilities[i] as number) - (labels[i] as number)) ** 2,
  );
  return {
    rows,
    accuracy: ratio(truePositives + trueNegatives, rows),
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall),
    logLoss: mean(losses),
    brier: mean(squares),
    auc: areaUnderCurve(probabilities, labels),
    ece: calibrationError(probabilities, labels),
    baseRate: ratio(truePositives + falseNegatives, rows),
    confusion,
    baseLogLoss: mean(baseLosses),
    skill: mean(gains),
    skillStandardError: clusteredStandardError(gains, judged.jobIds),
  };
}

/** `−ln p(what happened)`. */
export function lossOf(probability: number, label: number): number {
  const p = Math.min(1 - CERTAIN, Math.max(CERTAIN, probability));
  return -Math.log(label === 1 ? p : 1 - p);
}

function confusionOf({ probabilities, labels }: Judged): Confusion {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    const cell = ((probabilities[i] as number) >= THRESHOLD ? 2 : 0) + (labels[i] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  const [trueNegatives = 0, falseNegatives = 0, falsePositives = 0, truePositives = 0] = counts;
  return { threshold: THRESHOLD, truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** Mann and Whitney's statistic: ties count half; 0.5 when there is only one outcome. */
export function areaUnderCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const order = Array.from({ length: labels.length }, (_, i) => i);
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let [successes, rankSum] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && scores[order[to] as number] === scores[order[from] as number]) to++;
    for (let i = from; i < to; i++) {
      if (labels[order[i] as number] !== 1) continue;
      successes++;
      rankSum += (from + to + 1) / 2;
    }
    from = to;
  }
  const pairs = successes * (order.length - successes);
  return pairs === 0 ? 0.5 : (rankSum - (successes * (successes + 1)) / 2) / pairs;
}

/** Mean distance of predicted from real success rates, over equally filled bins. */
function calibrationError(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  const rows = labels.length;
  const order = Array.from({ length: rows }, (_, i) => i);
  order.sort((a, b) => (probabilities[a] as number) - (probabilities[b] as number) || a - b);
  let error = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
    const members = order.slice(
      Math.floor((rows * bin) / CALIBRATION_BINS),
      Math.floor((rows * (bin + 1)) / CALIBRATION_BINS),
    );
    const surplus = members.reduce((sum, i) => sum + (probabilities[i] as number) - (labels[i] as number), 0);
    error += Math.abs(surplus);
  }
  return ratio(error, rows);
}

/** Standard error of the mean of values that are alike within a cluster: `√(Σ_c (Σ_i v_i − v̄)²) / n`. */
export function clusteredStandardError(values: Float64Array, clusters: readonly string[]): number {
  const average = mean(values);
  const sums = new Map<string, number>();
  values.forEach((value, i) => {
    const cluster = clusters[i] as string;
    sums.set(cluster, (sums.get(cluster) ?? 0) + value - average);
  });
  const squares = [...sums.values()].reduce((sum, value) => sum + value * value, 0);
  return ratio(Math.sqrt(squares), values.length);
}

function mean(values: Float64Array): number {
  return ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
