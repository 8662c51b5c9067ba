import { clusteredMean, clusteredRatio, type Estimate } from './clustered-mean.js';
import type { LoggedChoice } from './logged-choice.js';

/** What a policy would have been worth where another one decided, per decision. */
export interface OffPolicyEvaluation {
  readonly decisions: number;
  readonly jobs: number;
  /** What was decided was worth this. */
  readonly logged: Estimate;
  /** Inverse propensity scoring: `mean(w·r)`, `w = π(a) / propensity`, clipped. */
  readonly ips: Estimate;
  /** The same, self-normalised: `Σ w·r / Σ w`. */
  readonly snips: Estimate;
  /** Doubly robust: `mean(Σ_a π(a)·q(a) + w·(r − q(a)))`. */
  readonly doublyRobust: Estimate;
  /** Doubly robust − logged, on the same decisions. */
  readonly difference: Estimate;
  /** 1, less what is not supported, when the propensities are what they claim to be. */
  readonly meanWeight: Estimate;
  /** `(Σ w)² / Σ w²`: how many decisions the estimate rests on. */
  readonly effectiveSampleSize: number;
  /** Share of the decisions whose weight was cut to the limit. */
  readonly clippedShare: number;
  /** Share of what the policy would do that was never tried after like failures. */
  readonly unsupportedShare: number;
}

export interface OffPolicyOptions {
  /** Weights are cut here: a little bias for much less variance. */
  readonly maxWeight?: number;
  /** An action whose worth is known without trying, always supported: to stop is worth 0. */
  readonly knownAction?: number;
}

const MAX_WEIGHT = 50;

/** Estimates a policy's worth from decisions that another one made with known propensities; null without any. */
export function evaluateOffPolicy(
  choices: readonly LoggedChoice[],
  { maxWeight = MAX_WEIGHT, knownAction }: OffPolicyOptions = {},
): OffPolicyEvaluation | null {
  if (choices.length === 0) return null;
  const n = choices.length;
  const [rewards, weights, weighted, robust, gains] = Array.from({ length: 5 }, () => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const clusters = numberJobs(choices);
  const tried = triedActions(choices);
  let clipped = 0;
  let unsupported = 0;
  for (const [i, { action, propensity, reward, target, predicted, group }] of choices.entries()) {
    const raw = (target[action] ?? 0) / propensity;
    const weight = Math.min(raw, maxWeight);
    if (raw > maxWeight) clipped++;
    let expected = 0;
    for (let a = 0; a < target.length; a++) {
      const share = target[a] ?? 0;
      if (share === 0) continue;
      expected += share * (predicted[a] ?? 0);
      if (a !== knownAction && tried.get(group)?.has(a) !== true) unsupported += share;
    }
    rewards[i] = reward;
    weights[i] = weight;
    weighted[i] = weight * reward;
    robust[i] = expected + weight * (reward - (predicted[action] ?? 0));
    gains[i] = robust[i] - reward;
  }
  const sumOfWeights = weights.reduce((sum, w) => sum + w, 0);
  const sumOfSquares = weights.reduce((sum, w) => sum + w * w, 0);
  return {
    decisions: n,
    jobs: new Set(clusters).size,
    logged: clusteredMean(rewards, clusters),
    ips: clusteredMean(weighted, clusters),
    snips: clusteredRatio(weighted, weights, clusters),
    doublyRobust: clusteredMean(robust, clusters),
    difference: clusteredMean(gains, clusters),
    meanWeight: clusteredMean(weights, clusters),
    effectiveSampleSize: sumOfSquares === 0 ? 0 : (sumOfWeights * sumOfWeights) / sumOfSquares,
    clippedShare: clipped / n,
    unsupportedShare: unsupported / n,
  };
}

function numberJobs(choices: readonly LoggedChoice[]): readonly number[] {
  const numbers = new Map<string, number>();
  return choices.map(({ job }) => {
    const number = numbers.get(job) ?? numbers.size;
    numbers.set(job, number);
    return number;
  });
}

function triedActions(choices: readonly LoggedChoice[]): ReadonlyMap<string, ReadonlySet<number>> {
  const tried = new Map<string, Set<number>>();
  for (const { group, action } of choices) {
    const actions = tried.get(group);
    if (actions === undefined) tried.set(group, new Set([action]));
    else actions.add(action);
  }
  return tried;
}
