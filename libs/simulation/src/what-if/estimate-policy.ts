import type { Decider } from '../decider.js';
import type { Estimate } from '../metrics/bootstrap.js';
import { ACTION_COUNT, type Action } from './action.js';
import type { Behaviour } from './behaviour.js';
import { bootstrapBlocks } from './block-bootstrap.js';
import { chooseActions } from './choose-actions.js';
import { FOLDS, foldOf, type DirectModel } from './direct-model.js';
import type { History } from './history.js';

/** What a policy would be worth, per failure: decided by it once, and everything later as logged. */
export interface PolicyEstimate {
  /** Doubly robust. */
  readonly utility: Estimate;
  readonly logged: Estimate;
  /** Utility − logged, on the same resamples. */
  readonly difference: Estimate;
  /** Inverse propensity scoring, weights clipped. */
  readonly ips: Estimate;
  /** The same, self-normalised. */
  readonly snips: Estimate;
  /** Close to the supported share where the propensities are those of the log. */
  readonly meanWeight: Estimate;
  /** `(Σw)² / Σw²` of the weights before clipping: how many logged decisions the estimate rests on. */
  readonly effectiveSampleSize: number;
  /** Jobs with a decision that the policy might have taken alike. */
  readonly jobs: number;
  /** Probability, over all decisions, of actions never taken after failures like these. */
  readonly unsupportedShare: number;
  /** The largest part of it; null where everything was tried. */
  readonly largestGap: { readonly action: Action; readonly attemptNumber: number } | null;
}

const MAX_BLOCKS = 500;
const DECISIONS_PER_PAUSE = 2_000;

/** Places in the sums of a block. */
const COUNT = 0;
const LOGGED = 1;
const DOUBLY_ROBUST = 2;
const WEIGHTED = 3;
const WEIGHTS = 4;
const SUMS = 5;

/** Yields now and then, so that a caller can do something else meanwhile. */
export function* estimatePolicy(
  history: History,
  behaviour: Behaviour,
  model: DirectModel,
  policy: Decider,
): Generator<void, PolicyEstimate> {
  const { decisions, failedJobs } = history;
  const plans = yield* planFor(history, behaviour, model, policy);
  // Neighbours in time share a block: jobs that fail together share their luck.
  const blockCount = Math.min(MAX_BLOCKS, failedJobs);
  const blocks = new Float64Array(blockCount * SUMS);
  // Cut at √n weights keep the estimate consistent while no single decision decides it.
  const maxWeight = Math.sqrt(decisions.length);
  let weightSum = 0;
  let squaredWeightSum = 0;
  const weighty = new Set<number>();
  for (const [i, decision] of decisions.entries()) {
    if (i % DECISIONS_PER_PAUSE === 0) yield;
    const { context, action, job, value } = decision;
    const plan = plans[context];
    if (plan === undefined) continue;
    const block = Math.floor((job * blockCount) / failedJobs) * SUMS;
    const weight = (plan.actions[action] ?? 0) / behaviour.propensityOf(decision);
    const clipped = Math.min(maxWeight, weight);
    const fold = foldOf(job);
    const residual = value - model.predict(context, action, fold);
    add(blocks, block + COUNT, 1);
    add(blocks, block + LOGGED, value);
    add(blocks, block + DOUBLY_ROBUST, (plan.predicted[fold] ?? 0) + clipped * residual);
    add(blocks, block + WEIGHTED, clipped * value);
    add(blocks, block + WEIGHTS, clipped);
    weightSum += weight;
    squaredWeightSum += weight ** 2;
    if (weight > 0) weighty.add(job);
  }
  const estimates = yield* bootstrapBlocks(blocks, SUMS, (sums) => {
    const at = (place: number) => sums[place] ?? 0;
    return {
      utility: at(DOUBLY_ROBUST) / at(COUNT),
      logged: at(LOGGED) / at(COUNT),
      difference: (at(DOUBLY_ROBUST) - at(LOGGED)) / at(COUNT),
      ips: at(WEIGHTED) / at(COUNT),
      snips: at(WEIGHTED) / at(WEIGHTS),
      meanWeight: at(WEIGHTS) / at(COUNT),
    };
  });
  return {
    ...estimates,
    effectiveSampleSize: squaredWeightSum === 0 ? 0 : weightSum ** 2 / squaredWeightSum,
    jobs: weighty.size,
    ...gapsOf(history, plans),
  };
}

function add(sums: Float64Array, place: number, value: number): void {
  sums[place] = (sums[place] ?? 0) + value;
}

/** What the policy does in one context. */
interface Plan {
  readonly actions: Float64Array;
  /** `Σ_a π(a)·m(a)` for each fold. */
  readonly predicted: readonly number[];
  readonly occurrences: number;
  /** Probability of each action that was never tried. */
  readonly untried: Float64Array;
}

function* planFor(
  { contexts, decisions }: History,
  behaviour: Behaviour,
  model: DirectModel,
  policy: Decider,
): Generator<void, readonly Plan[]> {
  const occurrences = contexts.map(() => 0);
  for (const { context } of decisions) occurrences[context] = (occurrences[context] ?? 0) + 1;
  const plans: Plan[] = [];
  for (const [i, context] of contexts.entries()) {
    const actions = yield* chooseActions(policy, context, occurrences[i] ?? 0);
    const predicted = Array.from({ length: FOLDS }, (_, fold) =>
      actions.reduce((sum, share, action) => (share === 0 ? sum : sum + share * model.predict(i, action, fold)), 0),
    );
    const untried = actions.map((share, action) => (behaviour.isTried(i, action) ? 0 : share));
    plans.push({ actions, predicted, untried, occurrences: occurrences[i] ?? 0 });
  }
  return plans;
}

function gapsOf(
  { contexts, decisions }: History,
  plans: readonly Plan[],
): Pick<PolicyEstimate, 'unsupportedShare' | 'largestGap'> {
  const gaps = new Map<number, number>();
  plans.forEach(({ untried, occurrences }, i) => {
    const attemptNumber = contexts[i]?.attemptNumber ?? 0;
    untried.forEach((share, action) => {
      const key = attemptNumber * ACTION_COUNT + action;
      if (share > 0) gaps.set(key, (gaps.get(key) ?? 0) + share * occurrences);
    });
  });
  const [largest] = [...gaps].sort(([, a], [, b]) => b - a);
  const missing = [...gaps.values()].reduce((sum, n) => sum + n, 0);
  return {
    unsupportedShare: decisions.length === 0 ? 0 : missing / decisions.length,
    largestGap:
      largest === undefined
        ? null
        : { action: largest[0] % ACTION_COUNT, attemptNumber: Math.floor(largest[0] / ACTION_COUNT) },
  };
}
